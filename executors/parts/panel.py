"""A drawn interface for a product without a picture: a window with bars, rows or columns, the same for a name."""

import hashlib
from collections.abc import Iterator
from typing import Literal

Kind = Literal["wide", "chart", "list", "board"]
SIZES: dict[Kind, tuple[int, int]] = {
    "wide": (960, 460),
    "chart": (640, 420),
    "list": (640, 420),
    "board": (640, 420),
}
"""Width and height of each kind in units of its viewBox."""

Tile = dict[str, str]


def panel(seed: str, kind: Kind) -> list[Tile]:
    """Return SVG paths as `{"d": path data, "tone": …}`; the tones are those of the style sheet's `.screen`.

    Tones: `edge` a rule, `faint` text nobody reads, `soft` a light field, `mid` and `full` the brand, `spark` the
    second colour.
    """
    noise = _bytes(f"{seed}/{kind}")
    draw = {"wide": _wide, "chart": _chart, "list": _list, "board": _board}[kind]
    return [*_frame(noise, *SIZES[kind]), *draw(noise)]


def _bytes(seed: str) -> Iterator[int]:
    """Yield endless bytes that depend on the seed alone."""
    block = seed.encode()
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _bar(tone: str, x: int, y: int, width: int, height: int, radius: int = 4) -> Tile:
    """A rectangle with round corners."""
    r = min(radius, width // 2, height // 2)
    across, down = width - 2 * r, height - 2 * r
    arcs = (f"a{r} {r} 0 0 1 {dx} {dy}" for dx, dy in ((r, r), (-r, r), (-r, -r), (r, -r)))
    sides = (f"h{across}", f"v{down}", f"h{-across}", f"v{-down}")
    return {
        "d": f"M{x + r} {y}" + "".join(side + arc for side, arc in zip(sides, arcs, strict=True)) + "z",
        "tone": tone,
    }


def _frame(noise: Iterator[int], width: int, height: int) -> Iterator[Tile]:
    """The window's head and the list of places at its side, one of them chosen."""
    yield _bar("edge", 0, 44, width, 1, 0)
    yield _bar("edge", 148, 45, 1, height - 45, 0)
    for n in range(3):
        yield _bar("faint", 18 + n * 18, 17, 10, 10, 5)
    yield _bar("soft", 200, 13, width * 3 // 8, 18, 9)
    yield _bar("mid", width - 36, 12, 20, 20, 10)
    chosen = next(noise) % 4
    for n in range(6):
        y = 68 + n * 34
        if n == chosen:
            yield _bar("soft", 12, y - 8, 124, 28, 7)
        yield _bar("full" if n == chosen else "faint", 22, y, 12, 12, 3)
        yield _bar("full" if n == chosen else "faint", 44, y + 2, 42 + next(noise) % 42, 8)


def _chart(noise: Iterator[int]) -> Iterator[Tile]:
    """Three figures above a chart of twelve bars that grow."""
    for n in range(3):
        x = 172 + n * 152
        yield _bar("soft", x, 68, 136, 74, 10)
        yield _bar("faint", x + 14, 84, 44 + next(noise) % 24, 7)
        yield _bar("spark" if n == 1 else "full", x + 14, 104, 54 + next(noise) % 30, 20, 5)
    for n in range(4):
        yield _bar("edge", 172, 184 + n * 56, 440, 1, 0)
    for n in range(12):
        height = 40 + n * 9 + next(noise) % 64
        yield _bar("spark" if n == 9 else "full" if n > 5 else "mid", 180 + n * 36, 352 - height, 22, height, 5)
        yield _bar("faint", 182 + n * 36, 368, 18, 6)


def _wide(noise: Iterator[int]) -> Iterator[Tile]:
    """Four figures above a chart of sixteen bars, and beside them who did what."""
    for n in range(4):
        x = 172 + n * 132
        yield _bar("soft", x, 66, 116, 64, 9)
        yield _bar("faint", x + 12, 79, 40 + next(noise) % 30, 6)
        yield _bar("spark" if n == 2 else "full", x + 12, 97, 44 + next(noise) % 32, 17, 5)
    yield _bar("full", 172, 156, 96 + next(noise) % 30, 12, 5)
    for n in range(5):
        yield _bar("edge", 172, 196 + n * 48, 512, 1, 0)
    for n in range(16):
        height = 30 + n * 6 + next(noise) % 84
        yield _bar("spark" if n == 12 else "full" if n > 7 else "mid", 178 + n * 32, 388 - height, 19, height, 5)
        yield _bar("faint", 180 + n * 32, 402, 15, 5)
    yield _bar("edge", 708, 45, 1, 415, 0)
    yield _bar("full", 732, 70, 84 + next(noise) % 30, 12, 5)
    for n in range(7):
        y = 108 + n * 48
        yield _bar("edge", 732, y - 9, 204, 1, 0)
        yield _bar(("soft", "mid", "spark")[next(noise) % 3], 732, y, 26, 26, 13)
        yield _bar("faint", 770, y + 3, 60 + next(noise) % 90, 7)
        yield _bar("soft", 770, y + 16, 40 + next(noise) % 60, 6)


def _list(noise: Iterator[int]) -> Iterator[Tile]:
    """A table of seven rows, each with a state."""
    yield _bar("full", 172, 68, 132, 16, 5)
    yield _bar("full", 532, 62, 84, 28, 8)
    for n in range(7):
        y = 118 + n * 41
        yield _bar("edge", 172, y - 14, 444, 1, 0)
        yield _bar("mid" if next(noise) % 2 else "soft", 172, y - 2, 16, 16, 8)
        yield _bar("faint", 202, y + 2, 90 + next(noise) % 90, 8)
        yield _bar("faint", 404, y + 2, 30 + next(noise) % 46, 8)
        state = next(noise) % 3
        yield _bar(("soft", "mid", "spark")[state], 532, y - 4, 84, 20, 10)


def _board(noise: Iterator[int]) -> Iterator[Tile]:
    """Three columns of cards."""
    for column in range(3):
        x, y = 172 + column * 152, 100
        yield _bar("full" if column == 1 else "faint", x, 70, 60 + next(noise) % 30, 10)
        for n in range(2 + next(noise) % 2):
            height = 64 + next(noise) % 30
            yield _bar("soft", x, y, 136, height, 10)
            yield _bar("faint", x + 14, y + 16, 60 + next(noise) % 44, 8)
            yield _bar("spark" if (column, n) == (1, 0) else "mid", x + 14, y + height - 24, 44, 12, 6)
            yield _bar("full", x + 106, y + height - 26, 16, 16, 8)
            y += height + 14
