"""The line to one server: what may be asked there is asked, and each exchange is logged without what is secret."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from executors.errors import WorldError
from executors.protocol.wire import Json
from executors.world.odoo import rpc, rpc_log
from executors.world.odoo.problems import Asked, Broken, NotOdoo, class_name
from executors.world.odoo.rpc import Patience, Said


@dataclass(frozen=True)
class Line:
    """One server; the calls are numbered in the order in which they end."""

    url: str
    hosts: Collection[str]
    log: Callable[[str, Json], None]
    patience: Patience
    numbers: Iterator[int]

    @property
    def host(self) -> str:
        """The server's `host[:port]`."""
        return urlsplit(self.url).netloc

    def send(self, call: rpc.Call, wire: str, shown: Json | None = None) -> Said:
        """Return the answer, whatever its status; raises Unsafe, Silent, Lost, NotOdoo.

        The log gets of the arguments what `shown` holds.
        """
        rpc.checked(self.url, self.hosts)
        clock, outcome, status = self.patience.clock, "failed", 0
        begun = clock.monotonic()
        try:
            said = rpc.exchange(self.url, call, self.patience)
            status = said.status
            outcome = error_of(said)[0] or ("answered" if status == 200 else "no answer as Odoo gives one")
            return said
        except WorldError as error:
            outcome = type(error).__name__
            raise
        finally:
            took = f"{(clock.monotonic() - begun) * 1000:.0f}"
            entry = rpc_log.entry(next(self.numbers), wire, call.asked, shown or {})
            self.log("odoo", {**entry, "status": status, "outcome": outcome, "milliseconds": took})


def envelope(params: Json) -> Json:
    """Return the body of a JSON-RPC call with these parameters."""
    return {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}


def error_of(said: Said) -> tuple[str, str]:
    """Return class and message of the error that an answer holds, both empty where it holds none.

    JSON-RPC has it in `error.data` of an answer with status 200; of JSON-2 it is the whole answer, by its status.
    """
    if not said.is_json or not isinstance(said.value, dict):
        return "", ""
    error = said.value.get("error") if said.status == 200 else said.value
    data = error.get("data", error) if isinstance(error, dict) else {}
    if not isinstance(data, dict) or not data:
        return "", ""
    return class_name(data.get("name")), str(data.get("message") or "")


def no_odoo(asked: Asked, said: Said) -> NotOdoo | Broken:
    """Return the error for an answer that is neither a result nor an error as Odoo writes them."""
    if said.status >= 500:
        return Broken(f"{asked}: the server answers {said.status}; its administrator finds out more in its log")
    return NotOdoo(f"{asked}: answers {said.status}, but not as an Odoo does; check the address in the policy")
