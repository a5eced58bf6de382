"""One headless Chromium, spoken to over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import asyncio
import itertools
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

_PATIENCE = 30
# No sandbox: it needs rights that a container does not give, and what is loaded is ours, from loopback.
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--hide-scrollbars", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
    "--disable-background-networking",
       "--disable-component-update", "--disable-default-apps", "--mute-audio", "--force-color-profile=srgb",
    "--font-render-hinting=none", "--remote-debugging-port=0", "--remote-allow-origins=*",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


class BrowserError(Exception):
    """Chromium said no; the message names the method and what it said."""


@contextmanager
def chromium(program: Path, home: Path) -> Iterator[str]:
    """A running Chromium with a profile of its own; the address of its DevTools. It ends with the block."""
    command = [str(program), *_OPTIONS, f"--user-data-dir={home}", "about:blank"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                yield found[1]
                return
        raise BrowserError(f"Chromium did not start: {''.join(said[-3:])}")
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


class Line:
    """The one WebSocket to Chromium; answers find their question, events find their session's listener."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.listeners: dict[str, Callable[[str, dict[str, Any]], None]] = {}

    async def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Ask Chromium and return its result; BrowserError where it refuses or stays silent for 30 s."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        question = {"id": number, "method": method, "params": params}
        await self._socket.send_json(question | ({"sessionId": session} if session else {}))
        try:
            return await asyncio.wait_for(answer, _PATIENCE)
        except TimeoutError:
            raise BrowserError(f"{method}: no answer in {_PATIENCE} s") from None
        finally:
            self._waiting.pop(number, None)

    async def listen(self) -> None:
        """Hand out what Chromium says until the line ends."""
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = message.json()
            if waiting := self._waiting.get(said.get("id", 0)):
                if "error" in said:
                    waiting.set_exception(BrowserError(str(said["error"].get("message"))))
                else:
                    waiting.set_result(said["result"])
            elif listener := self.listeners.get(said.get("sessionId", "")):
                listener(said["method"], said["params"])


@asynccontextmanager
async def line(address: str) -> AsyncIterator[Line]:
    """A line to the Chromium at that address."""
    async with ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        spoken = Line(socket)
        hearing = asyncio.create_task(spoken.listen())
        try:
            yield spoken
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing
