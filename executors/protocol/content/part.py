"""What all parts of a firm's content are made of: closed records, pictures by digest, amounts, links."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from executors.protocol.text import Figure, ImagePath, Line, Name, Sha256, Summary

Icon = Literal[
    "advice", "analytics", "chat", "cloud", "code", "design", "document", "euro", "gear", "globe",
    "growth", "heart", "idea", "leaf", "people", "process", "search", "shield", "store", "tools",
]  # fmt: skip
Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,6})(\.[0-9]{2})?$")]
"""Money in the site's currency, as a decimal: `29` or `29.90`."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written(value: object) -> object:
    """The date as it was written; an error for what pydantic would read as seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "is no date like 2026-01-31")


Day = Annotated[dt.date, BeforeValidator(_written)]
"""A day, written `2026-01-31` and in no other way."""
HttpsUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(:[0-9]{1,5})?(/[!#-;=?-~]*)?$",
        max_length=500,
    ),
]


class Part(BaseModel):
    """A closed, immutable record; unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Image(Part):
    """A raster image of the product repository, pinned by the SHA-256 of its bytes."""

    path: ImagePath
    sha256: Sha256
    alt: Line


class Point(Part):
    """A short statement with a heading: a value, or a step of how the firm works."""

    title: Name
    text: Summary


class Fact(Part):
    """A figure the firm states about itself, as words (`35`, `since 2012`)."""

    value: Figure
    label: Name


class Link(Part):
    """A page elsewhere that a reader may choose to go to; the site itself asks no other host for anything."""

    url: HttpsUrl
    label: Name | None = None


def unlike(slugs: Sequence[str], what: str) -> None:
    """Raise ValueError where two pages would lie at one address, or one at the list's own."""
    if "index" in slugs:
        raise ValueError(f"a slug of {what} is 'index', where the list itself lies; choose another")
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"two {what} share the slug {twice[0]!r}; give each its own")
