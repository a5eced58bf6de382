"""The three databases of a place that has a snapshot, and the database manager's acts on them.

None of the acts is sent twice: after a lost answer the names of the databases tell whether it was carried out.
"""

from __future__ import annotations

from dataclasses import dataclass

from executors.errors import OperationTimeout, WorldError
from executors.protocol.odoo import COPY_OF, OdooDatabase
from executors.world.odoo.client import Client
from executors.world.odoo.problems import Broken
from executors.world.secrets import Secrets

_REPLACED = "-replaced"
_LONGEST = 63
"""PostgreSQL cuts longer names off, without a word."""


@dataclass(frozen=True)
class Three:
    """The names of the live database, of its copy, and of what was live while it is replaced; and the password."""

    live: str
    copy: str
    replaced: str
    master: str


def names(at: OdooDatabase, secrets: Secrets) -> Three:
    """Return the place's three databases; WorldError where it names no copy or no master password."""
    if at.snapshot is None or at.master is None:
        raise WorldError(
            f"{at.target}: a copy of the database needs a name for it and the database manager's password; name "
            "the secret as `master` in the policy, or set `snapshot: false`"
        )
    replaced = at.database[: _LONGEST - len(_REPLACED)] + _REPLACED
    if len({at.database, at.snapshot, replaced}) < 3:
        raise WorldError(f"{at.target}: the database, its copy and {replaced} must be three different names")
    return Three(at.database, at.snapshot, replaced, secrets.value(at.master))


def present(client: Client, three: Three) -> frozenset[str]:
    """Return which of the three the server has, as `listing` does."""
    return listing(client, three)[0]


def listing(client: Client, three: Three) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of the three the server has, and which others by their names may be copies of the live one.

    Odoo answers "does not exist" where it could not connect too, so that what it says is missing is looked for in
    its list. Raises WorldError where the two contradict each other, and ManagerOff.
    """
    listed = set(client.db("list"))
    all_three = (three.live, three.copy, three.replaced)
    there = frozenset(name for name in all_three if client.db("db_exist", name))
    if listed.intersection(all_three) - there:
        raise WorldError(
            f"{client.at.target}: the server lists databases that it cannot open; look at it, then start again",
            again=True,
        )
    copies = {name for name in listed if COPY_OF in name and three.live.startswith(name.partition(COPY_OF)[0])}
    return there, frozenset(copies - {three.copy})


def in_use(client: Client, name: str, error: WorldError) -> WorldError:
    """Return the error for an act that the manager failed at without having done anything.

    PostgreSQL copies, renames and drops only what nobody has open. Odoo closes what is open first, and whoever
    comes back in that moment makes it fail.
    """
    return WorldError(
        f"{client.at.target}: the database manager could not close {name}, somebody has it open ({error}); try "
        "again at a quieter time",
        again=True,
    )


def rename_database(client: Client, master: str, old: str, new: str) -> None:
    """Rename a database. Raises WorldError, OperationTimeout where nobody knows."""
    try:
        client.db("rename", master, old, new)
    except OperationTimeout:
        if not client.db("db_exist", new) or client.db("db_exist", old):
            raise
    except Broken as error:
        raise in_use(client, old, error) from error


def drop_database(client: Client, master: str, name: str) -> None:
    """Drop a database. Raises WorldError where it is still there."""
    try:
        client.db("drop", master, name)
    except OperationTimeout:
        if client.db("db_exist", name):
            raise
    except Broken as error:
        raise in_use(client, name, error) from error
    # A server that is tied to one database answers False, and does nothing.
    if client.db("db_exist", name):
        raise WorldError(f"{client.at.target}: the server does not drop the database {name}; drop it by hand")
