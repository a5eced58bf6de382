"""What others have done in a database since a moment: the records that they made or changed, counted by model.

What was deleted leaves no trace to be found by, and what record rules hide from the key's owner is not counted. Of
models that its owner may not read at all, as accounting's are often closed to administrators, only numbers tell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from executors.errors import WorldError
from executors.world.odoo.client import Client
from executors.world.odoo.problems import NoModel, NoRights

ODOO_BOT = 1
TECHNICAL = frozenset(
    {
        # who is there, who logged in, from which device
        "bus.presence", "mail.presence", "res.device", "res.device.log", "res.users.log", "auth_totp.device",
        # what the web client notes for itself as soon as somebody opens it: settings, what was read
        "res.users.settings", "res.users.settings.volumes", "discuss.channel.member", "web_tour.tour",
        # queues, logs and timers
        "bus.bus", "ir.logging", "ir.profile", "ir.cron", "ir.cron.trigger", "ir.cron.progress",
        # visits of a website
        "website.visitor", "website.track",
    }
)  # fmt: skip
"""Models that change without anybody having done any work."""
WORK = frozenset(
    {
        "account.move", "account.payment", "calendar.event", "crm.lead", "event.registration", "helpdesk.ticket",
        "hr.applicant", "pos.order", "purchase.order", "sale.order", "stock.picking",
    }
)  # fmt: skip
"""Models of which neither a run of ours nor a module's installation makes a record without an external id.

What customers send by a form of the website or by mail, Odoo itself writes down (`website/controllers/form.py`,
`mail.thread` of 16 to 19), and the key's owner may be a person who works too. Tasks are not among them: Odoo makes
some by itself.
"""
_MOST = 10_000


def own_user(client: Client) -> int:
    """Return the id of the key's owner. Raises WorldError."""
    found = client.call("res.users", "context_get")
    if isinstance(found, dict) and isinstance(found.get("uid"), int):
        return int(found["uid"])
    rows = client.call("res.users", "search_read", domain=[["login", "=", client.at.login]], fields=["id"])
    if not rows:
        raise WorldError(f"{client.at.target}: there is no user {client.at.login}; check the login in the policy")
    return int(rows[0]["id"])


def work_since(client: Client, copy: Client, since: str, own: Collection[int]) -> Mapping[str, int]:
    """Return model → how many records somebody else made or changed after `since` (UTC, `YYYY-MM-DD hh:mm:ss`).

    `own` are the ids of users that are not others, but for work that no run does; `copy` is the database as it was
    then. Of models that the key's owner may not read it is the number of records made or deleted. Raises
    WorldError.
    """
    found: dict[str, int] = {}
    hidden: list[str] = []
    for model in _models(client):
        try:
            found[model] = _count(client, model, _by_others(since, sorted(own)))
            if not found[model] and model in WORK:
                found[model] = _came_in(client, model, since, sorted(own))
        except NoModel:
            pass  # left behind by a module that was uninstalled
        except NoRights:
            hidden += [model] if may_anybody_read(client, model) else []
    if hidden:
        now, then = _unaccounted(client, hidden), _unaccounted(copy, hidden)
        found |= {model: abs(count - then.get(model, 0)) for model, count in now.items()}
    return {model: count for model, count in found.items() if count}


def _by_others(since: str, own: list[int]) -> list[Any]:
    """Return the domain: changed by others since then, or made by others since then and changed by us."""
    changed = [["write_date", ">=", since], ["write_uid", "!=", False], ["write_uid", "not in", own]]
    made = [["create_date", ">=", since], ["create_uid", "!=", False], ["create_uid", "not in", own]]
    return ["|", "&", "&", *changed, "&", "&", *made]


def _came_in(client: Client, model: str, since: str, own: list[int]) -> int:
    """Return how many records of work were made since then in our name or Odoo's, without those of modules."""
    domain = [["create_date", ">=", since], ["create_uid", "in", own]]
    made = client.call(model, "search", context={"active_test": False}, domain=domain, limit=_MOST)
    if not made:
        return 0
    data = [["model", "=", model], ["res_id", "in", made], ["module", "not in", ["__export__", "__import__"]]]
    return len(made) - _count(client, "ir.model.data", data)


def _models(client: Client) -> list[str]:
    """Return the models whose records say who changed them, without the transient and the technical ones."""
    domain = [["name", "=", "write_uid"], ["store", "=", True], ["model_id.transient", "=", False]]
    rows = client.call("ir.model.fields", "search_read", domain=domain, fields=["model"])
    return sorted({row["model"] for row in rows} - TECHNICAL)


def _count(client: Client, model: str, domain: list[Any]) -> int:
    return int(client.call(model, "search_count", context={"active_test": False}, domain=domain))


def may_anybody_read(client: Client, model: str) -> bool:
    """Whether a group may read the model, so that somebody could have entered something. Raises WorldError."""
    domain = [["model_id.model", "=", model], ["perm_read", "=", True], ["active", "=", True]]
    return bool(_count(client, "ir.model.access", domain))


def _unaccounted(client: Client, models: Sequence[str]) -> dict[str, int]:
    """Return by model how many records there are beside those that came with modules, which have external ids.

    Administrators may ask how many records a model has even where they may not read them.
    """
    rows = client.call(
        "ir.model", "search_read", domain=[["model", "in", list(models)]], fields=["model", "count"]
    )
    return {
        row["model"]: row["count"] - _count(client, "ir.model.data", [["model", "=", row["model"]]])
        for row in rows
    }
