"""What a copy says of itself: whose it is, whether it is whole, and which scheduled jobs sleep in it.

The mark is one system parameter. It is written into the live database before that is duplicated, so that whatever
the duplicate is left as says that it is ours; it becomes `made` in the copy, once that has been checked, and goes
from the live database. What bears no mark of ours is never dropped and never put in anybody's place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from executors.errors import WorldError
from executors.protocol.wire import Json
from executors.world.odoo.client import Client
from executors.world.odoo.problems import Broken, Refused

KEY = "millwright.copy"
_ALL: Json = {"active_test": False}


@dataclass(frozen=True)
class Mark:
    """`since` is the moment before the copy was begun, in the clock that Odoo's `write_date` is written with."""

    copy: str
    source: str
    state: Literal["making", "made", "restored"]
    since: str = ""
    asleep: tuple[int, ...] = ()


def of(client: Client) -> Mark | None:
    """Return the mark of a database, None where it bears none that we can read. Raises WorldError."""
    return _mark(_row(client))


def _mark(row: Any) -> Mark | None:
    if row is None:
        return None
    try:
        value = json.loads(row["value"])
        return Mark(**{**value, "asleep": tuple(value["asleep"]), "since": value["since"] or row["write_date"]})
    except (ValueError, TypeError, KeyError):
        return None


def begin(client: Client, mark: Mark, *, fresh: str) -> None:
    """Write the mark of a copy that is about to be made, with a date of its own, in place of an earlier one.

    `fresh` is a moment as Odoo writes it. Raises WorldError where another copy has been in the making since then,
    or is begun at this very moment; what is older was left by a run that died.
    """
    row = _row(client)
    there = _mark(row)
    if there and there.state == "making" and there.copy != mark.copy and there.since > fresh:
        raise _another(client, f"as {there.copy}, since {there.since} UTC")
    try:
        if row is not None:
            client.call("ir.config_parameter", "unlink", ids=[row["id"]])
        put(client, mark)
    except (Refused, Broken) as error:
        raise _another(client, "at this very moment") from error


def _another(client: Client, how: str) -> WorldError:
    return WorldError(
        f"{client.at.target}: another run is copying this database {how}; nothing was changed: wait until it has "
        "ended, then `/retry`"
    )


def put(client: Client, mark: Mark) -> None:
    """Write the mark into a database, in one act in place of the one that it bears."""
    row, value = _row(client), json.dumps(asdict(mark))
    if row is not None:
        client.call("ir.config_parameter", "write", ids=[row["id"]], vals={"value": value})
    else:
        client.call("ir.config_parameter", "create", vals_list=[{"key": KEY, "value": value}])


def remove(client: Client) -> None:
    """Take the mark away, where there is one."""
    if row := _row(client):
        client.call("ir.config_parameter", "unlink", ids=[row["id"]])


def lull(copy: Client) -> tuple[int, ...]:
    """Put the copy's scheduled jobs to sleep and return their ids.

    A server runs the jobs of every database that it has, so that a copy would send its mail a second time.
    """
    jobs = _search(copy, "ir.cron", [["active", "=", True]], ["id"])
    ids = tuple(job["id"] for job in jobs)
    _set_active(copy, ids, active=False)
    return ids


def wake(client: Client, asleep: Sequence[int]) -> None:
    """Wake the scheduled jobs again that were put to sleep."""
    there = _search(client, "ir.cron", [["id", "in", list(asleep)], ["active", "=", False]], ["id"])
    _set_active(client, [job["id"] for job in there], active=True)


def same_parameters(client: Client, copy: Client) -> None:
    """Give the copy the system parameters of its source.

    Duplicating sets some back: `web.base.url` to localhost, `database.secret` (which signs sessions and links in
    mails) and `database.uuid` (by which Odoo S.A. knows a subscription) to new ones. A restored copy must be the
    database that it was taken of.
    """
    wanted = {one["key"]: one["value"] for one in _parameters(client)}
    for one in _parameters(copy):
        if one["key"] != KEY and wanted.get(one["key"], one["value"]) != one["value"]:
            copy.call("ir.config_parameter", "write", ids=[one["id"]], vals={"value": wanted[one["key"]]})


def is_initialised(client: Client, copy: Client) -> bool:
    """Whether the server has come as far as giving the copy an identity of its own."""
    domain = [["key", "=", "database.uuid"]]
    ours, its = (_search(one, "ir.config_parameter", domain, ["value"]) for one in (client, copy))
    return bool(its) and its != ours


def _parameters(client: Client) -> list[Any]:
    return _search(client, "ir.config_parameter", [], ["key", "value"])


def _row(client: Client) -> Any:
    found = _search(client, "ir.config_parameter", [["key", "=", KEY]], ["value", "write_date"])
    return found[0] if found else None


def _search(client: Client, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[Any]:
    found = client.call(model, "search_read", context=_ALL, domain=list(domain), fields=list(fields), order="id")
    return list(found)


def _set_active(client: Client, ids: Sequence[int], *, active: bool) -> None:
    if ids:
        client.call("ir.cron", "write", ids=list(ids), vals={"active": active})
