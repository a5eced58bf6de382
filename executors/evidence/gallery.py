"""The pictures of a built site as a gallery; the album that names them comes from a runner and is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from executors.errors import ProtocolError
from executors.evidence.words import plain
from executors.parts.paths import UnsafePath, safe_path
from executors.protocol.canonical import parse

ALBUM = "screenshots.json"


class _Picture(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    page: Annotated[str, Field(max_length=400)]
    width: Annotated[int, Field(ge=1, le=10_000)]
    path: Annotated[str, Field(max_length=500, pattern=r"^screenshots/.+\.webp$")]
    cut: bool = False


class _Album(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    browser: Annotated[str, Field(max_length=200)] = ""
    pictures: Annotated[tuple[_Picture, ...], Field(max_length=200)] = ()
    without: Annotated[tuple[str, ...], Field(max_length=10_000)] = ()
    why: Annotated[str, Field(max_length=4_000)] = ""


@dataclass(frozen=True)
class Shot:
    """One picture: its width in pixels, its address in the pack, whether the page goes on below it."""

    width: int
    path: str
    cut: bool


@dataclass(frozen=True)
class Shown:
    """One page with its pictures, widest first."""

    page: str
    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class Gallery:
    """What one step's site looks like; `without` counts the pages that are not shown, `why` says the reason."""

    pages: tuple[Shown, ...]
    browser: str
    without: int
    why: str


def gallery_of(folder: str, files: Mapping[str, bytes]) -> Gallery | None:
    """Return the gallery of a step whose files these are, None where there is no album.

    Pictures that the album names and the step does not have are left out. An album that is none is said to be so:
    it is no reason to seal nothing.
    """
    if ALBUM not in files:
        return None
    try:
        album = _Album.model_validate(parse(files[ALBUM]))
    except (ProtocolError, ValueError):
        return Gallery((), "", 0, f"{ALBUM} is not in the form of an album")
    pages: dict[str, list[Shot]] = {}
    for one in album.pictures:
        if one.path in files and _is_safe(one.path):
            pages.setdefault(plain(one.page), []).append(Shot(one.width, quote(f"{folder}/{one.path}"), one.cut))
    shown = tuple(Shown(page, tuple(sorted(shots, key=lambda shot: -shot.width))) for page, shots in pages.items())
    return Gallery(shown, plain(album.browser), len(album.without), plain(album.why))


def _is_safe(path: str) -> bool:
    try:
        safe_path(path)
    except UnsafePath:
        return False
    return True
