"""An abstract pattern that is a firm's own: the same name gives the same tiles, another name gives others."""

import hashlib
from collections.abc import Iterator

# Shapes and tones come in fixed shares and only their order is the name's, so no name gets an empty pattern.
_SHAPES = ("arc", "leaf", "ring", "arc", "disc", "arc", "leaf", "half", "ring", "leaf", "arc", "none", "dot")
_TONES = ("d", "a", "b", "d", "a", "c", "d", "b", "a", "d", "a", "c")


def mosaic(seed: str, columns: int, rows: int, side: int) -> list[dict[str, str]]:
    """Return SVG paths for a grid of tiles of `side` units, as `{"d": path data, "tone": a|b|c|d}`."""
    noise, count = _bytes(seed), columns * rows
    shapes = _shuffled([_SHAPES[n % len(_SHAPES)] for n in range(count)], noise)
    tones = _shuffled([_TONES[n % len(_TONES)] for n in range(count)], noise)
    tiles = [
        {"d": _path(shape, next(noise) % 4, n % columns * side, n // columns * side, side), "tone": tone}
        for n, (shape, tone) in enumerate(zip(shapes, tones, strict=True))
    ]
    return [tile for tile in tiles if tile["d"]]


def _bytes(seed: str) -> Iterator[int]:
    """Yield endless bytes that depend on the seed alone."""
    block = seed.encode()
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _shuffled(values: list[str], noise: Iterator[int]) -> list[str]:
    """Return the values in an order that the noise decides."""
    keyed = [(next(noise), next(noise), n, value) for n, value in enumerate(values)]
    return [value for *_, value in sorted(keyed)]


def _path(shape: str, turn: int, x: int, y: int, s: int) -> str:
    """Return the path data of one shape with its corner `turn` quarter turns from the top left."""
    corners = [(x, y), (x + s, y), (x + s, y + s), (x, y + s)]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners[turn:] + corners[:turn]
    h = s // 2
    match shape:
        case "arc":
            return f"M{ax} {ay}L{bx} {by}A{s} {s} 0 0 1 {dx} {dy}Z"
        case "leaf":
            return f"M{ax} {ay}A{s} {s} 0 0 1 {cx} {cy}A{s} {s} 0 0 1 {ax} {ay}Z"
        case "disc" | "dot":
            r = h if shape == "disc" else h // 2
            return f"M{x + h - r} {y + h}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
        case "half":
            return f"M{ax} {ay}A{h} {h} 0 0 0 {bx} {by}Z"
        case "ring":
            mx, my, nx, ny = (ax + bx) // 2, (ay + by) // 2, (ax + dx) // 2, (ay + dy) // 2
            return f"M{bx} {by}A{s} {s} 0 0 1 {dx} {dy}L{nx} {ny}A{h} {h} 0 0 0 {mx} {my}Z"
        case _:
            return ""
