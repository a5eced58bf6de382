"""What a firm says about itself, typed and bounded: the parts that a briefing and a website share.

Every list has a count and every text a length. Nothing here is markup: the words are shown as they are, a
blank line begins a paragraph.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from executors.protocol.text import (
    Country,
    Email,
    Figure,
    ImagePath,
    Line,
    LongText,
    Name,
    Phone,
    Sha256,
    Slug,
    Summary,
    Text,
    VatId,
)


def _about(value: object) -> object:
    """Let a briefing write `about: some text` where the text is all there is."""
    return {"text": value} if isinstance(value, str) else value


Icon = Literal[
    "advice", "analytics", "chat", "cloud", "code", "design", "document", "euro", "gear", "globe",
    "growth", "heart", "idea", "leaf", "people", "process", "search", "shield", "store", "tools",
]  # fmt: skip


class _Part(BaseModel):
    """A closed, immutable record; unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Image(_Part):
    """A raster image of the product repository, pinned by the SHA-256 of its bytes."""

    path: ImagePath
    sha256: Sha256
    alt: Line


class Service(_Part):
    """One thing the firm offers."""

    name: Name
    summary: Summary
    details: Text | None = None
    points: list[Line] = Field(default=[], max_length=8)
    icon: Icon | None = None
    image: Image | None = None


class Member(_Part):
    """One person who agreed to be shown."""

    name: Name
    role: Name
    bio: Text | None = None
    email: Email | None = None
    photo: Image | None = None


class Point(_Part):
    """A short statement with a heading: a value, or a step of how the firm works."""

    title: Name
    text: Summary


class Fact(_Part):
    """A figure the firm states about itself, as words (`35`, `since 2012`)."""

    value: Figure
    label: Name


class About(_Part):
    """Who the firm is; written as a plain text where there is no more to say."""

    text: LongText
    values: list[Point] = Field(default=[], max_length=8)
    image: Image | None = None


class Question(_Part):
    """A question that customers ask, with its answer."""

    question: Line
    answer: Text


class Testimonial(_Part):
    """What a customer said, with the name it was said under."""

    quote: Summary
    author: Name
    role: Name | None = None


class Post(_Part):
    """One article. In `body` a line `## …` is a heading and lines `- …` are a list."""

    slug: Slug
    title: Line
    date: date
    summary: Summary
    body: LongText
    author: Name | None = None
    image: Image | None = None


def _unlike_slugs(posts: list[Post]) -> list[Post]:
    """Raise ValueError when two posts would be one page."""
    slugs = [post.slug for post in posts]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"two posts share the slug {twice[0]!r}; give each its own")
    return posts


class Content(_Part):
    """All optional slots of a site; an absent one removes its section."""

    services: list[Service] = Field(default=[], max_length=24)
    process: list[Point] = Field(default=[], max_length=8)
    facts: list[Fact] = Field(default=[], max_length=4)
    team: list[Member] = Field(default=[], max_length=48)
    about: Annotated[About | None, BeforeValidator(_about)] = None
    faq: list[Question] = Field(default=[], max_length=40)
    testimonials: list[Testimonial] = Field(default=[], max_length=12)
    blog: Annotated[list[Post], AfterValidator(_unlike_slugs)] = Field(default=[], max_length=100)


class Contact(_Part):
    """How customers reach the firm; the phone in international form, spaces allowed (`+49 30 1234567`)."""

    email: Email
    phone: Phone | None = None


class Address(_Part):
    """A postal address; without `country` it lies in the country of the briefing."""

    street: Name
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9 -]{1,10}$")]
    city: Name
    country: Country | None = None


class Legal(_Part):
    """What an imprint (§ 5 DDG) and a privacy notice (Art. 13 GDPR) must name."""

    address: Address
    represented_by: Line
    company: Name | None = None
    register_court: Name | None = None
    register_number: Name | None = None
    vat_id: VatId | None = None
    privacy_contact: Email | None = None
    data_protection_officer: Line | None = None
    supervisory_authority: Line | None = None
    responsible_for_content: Line | None = None
    hosting_provider: Line | None = None


def images(content: Content) -> list[Image]:
    """Return every image of the content in reading order, without repeating a path and digest."""
    about = [content.about.image] if content.about else []
    found = [
        *(service.image for service in content.services),
        *(member.photo for member in content.team),
        *about,
        *(post.image for post in content.blog),
    ]
    return list(dict.fromkeys(image for image in found if image))
