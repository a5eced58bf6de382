"""Accounts and their groups: made without a mail and without a password, removed or else archived.

An account is known by its login, whatever its case: Odoo itself takes `ANNA@…` for somebody else than `anna@…`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from executors.errors import OperationTimeout, WorldError
from executors.protocol.odoo import ChangeGroups, CreateUser, RemoveUser
from executors.world.odoo.client import Client
from executors.world.odoo.contacts import remove_contact
from executors.world.odoo.foreign import ODOO_BOT, own_user
from executors.world.odoo.problems import Refused
from executors.world.odoo.reader import ClientReader

if TYPE_CHECKING:
    from executors.protocol.operation import Operation

_ARCHIVED_TOO = {"active_test": False}
_QUIET = {"no_reset_password": True}
_ADMIN = "base.user_admin"


def create(client: Client, operation: CreateUser) -> Operation | None:
    """Create the account; returns what removes it, None where exactly this account is there already.

    Raises WorldError where the login is somebody else's, or archived, or a group is missing.
    """
    wanted, field = _groups(client, operation.groups), _group_field(client)
    if _is_there(client, operation, wanted, field):
        return None
    values = {
        "name": operation.name,
        "login": operation.login,
        "email": operation.login if "@" in operation.login else False,
        field: [[6, 0, wanted]],
    }
    try:
        made = client.call("res.users", "create", context=_QUIET, vals_list=[values])
    except Refused:
        # Somebody may have been faster: then it is there now. It is not ours to remove.
        if _is_there(client, operation, wanted, field):
            return None
        raise
    return _undo(client, operation, int(made[0] if isinstance(made, list) else made))


def remove(client: Client, operation: RemoveUser) -> None:
    """Delete the account, or archive it where it is referred to; then its contact, where nobody else uses it.

    A contact that Odoo does not let go stays: it is no account, and the journal holds its id. Raises WorldError
    where the id is by now another login's, and for the key's owner, OdooBot and the administrator.
    """
    found = _rows(client, [["id", "=", operation.user]])
    if found and not _same(found[0]["login"], operation.login):
        raise WorldError(
            f"{operation.at.target}: user {operation.user} has another login by now; look at the account by hand"
        )
    if found and operation.user in _protected(client):
        raise WorldError(
            f"{operation.at.target}: user {operation.user} is the administrator or the key's owner, and stays"
        )
    if found and _unlink_user(client, operation):
        remove_contact(client, operation.partner)
    if not found:
        remove_contact(client, operation.partner)


def change(client: Client, operation: ChangeGroups) -> Operation | None:
    """Add the account to groups and take it out of others; returns the inverse of what really changed."""
    field = _group_field(client)
    names = (*operation.add, *operation.remove)
    ids = dict(zip(names, _groups(client, names), strict=True))
    has = set(_person(client, operation, field)[field])
    add = tuple(name for name in operation.add if ids[name] not in has)
    remove = tuple(name for name in operation.remove if ids[name] in has)
    if not add and not remove:
        return None
    commands = [[4, ids[name], 0] for name in add] + [[3, ids[name], 0] for name in remove]
    client.call("res.users", "write", ids=[operation.user], vals={field: commands})
    left = set(_person(client, operation, field)[field])
    wrong = [name for name in add if ids[name] not in left] + [name for name in remove if ids[name] in left]
    if wrong:
        raise WorldError(
            f"{operation.target}: Odoo did not change the group {wrong[0]}; look at the account by hand"
        )
    return operation.model_copy(update={"add": remove, "remove": add})


def settle(client: Client, operation: CreateUser | RemoveUser | ChangeGroups) -> tuple[bool, Operation | None]:
    """Look whether the operation was carried out; returns that, and what takes it back. Raises WorldError."""
    if isinstance(operation, RemoveUser):
        rows = _rows(client, [["id", "=", operation.user]])
        return not any(row["active"] and _same(row["login"], operation.login) for row in rows), None
    if isinstance(operation, CreateUser):
        row = _holder(client, operation.login)
        if row is None or not _is_ours(client, row, operation):
            return False, None  # a create that comes now says what is wrong with the account that is there
        return True, _undo(client, operation, row["id"])
    field = _group_field(client)
    has = set(_person(client, operation, field)[field])
    add, remove = _groups(client, operation.add), _groups(client, operation.remove)
    done = has.issuperset(add) and has.isdisjoint(remove)
    # The executor proposes only what is to change, so that the whole of it is what was changed.
    undo = operation.model_copy(update={"add": operation.remove, "remove": operation.add})
    return (True, undo) if done else (False, None)


def _is_there(client: Client, operation: CreateUser, wanted: Sequence[int], field: str) -> bool:
    """Whether exactly this account is there; WorldError where the login is taken otherwise."""
    row = _holder(client, operation.login, field)
    if row is None:
        return False
    # The messages name the person and no address: they are read by others (T52).
    if not row["active"]:
        raise WorldError(
            f"{operation.target}: the address has an archived account; reactivate it in Odoo by hand (Settings, "
            "Users, filter Archived), or use another address"
        )
    if row["login"] != operation.login or row["name"] != operation.name:
        raise WorldError(
            f"{operation.target}: the address is the login of another account, {row['id']}, already; use another, "
            "or write login and name as that account has them"
        )
    if not set(wanted) <= set(row[field]):
        raise WorldError(f"{operation.target}: the account is there without these groups; plan again to add them")
    return True


def _is_ours(client: Client, row: dict[str, Any], operation: CreateUser) -> bool:
    """Whether this is the account that the operation made: by its names, and by who made it."""
    made_by = row["create_uid"]
    same = row["active"] and row["login"] == operation.login and row["name"] == operation.name
    return bool(same and made_by and made_by[0] == own_user(client))


def _undo(client: Client, operation: CreateUser, user: int) -> RemoveUser:
    row = _rows(client, [["id", "=", user]])[0]
    return RemoveUser(at=operation.at, login=row["login"], user=user, partner=row["partner_id"][0])


def _unlink_user(client: Client, operation: RemoveUser) -> bool:
    """Delete the account, or archive it; returns whether it is gone."""
    try:
        client.call("res.users", "unlink", ids=[operation.user])
        return True
    except OperationTimeout:
        raise
    except WorldError:
        if not _rows(client, [["id", "=", operation.user]]):
            return True
    client.call("res.users", "write", ids=[operation.user], vals={"active": False})
    if any(row["active"] for row in _rows(client, [["id", "=", operation.user]])):
        raise WorldError(
            f"{operation.at.target}: user {operation.user} is still active; archive the account by hand"
        )
    return False


def _protected(client: Client) -> frozenset[int]:
    admin = ClientReader(client).reference(_ADMIN)
    return frozenset({ODOO_BOT, own_user(client), *([] if admin is None else [admin])})


def _person(client: Client, operation: ChangeGroups, field: str) -> dict[str, Any]:
    rows = _rows(client, [["id", "=", operation.user]], field)
    if not rows or not _same(rows[0]["login"], operation.login):
        raise WorldError(
            f"{operation.target}: user {operation.user} is gone, or has another login by now; plan again"
        )
    return rows[0]


def _holder(client: Client, login: str, *more: str) -> dict[str, Any] | None:
    """Return whose login it is, whatever its case; the exact one first, an active one before an archived."""
    pattern = login.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    found = [row for row in _rows(client, [["login", "=ilike", pattern]], *more) if _same(row["login"], login)]
    return min(found, key=lambda row: (row["login"] != login, not row["active"]), default=None)


def _rows(client: Client, domain: Sequence[Any], *more: str) -> list[dict[str, Any]]:
    fields = ["login", "name", "active", "partner_id", "create_uid", *more]
    return ClientReader(client).search_read("res.users", domain, fields, archived=True)


def _group_field(client: Client) -> str:
    """Return how this version calls a user's groups; Odoo renamed the field in 19."""
    new = "group_ids"
    found = client.call("res.users", "fields_get", allfields=[new], attributes=["type"])
    return new if new in found else "groups_id"


def _groups(client: Client, names: Iterable[str]) -> list[int]:
    """Return the groups' ids; WorldError for one that is missing."""
    ids = []
    for name in names:
        found = ClientReader(client).reference(name)
        if found is None:
            module = name.partition(".")[0]
            raise WorldError(f"{client.at.target}: there is no group {name}; it comes with the module {module}")
        ids.append(found)
    return ids


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
