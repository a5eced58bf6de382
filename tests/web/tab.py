"""One tab: it opens pages, is any screen, presses keys, notes what the page asks for and complains of."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.web.browser import BrowserError, Line, line

WIDE, PHONE, NARROW = (1280, 800), (390, 844), (320, 640)
_KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Space": (" ", 32, " "),
    "Escape": ("Escape", 27, ""),
}
_SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
_ALL_PICTURES = """Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().catch(() => false);
})).then(() => true)"""

_FLAT = """(() => {
    window.flattened = [document.body, ...document.querySelectorAll("body *")]
        .filter((one, number) => number === 0 || getComputedStyle(one).position === "fixed")
        .map(one => [one, one.style.position]);
    flattened.forEach(([one], number) => one.style.position = number ? "absolute" : "relative");
})()"""
_AS_BEFORE = "flattened.forEach(([one, before]) => one.style.position = before)"


class Tab:
    """A page in its own profile; `requests` and `complaints` are of the page it shows now."""

    def __init__(self, spoken: Line, session: str) -> None:
        self._line = spoken
        self._session = session
        self._loaded = asyncio.Event()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        spoken.listeners[session] = self._heard

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask this tab's page; BrowserError where Chromium refuses."""
        return await self._line.call(method, self._session, **params)

    async def run(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, a promise's included; BrowserError where it throws."""
        done = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            what = done["exceptionDetails"]
            raise BrowserError(what.get("exception", {}).get("description") or what["text"])
        return done["result"].get("value")

    async def go(self, url: str) -> None:
        """Load a page and wait until it stands."""
        self._loaded.clear()
        self.requests, self.complaints = [], []
        found = await self.call("Page.navigate", url=url)
        if failed := found.get("errorText"):
            raise BrowserError(f"{url}: {failed}")
        await asyncio.wait_for(self._loaded.wait(), 30)
        await self.run("document.fonts.ready.then(() => true)")

    async def screen(self, size: tuple[int, int], *, dark: bool = False, media: str = "") -> None:
        """Become a screen of that size in CSS pixels, in a scheme of colours, still where motion is asked for.

        Where `media` is named, printing uses the styles for that and no other.
        """
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
        )
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        await self.call("Emulation.setEmulatedMedia", media=media, features=features)
        await self.run(_SETTLED)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key: Tab, Enter, Space, Escape."""
        name, code, text = _KEYS[key]
        event = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self.call("Input.dispatchKeyEvent", **event, **down)
        await self.call("Input.dispatchKeyEvent", **event, type="keyUp")

    async def letters(self, pixels: int) -> None:
        """Set the size of the browser's normal letters, as people do who need larger ones; 16 is usual."""
        await self.call("Page.setFontSizes", fontSizes={"standard": pixels, "fixed": pixels * 13 // 16})
        await self.run(_SETTLED)

    async def printed(self) -> bytes:
        """The page on A4 as PDF."""
        done = await self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)
        return base64.b64decode(done["data"])

    @asynccontextmanager
    async def laid_flat(self) -> AsyncIterator[None]:
        """What is fixed to the window lies at its place on the page for as long as the block runs."""
        await self.run(_FLAT)
        yield
        await self.run(_AS_BEFORE)

    async def picture(self, kind: str = "png") -> bytes:
        """The whole page from top to bottom, its late pictures loaded."""
        await self.run(_ALL_PICTURES)
        done = await self.call("Page.captureScreenshot", format=kind, captureBeyondViewport=True)
        return base64.b64decode(done["data"])

    def _heard(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Page.loadEventFired":
                self._loaded.set()
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                entry = params["entry"]
                self.complaints.append(f"{entry['text']} {entry.get('url', '')}".strip())
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]["text"]))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.complaints.append(" ".join(str(one.get("value")) for one in params["args"]))
            case "Audits.issueAdded":
                self._note(params["issue"])

    def _note(self, issue: dict[str, Any]) -> None:
        """A violated policy, mixed content and the like; what Chromium thinks of autofill is no fault."""
        details = issue["details"].get("contentSecurityPolicyIssueDetails")
        if details:
            what, where = details["violatedDirective"], details.get("blockedURL", "inline")
            self.complaints.append(f"CSP: {what} blocks {where}")


@asynccontextmanager
async def tab(address: str) -> AsyncIterator[Tab]:
    """A fresh tab in a profile of its own, gone after the block."""
    async with line(address) as spoken:
        context = (await spoken.call("Target.createBrowserContext"))["browserContextId"]
        target = await spoken.call("Target.createTarget", url="about:blank", browserContextId=context)
        joined = await spoken.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        opened = Tab(spoken, joined["sessionId"])
        for domain in ("Page", "Network", "Runtime", "Log", "Audits"):
            await opened.call(f"{domain}.enable")
        await opened.call("Emulation.setFocusEmulationEnabled", enabled=True)
        try:
            yield opened
        finally:
            await spoken.call("Target.disposeBrowserContext", browserContextId=context)
