"""Currencies and countries by their codes; a currency that a company was given may have been woken by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from executors.errors import WorldError
from executors.protocol.odoo import SetCompany
from executors.world.odoo.client import Client
from executors.world.odoo.foreign import own_user
from executors.world.odoo.problems import Refused
from executors.world.odoo.reader import ClientReader


def sleeping(client: Client, names: Sequence[str]) -> tuple[str, ...]:
    """Return which of these currencies are archived."""
    rows = search(client, "res.currency", [["name", "in", list(names)], ["active", "=", False]], ["name"])
    return tuple(sorted(row["name"] for row in rows))


def put_to_sleep(client: Client, operation: SetCompany) -> None:
    """Archive the currencies that were woken; one that is in use by now stays awake."""
    domain = [["name", "in", list(operation.deactivate)], ["active", "=", True]]
    for row in search(client, "res.currency", domain, ["name"]) if operation.deactivate else []:
        try:
            client.call("res.currency", "write", ids=[row["id"]], vals={"active": False})
        except Refused as error:
            raise WorldError(
                f"{operation.at.target}: the settings are back, but Odoo does not put {row['name']} to sleep "
                f"again ({error}); archive the currency in Odoo, where nobody uses it"
            ) from error


def woken_with(client: Client, operation: SetCompany) -> tuple[str, ...]:
    """Return the currency where it was woken in the very transaction in which the company was given it."""
    name = operation.settings.currency
    if name is None or name == operation.before.currency:
        return ()
    fields, own = ["write_date", "write_uid"], own_user(client)
    company = search(client, "res.company", [["id", "=", operation.company]], fields)[0]
    currency = one(client, "res.currency", "name", name, fields)
    same = currency["write_date"] == company["write_date"]
    return (name,) if same and currency["write_uid"] and currency["write_uid"][0] == own else ()


def one(client: Client, model: str, field: str, value: str, fields: Sequence[str] = ()) -> Any:
    """Return the record by its code, archived ones too; WorldError where there is none."""
    rows = search(client, model, [[field, "=", value]], [field, *fields])
    if not rows:
        what = model.partition(".")[2]
        raise WorldError(f"{client.at.target}: this Odoo does not know the {what} {value}; correct the briefing")
    return rows[0]


def search(client: Client, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[Any]:
    """Return the records that match, archived ones too. Raises WorldError."""
    return ClientReader(client).search_read(model, domain, fields, archived=True)
