"""Colours as `#rrggbb`: how well one is read on another, and the same hue lighter or darker.

Contrast is WCAG 2.2's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio); lightness is moved in OKLCH
(https://bottosson.github.io/posts/oklab/), which keeps the hue that people see.
"""

import math
import re
from functools import lru_cache

Rgb = tuple[float, float, float]

_HEX = re.compile(r"#[0-9a-f]{6}")
AA = 4.5
# A little above the limit, so that rounding and a tinted ground never fall below it.
_AIM = 4.8


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21; raises ValueError for other text."""
    light, dark = sorted((_luminance(_linear(one)), _luminance(_linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on(ground: str) -> str:
    """Return white or a near-black that is readable on the ground, whichever has more contrast."""
    inks = ("#ffffff", "#0b0f14", "#000000")
    return next(
        (ink for ink in inks[:2] if contrast(ink, ground) >= _AIM), max(inks, key=lambda i: contrast(i, ground))
    )


def readable(color: str, *grounds: str) -> str:
    """Return the colour, moved in lightness as little as needed to be text on all the grounds.

    The grounds must be all light or all dark; the answer has a contrast of at least 4.5 to each.
    """
    lightness, chroma, hue = _oklch(color)
    darker = contrast(grounds[0], "#000000") > contrast(grounds[0], "#ffffff")
    step = -0.01 if darker else 0.01
    for n in range(101):
        moved = shade(color, min(1.0, max(0.0, lightness + n * step)), chroma, hue)
        if all(contrast(moved, ground) >= _AIM for ground in grounds):
            return moved
    return "#000000" if darker else "#ffffff"


def shade(color: str, lightness: float, most_chroma: float = 1.0, hue: float | None = None) -> str:
    """Return the colour of that OKLCH lightness (0 to 1) in the same hue, with at most that much chroma."""
    _, chroma, own_hue = _oklch(color)
    chroma, angle = min(chroma, most_chroma), own_hue if hue is None else hue
    for _ in range(40):
        rgb = _from_oklch(lightness, chroma, angle)
        if all(-0.0005 <= part <= 1.0005 for part in rgb):
            break
        chroma *= 0.92
    return "#" + "".join(f"{round(_encode(min(1.0, max(0.0, part))) * 255):02x}" for part in rgb)


@lru_cache(maxsize=256)
def _linear(color: str) -> Rgb:
    """Return the linear-light parts of `#rrggbb`, 0 to 1; raises ValueError for other text."""
    if not _HEX.fullmatch(color):
        raise ValueError(f"{color!r} is no colour; write it as #rrggbb in lower case")
    red, green, blue = (_decode(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def _decode(part: float) -> float:
    """SRGB to linear light."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encode(part: float) -> float:
    """Linear light to sRGB."""
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _luminance(rgb: Rgb) -> float:
    """Relative luminance."""
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


@lru_cache(maxsize=256)
def _oklch(color: str) -> tuple[float, float, float]:
    """Return lightness (0 to 1), chroma and hue (radians)."""
    r, g, b = _linear(color)
    l_, m_, s_ = (
        math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
        math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
        math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
    )
    a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    b_ = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    return 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_, math.hypot(a, b_), math.atan2(b_, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return linear-light parts, outside 0 to 1 where the screen has no such colour."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )
