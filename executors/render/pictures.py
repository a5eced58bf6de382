"""A photograph as a browser wants it: upright, in sRGB, without metadata, in a few widths.

Bytes are judged before they are decoded: their number, what they really are, and how many pixels they announce.
A photo from a phone says where it was taken; nothing of that leaves here, because only pixels are written.
One picture is decoded at a time, so memory is bounded by one of the largest, however many there are.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

MEGABYTE = 1024 * 1024
LARGEST = 50 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 16_383
"""What WebP can hold: https://developers.google.com/speed/webp/faq"""
_KEPT = 64 * MEGABYTE


class NotAPicture(ValueError):
    """The bytes are no picture that may be shown; the message names the file and says what to do."""


@dataclass(frozen=True)
class Use:
    """What a picture is for: its widths in pixels; whether every pixel stays as drawn; whether it has a card.

    A card is what other sites show beside a link to a page (https://ogp.me/).
    """

    widths: tuple[int, ...]
    lossless: bool = False
    card: bool = False


@dataclass(frozen=True)
class Sized:
    """One file of a picture; width and height in pixels."""

    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Picture:
    """A picture as WebP, the smallest first, and its card as JPEG, which every reader of cards takes."""

    sizes: tuple[Sized, ...]
    card: Sized | None = None
    animated: bool = False
    """Whether the original moves; only its first frame is shown."""


_made: OrderedDict[tuple[str, Use], Picture] = OrderedDict()
_one_at_a_time = Lock()


def maker() -> str:
    """Return the versions that decide the bytes: the same ones make the same bytes of the same picture."""
    from executors.render import pixels

    return pixels.versions()


def made(sha256: str, use: Use) -> Picture | None:
    """Return what this process made of the bytes with that digest for that use; None where it made nothing yet."""
    return _made.get((sha256, use))


def draw(data: bytes, path: str, use: Use) -> Picture:
    """Return the picture in the widths of its use, never wider than it came; made once per process.

    Raises NotAPicture for more than 50 MB or 50 megapixels, for what is no PNG, JPEG, WebP, AVIF or GIF whatever
    its name says (SVG can carry scripts), and for what ends too early.
    """
    if len(data) > LARGEST:
        size = f"{len(data) / MEGABYTE:.1f} MB; a picture may have {LARGEST // MEGABYTE} MB"
        raise NotAPicture(f"{path} has {size}: save it smaller")
    from executors.render import pixels  # 0.04 s, so only where there are pictures

    key = (hashlib.sha256(data).hexdigest(), use)
    with _one_at_a_time:
        if key not in _made:
            _keep(key, pixels.drawn(data, path, use))
        return _made[key]


def _keep(key: tuple[str, Use], picture: Picture) -> None:
    """Remember a picture, and forget the oldest beyond 64 MB."""
    _made[key] = picture
    weights = [sum(len(size.data) for size in one.sizes) for one in _made.values()]
    while len(weights) > 1 and sum(weights) > _KEPT:
        _made.popitem(last=False)
        weights.pop(0)
