"""Two palettes from one or two brand colours, by day and by night; in both every text is readable on its grounds.

The names are the same in both, so a style sheet that reads them by name needs no second set of rules. `night` and
what stands `on_night` is the dark band of a page: it is dark by day too.
"""

from functools import lru_cache

from executors.parts.colour import contrast, on, readable, shade

# What a button must keep from the page around it (https://www.w3.org/TR/WCAG22/#non-text-contrast).
_APART = 3.0


def palette(primary: str, secondary: str) -> dict[str, str]:
    """Return the named colours of a site by day as `#rrggbb`, derived from the two brand colours."""
    return dict(_by_day(primary, secondary))


def dark(primary: str, secondary: str) -> dict[str, str]:
    """Return the same names by night: dark grounds in the brand's hue, the brand's colour lifted off them."""
    return dict(_by_night(primary, secondary))


@lru_cache(maxsize=64)
def _by_day(primary: str, secondary: str) -> dict[str, str]:
    """As `palette`; a firm's site is built again and again with the same two colours."""
    wash, tint = shade(primary, 0.985, 0.006), shade(primary, 0.955, 0.022)
    grounds = ("#ffffff", wash, tint)
    return {
        "brand": primary,
        "on_brand": on(primary),
        "brand_text": readable(primary, *grounds),
        "brand_soft": shade(primary, 0.90, 0.05),
        "brand_mid": shade(primary, 0.72, 0.12),
        "brand_pale": shade(primary, 0.90, 0.05),
        "accent": secondary,
        "on_accent": on(secondary),
        "accent_text": readable(secondary, *grounds),
        "accent_soft": shade(secondary, 0.90, 0.05),
        "paper": "#ffffff",
        "card": "#ffffff",
        "wash": wash,
        "tint": tint,
        "line": shade(primary, 0.905, 0.015),
        "control": readable(shade(primary, 0.62, 0.03), *grounds),
        "ink": shade(primary, 0.225, 0.03),
        "muted": readable(shade(primary, 0.50, 0.03), *grounds),
        "fault": readable("#b42318", *grounds),
        **_band(primary, shade(primary, 0.235, 0.075), shade(primary, 0.30, 0.10)),
    }


@lru_cache(maxsize=64)
def _by_night(primary: str, secondary: str) -> dict[str, str]:
    """As `dark`."""
    paper, card = shade(primary, 0.178, 0.016), shade(primary, 0.215, 0.020)
    wash, tint = shade(primary, 0.205, 0.018), shade(primary, 0.255, 0.030)
    grounds = (paper, card, wash, tint)
    brand = _lifted(primary, *grounds)
    return {
        "brand": brand,
        "on_brand": on(brand),
        "brand_text": readable(primary, *grounds),
        "brand_soft": shade(primary, 0.33, 0.07),
        "brand_mid": shade(primary, 0.62, 0.12),
        "brand_pale": shade(primary, 0.82, 0.06),
        "accent": secondary,
        "on_accent": on(secondary),
        "accent_text": readable(secondary, *grounds),
        "accent_soft": shade(secondary, 0.33, 0.06),
        "paper": paper,
        "card": card,
        "wash": wash,
        "tint": tint,
        "line": shade(primary, 0.335, 0.022),
        "control": readable(shade(primary, 0.62, 0.03), *grounds),
        "ink": shade(primary, 0.945, 0.010),
        "muted": readable(shade(primary, 0.76, 0.020), *grounds),
        "fault": readable("#ff8a7a", *grounds),
        **_band(primary, shade(primary, 0.232, 0.055), shade(primary, 0.31, 0.09)),
    }


def _band(primary: str, night: str, deep: str) -> dict[str, str]:
    """The dark band and what is read on it."""
    return {
        "night": night,
        "deep": deep,
        "on_night": "#ffffff",
        "on_night_muted": readable(shade(primary, 0.86, 0.03), night, deep),
        "on_night_accent": readable(shade(primary, 0.83, 0.10), night, deep),
    }


def _lifted(color: str, *grounds: str) -> str:
    """Return the colour, or the least lighter one of its hue that a dark page sets off as a button."""
    if all(contrast(color, ground) >= _APART for ground in grounds):
        return color
    steps = (shade(color, 0.30 + n * 0.01) for n in range(66))
    return next(one for one in steps if all(contrast(one, ground) >= _APART for ground in grounds))
