"""What a firm tells in long form: articles, case studies, documentation, open positions, releases.

In a `body` a line `## …` is a heading and lines `- …` are a list.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from executors.protocol.content.part import Day, Fact, Image, Part
from executors.protocol.text import Line, LongText, Name, Slug, Summary


class Post(Part):
    """One article."""

    slug: Slug
    title: Line
    date: Day
    summary: Summary
    body: LongText
    author: Name | None = None
    image: Image | None = None


class CaseStudy(Part):
    """One project, told with its customer's leave."""

    slug: Slug
    title: Line
    client: Name
    summary: Summary
    body: LongText
    facts: list[Fact] = Field(default=[], max_length=4)
    image: Image | None = None


class Guide(Part):
    """One page of documentation; guides stand in the order of the briefing."""

    slug: Slug
    title: Line
    summary: Summary
    body: LongText
    chapter: Name | None = None


class Job(Part):
    """One open position. `kind` is as people say it: full-time, Ausbildung, 20 h a week."""

    slug: Slug
    title: Line
    place: Name
    kind: Name
    summary: Summary
    body: LongText
    posted: Day | None = None
    """the day it was published; search engines list a position only with it"""


class Release(Part):
    """One entry of the changelog."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,23}$")]
    date: Day
    title: Line
    summary: Summary | None = None
    points: list[Line] = Field(default=[], max_length=12)
