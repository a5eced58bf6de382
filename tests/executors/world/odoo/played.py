"""Cassettes of a real Odoo 19, for what has to be tested against the real thing and on machines without one.

To record anew: start a fresh Odoo 19 (`tests/odoo/server`) whose database is `factory_test` and whose master
password is `master`, make an API key of its administrator (login and password `admin`), and run the tests with
`ODOO_RECORD=http://127.0.0.1:<port> ODOO_RECORD_KEY=<key>` and `-n 0`; those of `test_company_books.py` want
the module account on top. The cassettes hold no key and no password: fixed words stand in their place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vcr

from executors.protocol.odoo import OdooDatabase
from executors.protocol.wire import Json
from executors.world.odoo.client import Client
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets

CASSETTES = Path(__file__).parent / "cassettes"
RECORDING = os.environ.get("ODOO_RECORD")
URL = RECORDING or "http://127.0.0.1:18069"
KEY = os.environ.get("ODOO_RECORD_KEY", "not-a-key-at-all")
PASSWORD = "bobs-own-password"
_INSTALLED = re.compile(rb"/(?:[\w.-]+/)*(?:dist|site)-packages/")
SHOWN = ("date", "server", "set-cookie", "content-length", "x-content-type-options", "content-security-policy")


@dataclass(frozen=True)
class Real:
    """The database of a cassette, and who asks it."""

    at: OdooDatabase
    secrets: Secrets
    client: Client

    def calling(self, log: Callable[[str, Json], None], *, patience: Patience | None = None) -> Client:
        """The same client, which tells `log` of each exchange after it was made."""
        return Client(self.at, self.secrets, self.client.hosts, log, patience or Patience())

    def person(self, login: str) -> Client:
        """Somebody else, with a password of their own."""
        at = self.at.model_copy(update={"login": login})
        secrets = Secrets([at.key], {at.key: PASSWORD})
        return Client(at, secrets, self.client.hosts, lambda *_: None, wire="jsonrpc")

    def hire(self, login: str) -> Client:
        """Make that somebody, who may do what internal users may."""
        values = {"name": login.title(), "login": login, "password": PASSWORD}
        self.client.call("res.users", "create", context={"no_reset_password": True}, vals_list=[values])
        return self.person(login)


@contextmanager
def playing(cassette: str, *, snapshot: str | None = None) -> Iterator[Real]:
    """Play the cassette, each exchange once and in its order; what it does not hold is an error."""
    player = vcr.VCR(
        record_mode="all" if RECORDING else "none",
        cassette_library_dir=str(CASSETTES),
        match_on=("exactly",),
        filter_headers=[
            "authorization",
            "user-agent",
            "accept",
            "accept-encoding",
            "connection",
            "content-length",
        ],
        before_record_request=_cleaned,
        before_record_response=_shortened,
        decode_compressed_response=True,
    )
    player.register_matcher("exactly", _is_exactly)
    if RECORDING:
        (CASSETTES / cassette).unlink(missing_ok=True)
    with player.use_cassette(cassette):
        yield _real(snapshot)


def _real(snapshot: str | None) -> Real:
    at = OdooDatabase(
        url=URL, database="factory_test", login="admin", key="ODOO_KEY", master="ODOO_MASTER", snapshot=snapshot
    )
    secrets = Secrets(["ODOO_KEY", "ODOO_MASTER"], {"ODOO_KEY": KEY, "ODOO_MASTER": "master"})
    return Real(at, secrets, Client(at, secrets, [URL.split("//")[1]], lambda *_: None))


def _is_exactly(asked: Any, kept: Any) -> bool:
    """One comparison of text: vcrpy asks all its own matchers, of all exchanges, each time."""
    return (asked.uri, _text(asked.body)) == (kept.uri, _text(kept.body))


def _text(body: bytes | str | None) -> str:
    return body.decode() if isinstance(body, bytes) else body or ""


def _cleaned(request: Any) -> Any:
    request.uri = re.sub(r"//[^/]+/", "//127.0.0.1:18069/", request.uri)
    if request.body:
        request.body = (
            _text(request.body).replace('"master"', '"(master)"').replace(PASSWORD, "(password)").encode()
        )
    return request


def _shortened(response: Any) -> Any:
    """Leave out what changes, and where the recording machine keeps its Odoo: tracebacks say so."""
    response["headers"] = {name: value for name, value in response["headers"].items() if name.lower() not in SHOWN}
    response["body"]["string"] = _INSTALLED.sub(b"/opt/", response["body"]["string"])
    return response
