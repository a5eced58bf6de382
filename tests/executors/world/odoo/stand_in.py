"""A stand-in for an Odoo 19 and its modules over real HTTP: it refuses what the real one refuses, in its words.

What a press of a button does is a script of the test. The answers, status codes and sentences are those of a real
Odoo 19, tracebacks included; `test_contract.py` holds exchanges that were recorded from one.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from executors.protocol.odoo import OdooDatabase
from executors.protocol.wire import Json
from executors.world.clock import Clock
from executors.world.odoo.client import Client
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets

KEY, MASTER = "0123456789abcdef0123456789abcdef01234567", "open-sesame"
DATABASE, LOGIN = "shop", "robot@example.org"
TRACE = 'Traceback (most recent call last):\n  File "/opt/odoo/http.py", line 1\n  postgres://odoo:pw@db/shop'
BUSY = (
    "Odoo is currently processing another module operation.\n"
    "Please try again later or contact your system administrator."
)
Reply = tuple[int, str, bytes]
CUT: Reply = (0, "", b"")
"""The connection ends without an answer."""


def ok(value: Any) -> Reply:
    """The bare value, as JSON-2 answers."""
    return 200, "application/json", json.dumps(value).encode()


def fault(status: int, name: str, message: str) -> Reply:
    """An error as JSON-2 answers it, with everything that nobody may see."""
    body = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": TRACE}
    return status, "application/json", json.dumps(body).encode()


@dataclass
class Shop:
    """One database of modules; `press` is what buttons do, `looks` what happens before each look after that."""

    states: dict[str, str]
    press: Callable[[Shop, str, list[str]], Reply | None] = lambda shop, button, names: None
    looks: list[Callable[[Shop], Reply | None]] = field(default_factory=list)
    dependents: list[str] = field(default_factory=list)
    entered: dict[str, int] = field(default_factory=dict)
    brought: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    refers: list[str] = field(default_factory=list)
    """models with a field that names a contact"""
    unlinked: list[str] = field(default_factory=list)
    pressed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    resets: bool = True
    port: int = 0
    _server: http.server.ThreadingHTTPServer | None = None

    @property
    def at(self) -> OdooDatabase:
        """The place as a plan names it."""
        url = f"http://127.0.0.1:{self.port}"
        return OdooDatabase(url=url, database=DATABASE, login=LOGIN, key="ODOO_KEY", master="ODOO_MASTER")

    def client(self, clock: Clock | None = None, **patience: float) -> Client:
        """A client of it, whose clock moves only when it is waited for."""
        values: Json = {"connect": 5.0, "answer": 5.0, "clock": clock or waiting(), **patience}
        secrets = Secrets(["ODOO_KEY", "ODOO_MASTER"], {"ODOO_KEY": KEY, "ODOO_MASTER": MASTER})
        return Client(self.at, secrets, [f"127.0.0.1:{self.port}"], lambda _s, _e: None, Patience(**values))

    def start(self) -> None:
        """Listen, on the port of before where there was one."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, headers: dict[str, str], body: Json) -> Reply:
        """What the real one would say."""
        if path == "/web/version":
            return ok({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"})
        if headers.get("x-odoo-database") != DATABASE:
            return 404, "text/html", b"<h1>Not Found</h1><p>No database is selected and the requested URL was not"
        if headers.get("authorization") != f"bearer {KEY}":
            return fault(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        _, _, _, model, method = path.split("/")
        return self.modules(method, body) if model == "ir.module.module" else self.other(model, method, body)

    def modules(self, method: str, body: Json) -> Reply:
        """The model of modules."""
        names = sorted(self.states)
        if method == "search_read":
            early = self.looks.pop(0)(self) if self.pressed and self.looks else None
            assert body["domain"][1][0] == "state"
            shown = [n for n in names if self.states[n] in body["domain"][1][2] or n in body["domain"][2][2]]
            return early or ok([{"id": names.index(n) + 1, "name": n, "state": self.states[n]} for n in shown])
        if method == "downstream_dependencies":
            return ok([names.index(name) + 1 for name in self.dependents])
        if method == "button_reset_state" and self.resets:
            back = {"to install": "uninstalled", "to remove": "installed", "to upgrade": "installed"}
            self.states = {name: back.get(state, state) for name, state in self.states.items()}
            self.pressed.append((method, ()))
            return ok(True)
        if method not in ("button_immediate_install", "button_immediate_uninstall"):
            return fault(
                404, "werkzeug.exceptions.NotFound", f"The method 'ir.module.module.{method}' does not exist"
            )
        return self._button(method, tuple(names[number - 1] for number in body["ids"]))

    def _button(self, method: str, chosen: tuple[str, ...]) -> Reply:
        self.pressed.append((method, chosen))
        if any(state.startswith("to ") for state in self.states.values()):
            return fault(422, "odoo.exceptions.UserError", BUSY)
        done = {"type": "ir.actions.act_url", "target": "self", "url": "/odoo"}
        return self.press(self, method, list(chosen)) or ok(done)

    def other(self, model: str, method: str, body: Json) -> Reply:
        """What is counted before modules go."""
        if (model, method) == ("ir.model", "search_read"):
            asked = body["domain"][0][2]
            return ok([{"model": name, "count": self.entered[name]} for name in self.entered if name in asked])
        if (model, method) == ("ir.model.fields", "search_read"):
            return ok([{"model": name, "name": "partner_id"} for name in self.refers])
        if method == "unlink":
            self.unlinked.append(model)
            return ok(True)
        if (model, method) == ("ir.model.data", "search_count"):
            return ok(self.brought)
        if method == "search_count" and model in self.counts:
            count = self.counts[model]
            return ok(count) if count >= 0 else fault(403, "odoo.exceptions.AccessError", "You are not allowed")
        return fault(404, "werkzeug.exceptions.NotFound", f"the model '{model}' does not exist")


def _handler(shop: Shop) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, kind, body = shop.answer(self.path, headers, json.loads(data or b"{}"))
            if not status:
                return
            with suppress(ConnectionError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running(shop: Shop) -> Iterator[Shop]:
    """The stand-in while it listens."""
    shop.start()
    try:
        yield shop
    finally:
        shop.stop()


def waiting(then: Callable[[float], None] = lambda _moment: None) -> Clock:
    """A clock that moves when somebody sleeps, and at once; `then` hears what time it is after each."""
    moment = [0.0]

    def sleep(seconds: float) -> None:
        moment[0] += seconds
        then(moment[0])

    return Clock(monotonic=lambda: moment[0], sleep=sleep, chance=lambda: 0.5)
