"""Versions and editions that are known, and the copy that is taken before a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from executors.errors import WorldError
from executors.executor import OdooReader
from executors.parts.odoo.modules import Stock
from executors.protocol.odoo import CopyDatabase, OdooDatabase
from executors.protocol.operation import Operation
from executors.protocol.plan import Seen

Edition = Literal["community", "enterprise"]
OLDEST, NEWEST = 16, 19
ENTERPRISE = "web_enterprise"
"""The module that every Enterprise server has, and that a Community server does not even list."""


@dataclass(frozen=True)
class Server:
    """What every step learns of its server first; `copies` is whether it can make the copy that is wanted."""

    version: tuple[int, int]
    copies: bool

    @property
    def current(self) -> bool:
        """Whether it is of the version whose fields are known without asking."""
        return self.version[0] >= NEWEST

    @property
    def country_installs(self) -> bool:
        """Whether giving a company its first country installs that country's modules.

        Up to 18 `res.company.write` asks which companies have none before it writes; 19 asks afterwards, and a
        real 19.0 was seen to install nothing.
        """
        return self.version[0] < 19


def look_at_server(at: OdooDatabase, odoo: OdooReader) -> Server:
    """Return what every step needs to know; raises WorldError for a version that is not known."""
    version = odoo.version()
    if not OLDEST <= version[0] <= NEWEST:
        raise WorldError(
            f"{at.target} is Odoo {named(version)}, and Odoo {OLDEST} to {NEWEST} can be worked on: "
            + ("upgrade the server first" if version[0] < OLDEST else "a newer release of Millwright is needed")
        )
    if at.snapshot is None:
        return Server(version, copies=False)
    return Server(version, copies=odoo.databases([at.snapshot]) is not None)


def named(version: tuple[int, int]) -> str:
    """Return `19.0`."""
    return ".".join(map(str, version))


def edition_of(there: Stock) -> Edition:
    """Return the edition that a server's modules tell."""
    found = there.get(ENTERPRISE)
    return "enterprise" if found and found.state != "uninstallable" else "community"


def seen_server(at: OdooDatabase, server: Server) -> Seen:
    """Return the version as a fact; it is the same in each step of a leg."""
    return Seen(target=at.target, fact="server", value=f"Odoo {named(server.version)}")


def seen_copy(at: OdooDatabase) -> tuple[Seen, ...]:
    """Return how a snapshot takes everything back, the same whether it is there already; nothing without one."""
    if at.snapshot is None:
        return ()
    text = (
        f"by restoring the copy {at.snapshot} of the whole database, made and opened before the first change; "
        "refused where others have worked in it since, and mails that were sent stay sent"
    )
    return (Seen(target=at.target, fact="taken-back", value=text),)


def after_copy(at: OdooDatabase, server: Server, changes: Sequence[Operation]) -> list[Operation]:
    """Return the changes, preceded by the copy where one is wanted; nothing where nothing changes.

    Whether a database of the copy's name is ours, whole and of this run is for the hands to say, who do nothing
    where it is. Raises WorldError where a copy is wanted and the server cannot make one.
    """
    if not changes or at.snapshot is None:
        return list(changes)
    if not server.copies:
        raise WorldError(
            f"{at.target}: the database manager is switched off, so the copy {at.snapshot} cannot be made before "
            "the first change: set `snapshot: false` for this environment in the policy (changes are then taken "
            "back one by one, and traces remain), or switch the manager on (`list_db = True`)"
        )
    return [CopyDatabase(at=at), *changes]
