"""Webhook payloads: what every event carries around its own part."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.shapes.accounts import organisation, user
from bot.sandbox.shapes.repository import repository
from bot.sandbox.state import Account, Installation, Repository, World, node_id


def envelope(
    world: World, found: Repository, action: str | None, payload: Json, sender: Account, installation: Installation
) -> Json:
    """A whole payload: action, the event's own part, repository, organization, sender, installation."""
    owner = world.accounts[found.owner_id]
    own = {"repository": repository(world, found)} | payload
    return _wrapped(world, owner, action, own, sender, installation)


def of_organisation(
    world: World, owner: Account, action: str, payload: Json, sender: Account, installation: Installation
) -> Json:
    """The same of what happens to an organisation, without a repository."""
    return _wrapped(world, owner, action, payload, sender, installation)


def _wrapped(
    world: World, owner: Account, action: str | None, own: Json, sender: Account, installation: Installation
) -> Json:
    full: Json = {} if action is None else {"action": action}
    full |= own
    if owner.type == "Organization":
        full["organization"] = organisation(world, owner)
    full["sender"] = user(world, sender.id)
    reference = node_id("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", installation.id)
    return full | {"installation": {"id": installation.id, "node_id": reference}}
