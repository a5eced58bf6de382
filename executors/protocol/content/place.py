"""A place that people go to: opening hours, how to get there, how to book, what there is and what it costs."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from executors.protocol.content.part import Amount, Day, Image, Link, Part
from executors.protocol.text import Line, Name, Phone, Summary, Text

Span = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")
]
Spans = Annotated[list[Span], Field(default_factory=list, max_length=4)]


def _in_order(spans: Sequence[str], what: str) -> None:
    """Raise ValueError unless each span ends after it begins, and before the next one begins."""
    edges = [edge for span in spans for edge in span.split("-")]
    if edges != sorted(set(edges)):
        raise ValueError(f"{what}: write spans in order, each ending after it begins, without overlap")


class OtherDay(Part):
    """A day, or a run of days, with hours of its own; no spans is closed."""

    date: Day
    until: Day | None = None
    label: Name
    spans: Spans

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        _in_order(self.spans, self.date.isoformat())
        if self.until is not None and self.until < self.date:
            raise ValueError(f"`until` {self.until} lies before {self.date}")
        return self


class Hours(Part):
    """The week's opening hours, `09:00-18:00`; a day without spans is closed."""

    mon: Spans
    tue: Spans
    wed: Spans
    thu: Spans
    fri: Spans
    sat: Spans
    sun: Spans
    other: list[OtherDay] = Field(default=[], max_length=24)
    note: Summary | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for day in DAYS:
            _in_order(getattr(self, day), day)
        if not any(getattr(self, day) for day in DAYS):
            raise ValueError("no day has opening hours; write `mon: ['09:00-18:00']`, or leave `hours` out")
        return self


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The fields of Hours that are days, the first of the week first."""

Degrees = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,3}\.[0-9]{3,6}$")]


class Location(Part):
    """Where the place is beyond its address (which stands in `legal`): a map link, not a map of somebody else."""

    latitude: Degrees | None = None
    longitude: Degrees | None = None
    map: Link | None = None
    directions: Text | None = None
    parking: Summary | None = None
    access: Summary | None = None
    """for wheelchairs and prams"""
    region: Name | None = None
    service_area: list[Name] = Field(default=[], max_length=40)
    service_area_radius_km: int | None = Field(default=None, ge=1, le=500)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        if abs(float(self.latitude or 0)) > 90 or abs(float(self.longitude or 0)) > 180:
            raise ValueError(
                f"there is no place at {self.latitude}, {self.longitude}; latitude comes first, up to 90"
            )
        return self


class Booking(Part):
    """How to ask for an appointment: a booking page elsewhere, by phone, else by a prepared e-mail."""

    text: Summary | None = None
    link: Link | None = None
    phone: Phone | None = None
    ask_for: list[Name] = Field(default=[], max_length=8)
    """what the e-mail should hold: preferred day, treatment"""


class Picture(Part):
    """One picture of the gallery."""

    image: Image
    caption: Line | None = None


class Dish(Part):
    """One line of a menu or price list. Without `price` it is on request."""

    name: Name
    text: Summary | None = None
    price: Amount | None = None
    upwards: bool = False
    """whether the price is where it begins"""
    labels: list[Name] = Field(default=[], max_length=8)


class MenuPart(Part):
    """A part of a menu or price list: starters, cuts, check-ups."""

    name: Name
    note: Summary | None = None
    items: list[Dish] = Field(min_length=1, max_length=60)
