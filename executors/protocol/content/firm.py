"""What a firm says of itself: what it offers, who works there, what customers say and ask."""

from pydantic import Field

from executors.protocol.content.part import Icon, Image, Part, Point
from executors.protocol.text import Email, Line, LongText, Name, Summary, Text


class Service(Part):
    """One thing the firm offers."""

    name: Name
    summary: Summary
    details: Text | None = None
    points: list[Line] = Field(default=[], max_length=8)
    icon: Icon | None = None
    image: Image | None = None


class Member(Part):
    """One person who agreed to be shown."""

    name: Name
    role: Name
    bio: Text | None = None
    email: Email | None = None
    photo: Image | None = None


class About(Part):
    """Who the firm is; written as a plain text where there is no more to say."""

    text: LongText
    values: list[Point] = Field(default=[], max_length=8)
    image: Image | None = None


class Question(Part):
    """A question that customers ask, with its answer."""

    question: Line
    answer: Text


class Testimonial(Part):
    """What a customer said, with the name it was said under."""

    quote: Summary
    author: Name
    role: Name | None = None


def about_text(value: object) -> object:
    """Let a briefing write `about: some text` where the text is all there is."""
    return {"text": value} if isinstance(value, str) else value
