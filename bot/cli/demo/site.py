"""A real web server for a local web root: whatever release `current` points at, asked for anew each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; answers 503 while the site is out of order."""

    def do_GET(self) -> None:
        """One page, or 503."""
        self.server.site.before_answering()  # type: ignore[attr-defined]
        if getattr(self.server, "out_of_order", False):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Says nothing: the transcript belongs to the demo."""


class Site:
    """Serves `<root>/current` on a free local port until it is stopped."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before_answering: Callable[[], object] = lambda: None
        """is called, in the server's thread, before each answer: a slow server is one that waits here"""
        handler = partial(_Handler, directory=str(root / "current"))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.site = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def break_down(self) -> None:
        """From now on it answers 503, as a server does whose configuration was broken."""
        self._server.out_of_order = True  # type: ignore[attr-defined]

    def mend(self) -> None:
        """It answers again."""
        self._server.out_of_order = False  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Closes the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
