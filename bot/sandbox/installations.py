"""The life of an App's installation: reach, suspension, new permissions, end; each told to the App as its own.

See https://docs.github.com/webhooks/webhook-events-and-payloads#installation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.answers import Json
from bot.sandbox.shapes.accounts import installation as shape
from bot.sandbox.shapes.accounts import user
from bot.sandbox.shapes.repository import minimal
from bot.sandbox.state import Account, Installation, Repository, reaches

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


def installed(sandbox: Sandbox, one: Installation, by: Account) -> None:
    """Keep a new installation: `installation.created`."""
    sandbox.world.installations[one.id] = one
    _tell(sandbox, one, "created", by, {"repositories": _covered(sandbox, one), "requester": None})


def suspended(sandbox: Sandbox, one: Installation, by: Account) -> None:
    """From here its tokens are refused (403), none is made, and it hears of nothing else."""
    one.suspended_at = sandbox.world.now()
    _tell(sandbox, one, "suspend", by)


def unsuspended(sandbox: Sandbox, one: Installation, by: Account) -> None:
    """All is as before, the tokens that have not expired included."""
    one.suspended_at = None
    _tell(sandbox, one, "unsuspend", by)


def uninstalled(sandbox: Sandbox, one: Installation, by: Account) -> None:
    """Its tokens are good for nothing (401): `installation.deleted`."""
    covered = _covered(sandbox, one)
    del sandbox.world.installations[one.id]
    _tell(sandbox, one, "deleted", by, {"repositories": covered, "requester": None})


def accepted(sandbox: Sandbox, one: Installation, by: Account) -> None:
    """The owner grants what the App asks for by now: `installation.new_permissions_accepted`."""
    app = sandbox.world.apps[one.app_id]
    one.permissions, one.events = dict(app.permissions), list(app.events)
    _tell(sandbox, one, "new_permissions_accepted", by, {"repositories": _covered(sandbox, one)})


def reach_changed(sandbox: Sandbox, one: Installation, action: str, found: Repository, by: Account) -> None:
    """A repository is `added` to those that were selected, or `removed`: `installation_repositories`."""
    assert one.repository_ids is not None
    (one.repository_ids.add if action == "added" else one.repository_ids.discard)(found.id)
    moved = [minimal(sandbox.world, found)]
    payload = {
        "repository_selection": "selected", "repositories_added": moved if action == "added" else [],
        "repositories_removed": moved if action == "removed" else [], "requester": None,
    }  # fmt: skip
    _tell(sandbox, one, action, by, payload, "installation_repositories")


def _covered(sandbox: Sandbox, one: Installation) -> list[Json]:
    world = sandbox.world
    return [minimal(world, r) for r in world.repositories.values() if reaches(one, r)]


def _tell(
    sandbox: Sandbox,
    one: Installation,
    action: str,
    by: Account,
    more: Json | None = None,
    event: str = "installation",
) -> None:
    payload = {"action": action, "installation": shape(sandbox.world, one), **(more or {})}
    sandbox.emit_to(one, event, payload | {"sender": user(sandbox.world, by.id)})
