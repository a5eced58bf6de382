"""The contrast that axe leaves open, measured: letters before gradients, pictures and drawn shapes.

The letters are made invisible, what is behind them is photographed, and the worst tenth of its pixels is what
counts. Source: https://www.w3.org/TR/WCAG22/#contrast-minimum
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image

from tests.web.tab import Tab

_LARGE, _LARGE_BOLD = 24.0, 18.66
_LEAST, _LEAST_LARGE = 4.5, 3.0
_WORST = 0.9
_LETTERS = """(selector => {
    const element = document.querySelector(selector);
    if (!element || !element.checkVisibility({checkVisibilityCSS: true})) return null;
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), boxes = [];
    while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        boxes.push(...range.getClientRects());
    }
    const style = getComputedStyle(element);
    return {colour: style.color, size: parseFloat(style.fontSize), weight: parseInt(style.fontWeight),
        boxes: boxes.filter(box => box.width > 2 && box.height > 2).map(box =>
            [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY])};
})"""
_BLANK = (
    "*,*::before,*::after{-webkit-text-fill-color:transparent!important;text-shadow:none!important;"
    "text-decoration-color:transparent!important}"
)
_HIDE = f"""(() => {{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync({_BLANK!r});
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}})()"""
_SHOW = "document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)"


async def measured(tab: Tab, selectors: Sequence[str]) -> list[str]:
    """What of these elements of the open page is too pale."""
    if not selectors:
        return []
    found: list[str] = []
    async with tab.laid_flat():
        letters = [(one, await tab.run(f"{_LETTERS}({one!r})")) for one in selectors]
        await tab.run(_HIDE)
        with Image.open(BytesIO(await tab.picture())) as image:
            page = image.convert("RGB")
        await tab.run(_SHOW)
    for selector, given in letters:
        ratios = [_ratio(page, given["colour"], box) for box in given["boxes"]] if given else []
        if ratios and min(ratios) < _least(given):
            found.append(f"{selector}: contrast {min(ratios):.2f} before what is behind it, not {_least(given)}")
    return found


def _least(given: dict[str, Any]) -> float:
    """What WCAG asks of letters of that size and weight."""
    is_large = given["size"] >= _LARGE or (given["size"] >= _LARGE_BOLD and given["weight"] >= 700)
    return _LEAST_LARGE if is_large else _LEAST


def _ratio(page: Image.Image, colour: str, box: list[float]) -> float:
    """The contrast of the colour with the worst tenth of what lies in the box (left, top, right, bottom)."""
    left, top, right, bottom = (round(side) for side in box)
    shown = (max(0, left), max(0, top), min(page.width, right), min(page.height, bottom))
    if shown[0] >= shown[2] or shown[1] >= shown[3]:
        return 21.0  # not in the picture: a wide table scrolls it into view
    behind = page.crop(shown)
    own = _parsed(colour)
    counted = behind.getcolors(behind.width * behind.height) or []
    ratios = sorted((_contrast(own, _brightness(rgb)), number) for number, rgb in counted)
    still = (1 - _WORST) * behind.width * behind.height
    for ratio, number in ratios:
        still -= number
        if still <= 0:
            return ratio
    return 21.0


def _parsed(colour: str) -> float:
    """The brightness of `rgb(…)`; letters that are see-through are a fault of their own."""
    numbers = [float(one) for one in re.findall(r"[\d.]+", colour)]
    assert colour.startswith("rgb"), f"a colour that is not understood: {colour}"
    return _brightness((round(numbers[0]), round(numbers[1]), round(numbers[2])))


def _brightness(rgb: tuple[int, int, int]) -> float:
    """Relative luminance, 0 to 1 (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (one / 255 for one in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: float, other: float) -> float:
    """Between 1 and 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
