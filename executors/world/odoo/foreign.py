"""What others have done in a database since a moment: the records that they made or changed, counted by model.

What was deleted leaves no trace to be found by, and what other companies' rules hide from the key's owner is not
counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def own_user(client: Client) -> int:
    """Return the id of the key's owner. Raises WorldError."""
    found = client.call("res.users", "context_get")
    if isinstance(found, dict) and isinstance(found.get("uid"), int):
        return int(found["uid"])
    rows = client.call("res.users", "search_read", domain=[["login", "=", client.at.login]], fields=["id"])
    if not rows:
        raise WorldError(f"{client.at.target}: there is no user {client.at.login}; check the login in the policy")
    return int(rows[0]["id"])


def work_since(client: Client, since: str, own: Collection[int]) -> Mapping[str, int]:
    """Return model → how many records somebody else made or changed after `since` (UTC, `YYYY-MM-DD hh:mm:ss`).

    `own` are the ids of users that are not others. Models that nobody may read are left out. Raises
    WorldError, also where the key's owner may not read what others may: silence is no proof.
    """
    found: dict[str, int] = {}
    for model in _models(client):
        if count := _count(client, model, _by_others(since, sorted(own))):
            found[model] = count
    return found


def _by_others(since: str, own: list[int]) -> list[Any]:
    """Return the domain: changed by others since then, or made by others since then and changed by us."""
    changed = [["write_date", ">=", since], ["write_uid", "!=", False], ["write_uid", "not in", own]]
    made = [["create_date", ">=", since], ["create_uid", "!=", False], ["create_uid", "not in", own]]
    return ["|", "&", "&", *changed, "&", "&", *made]


def _models(client: Client) -> list[str]:
    """Return the models whose records say who changed them, without the transient and the technical ones."""
    domain = [["name", "=", "write_uid"], ["store", "=", True], ["model_id.transient", "=", False]]
    rows = client.call("ir.model.fields", "search_read", domain=domain, fields=["model"])
    return sorted({row["model"] for row in rows} - TECHNICAL)


def _count(client: Client, model: str, domain: list[Any]) -> int:
    try:
        return int(client.call(model, "search_count", context={"active_test": False}, domain=domain))
    except NoModel:
        return 0  # left behind by a module that was uninstalled
    except NoRights as error:
        if not _may_anybody_read(client, model):
            return 0
        raise WorldError(f"{error}; without it nobody can tell what others did there") from error


def _may_anybody_read(client: Client, model: str) -> bool:
    domain = [["model_id.model", "=", model], ["perm_read", "=", True], ["active", "=", True]]
    return bool(client.call("ir.model.access", "search_count", domain=domain))
