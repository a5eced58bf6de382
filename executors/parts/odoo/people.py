"""Accounts that are there, found without regard to case, and what the people asked for still lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from executors.executor import OdooReader
from executors.parts.odoo.server import Server
from executors.protocol.wire import Json

USERS = "res.users"
OUTSIDERS = ("base.group_portal", "base.group_public")
"""Groups of people from outside; Odoo lets nobody be in one of them and in an internal one."""


@dataclass(frozen=True)
class Account:
    """One account that is there, with the ids of its groups, those that others imply included."""

    id: int
    login: str
    name: str
    active: bool
    outside: bool
    groups: frozenset[int]


def accounts(odoo: OdooReader, server: Server, logins: Sequence[str]) -> tuple[Account, ...]:
    """Return the accounts with these logins in any case, archived ones too: one call, two before version 19."""
    groups = "all_group_ids"
    if not server.current:
        there = odoo.fields_get(USERS)
        groups = next(name for name in ("all_group_ids", "group_ids", "groups_id") if name in there)
    anyone = [["login", "=ilike", _literal(login)] for login in logins]
    domain = [*["|"] * (len(anyone) - 1), *anyone]
    rows = odoo.search_read(USERS, domain, ["name", "login", "active", "share", groups], archived=True)
    return tuple(_account(row, groups) for row in rows)


def of_login(login: str, found: Iterable[Account]) -> tuple[Account, ...]:
    """Return the accounts with that login: the one that is written the same, else all that differ by case."""
    alike = tuple(one for one in found if one.login.casefold() == login.casefold())
    return tuple(one for one in alike if one.login == login) or alike


def lacking(account: Account, ids: Mapping[str, int | None]) -> tuple[str, ...]:
    """Return the groups that the account is not in, sorted; one that does not exist yet is lacking."""
    return tuple(sorted(name for name, found in ids.items() if found not in account.groups))


def _account(row: Json, groups: str) -> Account:
    return Account(
        id=row["id"],
        login=row["login"] or "",
        name=row["name"],
        active=bool(row["active"]),
        outside=bool(row["share"]),
        groups=frozenset(row[groups]),
    )


def _literal(text: str) -> str:
    """Return a pattern that matches the text only: `%` and `_` stand for others in one."""
    return "".join(f"\\{character}" if character in "\\%_" else character for character in text)
