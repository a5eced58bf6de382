"""Pictures of a built site: each page on a desktop and on a phone, as WebP of a bounded size."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from executors.world.browser import Browser, NoBrowser, running
from executors.world.clock import Clock

WIDTHS = (1280, 390)
"""CSS pixels: a desktop, a phone."""
MOST, LARGEST = 40, 200_000
"""Pictures of one site, and bytes of one picture."""
SECONDS = 90.0
_TALLEST = {1280: 6_000, 390: 9_000}
_QUALITIES = (80, 60, 40)
# A name that no server can have (RFC 6761); the answers come out of the files.
_ORIGIN = "https://site.invalid/"
_SCREENS = {
    1280: {"width": 1280, "height": 800, "mobile": False},
    390: {"width": 390, "height": 844, "mobile": True},
}


@dataclass(frozen=True)
class Picture:
    """One page at one width; `cut` says that the page goes on below what is shown."""

    page: str
    width: int
    data: bytes
    cut: bool


@dataclass(frozen=True)
class Album:
    """The pictures, the browser's own name, and the pages without one: beyond what an album holds, or `why`."""

    browser: str
    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...]
    why: str = ""


def pages_of(paths: Iterable[str]) -> list[str]:
    """Return the HTML pages, the home page first, then those nearest to it; the one for errors is the last."""
    pages = [path for path in paths if path.endswith(".html")]
    return sorted(pages, key=lambda path: (path == "404.html", path != "index.html", path.count("/"), path))


def photograph(program: Path, site: Mapping[str, bytes], clock: Clock, seconds: float = SECONDS) -> Album:
    """Return pictures of `site` (path → bytes); NoBrowser where the browser does not do it.

    Scripts do not run and no host is reached: what is not in `site` is missing in the picture.
    """
    pages = pages_of(site)
    chosen = pages[: MOST // len(WIDTHS)]
    pictures: list[Picture] = []
    why = ""
    with running(program, seconds, clock) as browser:
        name = str(browser.call("Browser.getVersion").get("product", ""))
        session = _tab(browser, site)
        try:
            for page in chosen:
                pictures += [_picture(browser, session, page, width) for width in WIDTHS]
        except NoBrowser as error:
            if not pictures:
                raise
            why = str(error)
    there = {picture.page for picture in pictures}
    return Album(name, tuple(pictures), tuple(page for page in pages if page not in there), why)


def _tab(browser: Browser, site: Mapping[str, bytes]) -> str:
    """Return the session of a tab whose every request is answered from `site`."""

    def answer(method: str, params: Mapping[str, Any], session: str) -> None:
        if method == "Fetch.requestPaused":
            _answer(browser, site, params, session)

    browser.on_event = answer
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = str(browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    browser.call("Fetch.enable", session, patterns=[{"urlPattern": "*"}])
    browser.call("Page.enable", session)
    # Without scripts pictures are not loaded lazily either, so those far down are there.
    browser.call("Emulation.setScriptExecutionDisabled", session, value=True)
    still = [
        {"name": "prefers-reduced-motion", "value": "reduce"},
        {"name": "prefers-color-scheme", "value": "light"},
    ]
    browser.call("Emulation.setEmulatedMedia", session, features=still)
    return session


def _answer(browser: Browser, site: Mapping[str, bytes], params: Mapping[str, Any], session: str) -> None:
    url, request = str(params["request"]["url"]), params["requestId"]
    path = unquote(urlsplit(url).path).removeprefix("/")
    path = path + "index.html" if not path or path.endswith("/") else path
    if not url.startswith(_ORIGIN) or path not in site:
        browser.tell("Fetch.failRequest", session, requestId=request, errorReason="BlockedByClient")
        return
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    browser.tell(
        "Fetch.fulfillRequest",
        session,
        requestId=request,
        responseCode=200,
        responseHeaders=[{"name": "Content-Type", "value": kind}],
        body=base64.b64encode(site[path]).decode(),
    )


def _picture(browser: Browser, session: str, page: str, width: int) -> Picture:
    """Return the whole page; at lower quality, and at last less of it, until it is small enough."""
    browser.call("Emulation.setDeviceMetricsOverride", session, deviceScaleFactor=1, **_SCREENS[width])
    browser.call("Page.navigate", session, url=_ORIGIN + page)
    browser.wait_for("Page.loadEventFired", session)
    size = browser.call("Page.getLayoutMetrics", session)["cssContentSize"]
    height = min(int(size["height"]), _TALLEST[width])
    while True:
        for quality in _QUALITIES:
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            shot = browser.call(
                "Page.captureScreenshot",
                session,
                format="webp",
                quality=quality,
                clip=clip,
                captureBeyondViewport=True,
            )
            data = base64.b64decode(shot["data"])
            if len(data) <= LARGEST:
                return Picture(page, width, data, cut=height < int(size["height"]))
        height //= 2
