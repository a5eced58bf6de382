"""An abstract pattern that is a firm's own: the same name gives the same tiles, another name gives others."""

import hashlib
from collections.abc import Iterator

# Shapes within a tile of side 1, drawn clockwise from a corner, and how often each comes.
_SHAPES = ("arc", "arc", "ring", "disc", "leaf", "leaf", "bar", "none")
_TONES = ("a", "b", "c", "d")


def mosaic(seed: str, columns: int, rows: int, side: int) -> list[dict[str, str]]:
    """Return SVG paths for a grid of tiles of `side` units, as `{"d": path data, "tone": a|b|c|d}`.

    No two neighbours in a row are the same shape and turn, so that the pattern never looks like a table.
    """
    noise = _bytes(seed)
    tiles: list[dict[str, str]] = []
    before = ""
    for row in range(rows):
        for column in range(columns):
            shape, turn, tone = _SHAPES[next(noise) % 8], next(noise) % 4, _TONES[next(noise) % 4]
            if f"{shape}{turn}" == before:
                turn = (turn + 1) % 4
            before = f"{shape}{turn}"
            if path := _path(shape, turn, column * side, row * side, side):
                tiles.append({"d": path, "tone": tone})
    return tiles


def _bytes(seed: str) -> Iterator[int]:
    """Yield endless bytes that depend on the seed alone."""
    block = seed.encode()
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _path(shape: str, turn: int, x: int, y: int, s: int) -> str:
    """Return the path data of one shape with its corner `turn` quarter turns from the top left."""
    corners = [(x, y), (x + s, y), (x + s, y + s), (x, y + s)]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners[turn:] + corners[:turn]
    match shape:
        case "arc":
            return f"M{ax} {ay}L{bx} {by}A{s} {s} 0 0 1 {dx} {dy}Z"
        case "leaf":
            return f"M{ax} {ay}A{s} {s} 0 0 1 {cx} {cy}A{s} {s} 0 0 1 {ax} {ay}Z"
        case "disc":
            r = s // 4
            return f"M{x + r} {y + s // 2}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
        case "ring":
            h = s // 2
            mx, my, nx, ny = (ax + bx) // 2, (ay + by) // 2, (ax + dx) // 2, (ay + dy) // 2
            return f"M{bx} {by}A{s} {s} 0 0 1 {dx} {dy}L{nx} {ny}A{h} {h} 0 0 0 {mx} {my}Z"
        case "bar":
            mx, my, nx, ny = (ax + bx) // 2, (ay + by) // 2, (cx + dx) // 2, (cy + dy) // 2
            return f"M{ax} {ay}L{mx} {my}L{nx} {ny}L{dx} {dy}Z"
        case _:
            return ""
