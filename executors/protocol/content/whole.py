"""All slots of a site in one record, and every picture that it shows."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from executors.protocol.content.firm import About, Member, Question, Service, Testimonial, about_text
from executors.protocol.content.offers import Pricing
from executors.protocol.content.part import Fact, Image, Link, Part, Point, unlike
from executors.protocol.content.place import Booking, Hours, Location, MenuPart, Picture
from executors.protocol.content.shop import Product, Terms
from executors.protocol.content.stories import CaseStudy, Guide, Job, Post, Release
from executors.protocol.text import Line

_SLUGGED = {
    "blog": "posts",
    "case_studies": "case studies",
    "docs": "guides",
    "careers": "positions",
    "products": "products",
}


class Content(Part):
    """All optional slots of a site; an absent one removes its section."""

    notice: Line | None = None
    """one sentence above every page: closed for the holidays, a new address"""
    services: list[Service] = Field(default=[], max_length=24)
    features: list[Service] = Field(default=[], max_length=24)
    process: list[Point] = Field(default=[], max_length=8)
    facts: list[Fact] = Field(default=[], max_length=4)
    team: list[Member] = Field(default=[], max_length=48)
    about: Annotated[About | None, BeforeValidator(about_text)] = None
    faq: list[Question] = Field(default=[], max_length=40)
    testimonials: list[Testimonial] = Field(default=[], max_length=12)
    hero_image: Image | None = None
    blog: list[Post] = Field(default=[], max_length=200)
    case_studies: list[CaseStudy] = Field(default=[], max_length=24)
    docs: list[Guide] = Field(default=[], max_length=60)
    careers: list[Job] = Field(default=[], max_length=24)
    changelog: list[Release] = Field(default=[], max_length=100)
    pricing: Pricing | None = None
    signup: Link | None = None
    demo: Link | None = None
    hours: Hours | None = None
    location: Location | None = None
    booking: Booking | None = None
    gallery: list[Picture] = Field(default=[], max_length=40)
    menu: list[MenuPart] = Field(default=[], max_length=20)
    products: list[Product] = Field(default=[], max_length=200)
    terms: Terms | None = None

    @model_validator(mode="after")
    def _one_page_each(self) -> Self:
        """No two things would be one page."""
        for slot, what in _SLUGGED.items():
            unlike([element.slug for element in getattr(self, slot)], what)
        return self


def images(content: Content) -> list[Image]:
    """Return every image of the content in reading order, without repeating a path and digest."""
    return list(dict.fromkeys(image for image in _images(content) if image))


def _images(content: Content) -> Iterator[Image | None]:
    """Yield what each slot shows, None where it shows nothing."""
    yield content.hero_image
    for service in (*content.services, *content.features):
        yield service.image
    for member in content.team:
        yield member.photo
    yield content.about.image if content.about else None
    yield from (post.image for post in content.blog)
    yield from (study.image for study in content.case_studies)
    for picture in content.gallery:
        yield picture.image
    for product in content.products:
        yield from product.images
