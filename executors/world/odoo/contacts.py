"""The contact that comes with an account, and outlives it: deleted where nothing refers to it."""

from __future__ import annotations

from typing import Any

from executors.errors import OperationTimeout, WorldError
from executors.world.odoo.client import Client
from executors.world.odoo.foreign import may_anybody_read
from executors.world.odoo.problems import Broken, NoModel, NoRights

_ARCHIVED_TOO = {"active_test": False}


def remove_contact(client: Client, partner: int) -> None:
    """Delete the contact, unless anything refers to it or Odoo does not let it go: then it is not only ours.

    Raises OperationTimeout where nobody knows whether it is gone, and WorldError where it cannot be looked at.
    """
    if not _count(client, "res.partner", ["id", "=", partner]) or _is_referred_to(client, partner):
        return
    try:
        client.call("res.partner", "unlink", ids=[partner])
    except OperationTimeout:
        raise
    except WorldError:
        return


def _is_referred_to(client: Client, partner: int) -> bool:
    """Whether a record would lose its contact; what Odoo refuses to delete, or deletes along, needs no look."""
    domain = [["ttype", "=", "many2one"], ["relation", "=", "res.partner"], ["store", "=", True]]
    domain += [["on_delete", "=", "set null"], ["model_id.transient", "=", False], ["related", "=", False]]
    fields = client.call("ir.model.fields", "search_read", domain=domain, fields=["model", "name"])
    # A contact is its own commercial one.
    pairs = {(row["model"], row["name"]) for row in fields} - {("res.partner", "commercial_partner_id")}
    return any(_refers(client, model, name, partner) for model, name in sorted(pairs))


def _refers(client: Client, model: str, field: str, partner: int) -> bool:
    """Whether a record of the model refers to the contact; what others may read and we may not counts as if."""
    try:
        return _count(client, model, [field, "=", partner]) > 0
    except (NoModel, Broken):
        return False  # left behind by an uninstalled module
    except NoRights:
        return may_anybody_read(client, model)


def _count(client: Client, model: str, condition: list[Any]) -> int:
    return int(client.call(model, "search_count", context=_ARCHIVED_TOO, domain=[condition]))
