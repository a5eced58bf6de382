"""One page seen in every way: each function returns what is wrong as sentences, nothing where all is well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.web.contrast import measured
from tests.web.serving import HEADERS, Served
from tests.web.tab import NARROW, PHONE, WIDE, Tab
from tests.web.tools import module

HEAVIEST = 150_000
"""Bytes of a page and all that it fetches, photographs apart, as they go over the wire uncompressed."""
_PHOTOS = (".webp", ".jpg", ".png", ".avif", ".gif")
_LETTERS = 16


@cache
def _script() -> str:
    return (Path(__file__).parent / "page.js").read_text()


@cache
def _axe() -> str:
    return module("axe-core/axe.min.js").read_text()


async def opened(tab: Tab, served: Served, path: str, size: tuple[int, int] = WIDE) -> None:
    """Go to the page, by day and on a screen of that size, with what `page.js` knows at hand."""
    await tab.screen(size)
    served.asked.clear()
    await tab.go(f"{served.url}/{'' if path == 'index.html' else path}")
    await tab.run(_script())


async def fetched(tab: Tab, served: Served) -> list[str]:
    """Requests to others, complaints of console and policy, broken pictures and the weight of the open page."""
    found = [f"asks another host: {url}" for url in tab.requests if not url.startswith((served.url, "data:"))]
    found += [f"complaint: {said}" for said in tab.complaints]
    found += [f"a picture does not show: {source}" for source in await tab.run("pageLook.brokenPictures()")]
    paths = {path for path in served.asked if not path.endswith(_PHOTOS)}
    weight = sum(len(served.files.get(path, b"")) for path in paths)
    if weight > HEAVIEST:
        found.append(f"weighs {weight} bytes without photographs; {HEAVIEST} are allowed")
    return found


def policy(served: Served) -> list[str]:
    """What is wrong with the policy that the site's own headers send."""
    sent = served.files.get(HEADERS, b"").decode()
    rule = next((line for line in sent.splitlines() if "Content-Security-Policy:" in line), "")
    found = [] if "default-src 'none'" in rule else ["the policy does not begin with nothing"]
    return found + [f"the policy allows {word}" for word in ("unsafe-inline", "unsafe-eval", " *") if word in rule]


async def accessible(tab: Tab) -> list[str]:
    """What axe says of the open page on a wide screen and on a phone; by night, of its colours."""
    await tab.run(_axe() + ";0")
    found: list[str] = []
    for size in (WIDE, PHONE):
        for dark in (False, True):
            await tab.screen(size, dark=dark)
            where = f"axe at {size[0]} px{', dark' if dark else ''}"
            said = await tab.run(f"pageLook.axeSays({'true' if dark else 'false'})")
            found += [f"{where}: {one}" for one in said["violations"]]
            found += [f"{where}, measured: {one}" for one in await measured(tab, said["open"])]
    await tab.screen(WIDE)
    return found


async def fits(tab: Tab) -> list[str]:
    """What sticks out of a screen 320 px wide, or is cut off where letters are twice as large."""
    await tab.screen(NARROW)
    found = [f"sticks out at 320 px: {what}" for what in await tab.run("pageLook.sticksOut()")]
    await tab.screen(WIDE)
    before = await _letter(tab)
    await tab.letters(2 * _LETTERS)
    if await _letter(tab) < 1.9 * before:
        found.append("letters do not grow with the reader's own size")
    for size in (WIDE, PHONE):
        await tab.screen(size)
        where = f"letters 200 % at {size[0]} px"
        found += [f"sticks out, {where}: {one}" for one in await tab.run("pageLook.sticksOut()")]
        found += [f"cut off, {where}: {one}" for one in await tab.run("pageLook.cutOff()")]
    await tab.letters(_LETTERS)
    return found


async def _letter(tab: Tab) -> float:
    """The size of the page's running text in pixels."""
    return float(
        await tab.run("parseFloat(getComputedStyle(document.querySelector('main p') || document.body).fontSize)")
    )
