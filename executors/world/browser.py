"""A browser that photographs pages: one process, no network, no scripts, no secrets, and gone when it is done.

It speaks the DevTools protocol over two pipes, so there is no port that somebody else on the machine could use
(https://chromedevtools.github.io/devtools-protocol/). Whatever a page asks for is answered out of the
files that it is given; everything else fails.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executors.errors import WorldError
from executors.world import family
from executors.world.clock import Clock

PROGRAMS = ("google-chrome", "chromium", "chromium-browser")
OFF = "none"
"""What MILLWRIGHT_BROWSER says where nobody wants pictures."""
_OPTIONS = (
    "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--no-default-browser-check", "--disable-extensions", "--disable-sync", "--disable-background-networking",
    "--disable-breakpad", "--disable-crash-reporter", "--disable-component-update", "--disable-default-apps",
    "--mute-audio", "--force-color-profile=srgb", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
# Chromium takes its commands at descriptor 3 and answers at 4.
_LAUNCH = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_FREE_FROM = 10
_KEPT = ("PATH", "LANG", "FONTCONFIG_PATH", "FONTCONFIG_FILE")


class NoBrowser(WorldError):
    """There is none, or it does not work; the message says which."""


def program(environ: Mapping[str, str]) -> Path:
    """Return the browser: MILLWRIGHT_BROWSER, else the first of the usual names in PATH; NoBrowser for none."""
    told = environ.get("MILLWRIGHT_BROWSER", "")
    if told == OFF:
        raise NoBrowser("switched off by MILLWRIGHT_BROWSER")
    if told:
        found = Path(told)
        if not found.is_absolute() or not os.access(found, os.X_OK) or not found.is_file():
            raise NoBrowser(
                f"MILLWRIGHT_BROWSER is no program: {told[:200]}; give the absolute path of a Chromium"
            )
        return found
    there = (shutil.which(name, path=environ.get("PATH", "")) for name in PROGRAMS)
    if first := next(filter(None, there), None):
        return Path(first)
    raise NoBrowser(f"no browser on the runner: none of {', '.join(PROGRAMS)} is in its PATH")


Event = Callable[[str, Mapping[str, Any], str], None]


@dataclass
class Browser:
    """A running browser. Each call raises NoBrowser where it fails or the time is up."""

    sender: int
    receiver: int
    until: float
    clock: Clock
    on_event: Event = lambda _method, _params, _session: None
    _number: int = 0
    _rest: bytes = b""
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Return the result of one command."""
        number = self.tell(method, session, **params)
        while True:
            message = self._next(method)
            if message.get("id") == number:
                if "error" in message:
                    raise NoBrowser(f"{method}: {str(message['error'].get('message'))[:300]}")
                return dict(message.get("result") or {})

    def tell(self, method: str, session: str = "", **params: Any) -> int:
        """Send a command whose answer nobody waits for."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        data = json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
        while data:
            self._wait([], [self.sender], method)
            try:
                data = data[os.write(self.sender, data[:65_536]) :]
            except OSError as error:
                raise NoBrowser("the browser ended by itself") from error
        return self._number

    def wait_for(self, event: str, session: str) -> None:
        """Return once the event has come since the last wait for it."""
        while (event, session) not in self._seen:
            self._next(event)
        self._seen.discard((event, session))

    def _next(self, doing: str) -> dict[str, Any]:
        """Return the next message; an event is told to `on_event` first."""
        while b"\0" not in self._rest:
            self._wait([self.receiver], [], doing)
            part = os.read(self.receiver, 1 << 20)
            if not part:
                raise NoBrowser("the browser ended by itself")
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if "method" in message:
            session = str(message.get("sessionId", ""))
            self._seen.add((message["method"], session))
            self.on_event(message["method"], message.get("params") or {}, session)
        return message

    def _wait(self, readers: list[int], writers: list[int], doing: str) -> None:
        left = self.until - self.clock.monotonic()
        if left <= 0 or not any(select.select(readers, writers, [], left)):
            raise NoBrowser(f"the browser took too long and was ended ({doing})")


@contextmanager
def running(found: Path, seconds: float, clock: Clock) -> Iterator[Browser]:
    """Yield a browser with a home of its own, for `seconds` at most; no process and no file of it is left after.

    A root user's browser has no sandbox of its own, which Chromium refuses to make there.
    """
    family.keep_apart()
    # Not in the job's folder: Chromium makes a socket there, whose path may have 107 bytes only (unix(7)).
    room = Path(tempfile.mkdtemp(prefix="mw-"))
    already = family.children()
    (commands, sender), (receiver, answers) = os.pipe(), os.pipe()
    theirs = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, _FREE_FROM) for one in (commands, answers)]
    _close(commands, answers)
    options = [*_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={room}"]
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, *map(str, theirs), str(found), *options, "about:blank"]
    try:
        process = subprocess.Popen(  # noqa: S603 - the runner's own browser, no shell
            launch,
            cwd=room,
            env=_environment(os.environ, room),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=theirs,
            start_new_session=True,
        )
        try:
            _close(*theirs)
            theirs = []
            yield Browser(sender, receiver, clock.monotonic() + seconds, clock)
        finally:
            family.end(process, already, "the browser")
    except OSError as error:
        raise NoBrowser(f"starting {found}: {error}") from error
    finally:
        _close(sender, receiver, *theirs)
        shutil.rmtree(room, ignore_errors=True)


def _close(*descriptors: int) -> None:
    for one in descriptors:
        os.close(one)


def _environment(environ: Mapping[str, str], room: Path) -> dict[str, str]:
    """Return all that the browser may see: where programs and fonts are, and an empty home."""
    kept = {name: environ[name] for name in _KEPT if environ.get(name)}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, "HOME": str(room), "TMPDIR": str(room)}
