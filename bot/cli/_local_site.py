"""A web server for a site on this machine: whatever release is current, with the headers the site asks for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class _Handler(SimpleHTTPRequestHandler):
    """Serves files below `current`, with the `/*` block of the site's own `_headers` file; 503 while broken."""

    def do_GET(self) -> None:
        """One page."""
        self.server.site.before_answering()  # type: ignore[attr-defined]
        if getattr(self.server, "broken", False):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Add what the site says about itself."""
        for name, value in headers_of(Path(self.directory)):
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Say nothing: the terminal belongs to the run."""


class _Server(ThreadingHTTPServer):
    """Says nothing of visitors who leave before their answer is written."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only what is not the visitor's doing is worth a word."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def headers_of(site: Path) -> list[tuple[str, str]]:
    """Headers that the site's `_headers` names for every page; none where there is no such file."""
    try:
        lines = (site / "_headers").read_text("utf-8").splitlines()
    except OSError:
        return []
    start = next((n for n, line in enumerate(lines) if line.strip() == "/*"), len(lines))
    block: list[tuple[str, str]] = []
    for line in lines[start + 1 :]:
        name, colon, value = line.strip().partition(":")
        if not line.startswith(" ") or not colon:
            break
        block.append((name, value.strip()))
    return block


class LocalSite:
    """Serves `<root>/current` until it is stopped."""

    def __init__(self, root: Path, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.root = root
        self.before_answering: Callable[[], object] = lambda: None
        """is called in the server's thread before each answer: a slow server is one that waits here"""
        handler = partial(_Handler, directory=str(root / "current"))
        self._server = _Server(address, handler)
        self._server.site = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def break_down(self) -> None:
        """From now on answer 503, as a server does whose configuration was broken; `mend` ends it."""
        self._server.broken = True  # type: ignore[attr-defined]

    def mend(self) -> None:
        """Answer again."""
        self._server.broken = False  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def served_at(root: Path, url: str) -> LocalSite | None:
    """A server at the URL; None where the URL is not of this machine, or something answers there already."""
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    here = False
    with suppress(ValueError):
        here = ip_address(host).is_loopback
    if not here or parts.scheme != "http":
        return None
    try:
        return LocalSite(root, (host, parts.port or 80))
    except OSError:
        return None
