"""A GitHub small enough to count: it creates comments, finds them by marker, and remembers every request."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Counter:
    """`POST /comments {marker}` makes one, `GET /comments?marker=` finds them; `made` lists every one made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        counter = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                counter.made.append(body["marker"])
                self._answer({"id": len(counter.made)})

            def do_GET(self) -> None:
                marker = parse_qs(urlsplit(self.path).query)["marker"][0]
                self._answer({"found": counter.made.count(marker)})

            def _answer(self, value: dict[str, Any]) -> None:
                data = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/comments"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
