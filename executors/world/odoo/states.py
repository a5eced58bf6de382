"""The states of a database's modules: read at once, and read again until nothing moves any more.

Odoo commits module by module. What is under way, and what a dead operation left behind, both show as `to install`,
`to upgrade` or `to remove`; only time tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from executors.errors import OperationTimeout, WorldError
from executors.protocol.wire import Json
from executors.world.odoo.client import Client
from executors.world.odoo.problems import MODULES, Broken, Busy, Down, NotOdoo, Silent, WrongDatabase
from executors.world.odoo.rpc import Patience

Wanted = Callable[["States"], bool]
"""Whether the states are those that an operation was to bring about."""
MOVING = ("to install", "to upgrade", "to remove")
# What a server says while it goes down, comes up, or builds its registry anew.
_PASSING = (Silent, Busy, Broken, NotOdoo, WrongDatabase)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0


@dataclass(frozen=True)
class States:
    """The modules that are installed, that move, or that were asked for, each with its id and its state."""

    ids: Mapping[str, int]
    states: Mapping[str, str]

    @property
    def installed(self) -> frozenset[str]:
        """The names of the installed modules."""
        return frozenset(name for name, state in self.states.items() if state == "installed")

    @property
    def moving(self) -> Mapping[str, str]:
        """The marks of an operation that is under way, or was: name → `to install` …"""
        return {name: state for name, state in sorted(self.states.items()) if state in MOVING}

    @property
    def marks(self) -> str:
        """The marks, for people."""
        return listed(f"{name} ({state})" for name, state in self.moving.items())

    def numbers(self, names: Iterable[str]) -> Sequence[int]:
        """Return the ids of these modules."""
        return [self.ids[name] for name in sorted(names)]


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return the names for a sentence, the first twelve of them."""
    full = sorted(names)
    more = f" and {len(full) - most} more" if len(full) > most else ""
    return ", ".join(full[:most]) + more


def read(client: Client, *asked: str) -> States:
    """Return the states of all that is installed or moves, and of the modules asked for; raises WorldError."""
    domain = ["|", ["state", "in", ["installed", *MOVING]], ["name", "in", list(asked)]]
    rows: list[Json] = client.call(MODULES, "search_read", domain=domain, fields=["name", "state"], order="id")
    try:
        return States({r["name"]: r["id"] for r in rows}, {r["name"]: r["state"] for r in rows})
    except (KeyError, TypeError):
        raise NotOdoo(f"Odoo {client.at.target}: lists its modules in a shape that is not Odoo's") from None


@dataclass
class _Watch:
    """What was seen last, since when, and whether the server has been down in between."""

    patience: Patience
    seen: States | None = None
    since: float = 0.0
    down: bool = False

    def see(self, now: States, wanted: Wanted) -> bool:
        """Whether this look is the last one: nothing moves, or nothing has moved for long enough."""
        moment = self.patience.clock.monotonic()
        if not now.moving and wanted(now):
            return True
        if self.seen is None or now.states != self.seen.states:
            self.seen, self.since = now, moment
        enough = self.patience.stuck if now.moving and not self.down else self.patience.quiet
        return moment - self.since >= enough


def settled(client: Client, *asked: str, wanted: Wanted = lambda _: True) -> States:
    """Return the states once no operation is under way: marks that they still hold were left behind.

    Where they are not as `wanted`, it is looked for a while, for the operation may not have begun yet. A look may
    take as long as an install does, and the server may be down in between. Raises OperationTimeout when the
    patience is at its end, or the states may not be read any more.
    """
    patience, watch = client.patience, _Watch(client.patience)
    begun, pause, why = patience.clock.monotonic(), _FIRST_PAUSE, "its modules are still moving"
    while True:
        try:
            now = read(client, *asked)
            if watch.see(now, wanted):
                return now
            why = f"its modules are still moving: {now.marks}"
        except _PASSING as error:
            watch.down, why = watch.down or isinstance(error, Down), str(error)
        except WorldError as error:
            raise OperationTimeout(f"{error}; nobody knows yet what the operation did") from error
        if patience.clock.monotonic() - begun + pause > patience.total:
            raise OperationTimeout(f"Odoo {client.at.target}: {why}; nobody knows yet what the operation did")
        patience.clock.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 1.5)
