"""What happens to a repository, an installation or people's rights is told to every case that it concerns.

These rows belong to no capability: they land in the ledger of `repo:<id>` or `installation:<id>`, and each case
decides for itself what follows (`life`), in its own order.
"""

from __future__ import annotations

from typing import Any

from bot.domain.effects import Tell
from bot.domain.knowledge import CasesOf, Knowledge, Need
from bot.domain.ledger import Entry
from bot.domain.turn import Turn
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged

LifeEvent = RepositoryChanged | InstallationChanged | RightsChanged

KINDS = {
    "renamed": "house.renamed",
    "archived": "house.archived",
    "unarchived": "house.unarchived",
    "transferred": "house.transferred",
    "deleted": "house.deleted",
    "edited": "house.branched",
}
INSTALLATION_KINDS = {
    "created": "house.installed",
    "deleted": "house.uninstalled",
    "suspend": "house.suspended",
    "unsuspend": "house.unsuspended",
    "removed": "house.excluded",
    "added": "house.included",
}
"""What happens to an installation, as cases are told of it; new permissions are only noted."""
RIGHTS = "house.rights"
NAMED = 500
"""How many repositories a row or a line of the ledger names at most."""


def needs(event: LifeEvent) -> tuple[Need, ...]:
    """The cases of the repository, and those carried out in it; of an installation all that it planned."""
    match event:
        case RepositoryChanged(repo=repo):
            return (CasesOf((repo.id,), repo.installation),)
        case InstallationChanged(installation, "suspend" | "unsuspend"):
            return (CasesOf((), installation),)
        case InstallationChanged(installation, "added" | "removed", repositories=reached):
            return (CasesOf(reached, installation),) if reached else ()
        case InstallationChanged(installation, "deleted"):
            return (CasesOf((), installation),)
        case InstallationChanged(_, "created", repositories=reached):
            return (CasesOf(reached),) if reached else ()
        case RightsChanged(installation, repository):
            return (CasesOf((repository,)) if repository else CasesOf((), installation),)
        case _:
            return ()


def decide(event: LifeEvent, turn: Turn, known: Knowledge) -> None:
    """Keeps what happened in the place's own ledger, and tells the cases."""
    kind, facts = _told(event)
    turn.record(Entry(kind, facts, event.actor))
    reached = event.repositories if isinstance(event, InstallationChanged) else ()
    by = {"id": event.actor.id, "login": event.actor.login, "kind": event.actor.kind}
    owning = {product_of(key) for key in known.cases}
    for key in known.cases:
        data = {**facts, "by": by}
        if reached:
            data["repositories"] = _named(reached, product_of(key), owning)
        # The nonce is the event's own: a place's ledger may hold many of these, and each is told once.
        turn.do(Tell(f"{kind}:{known.nonce}:{key}", key, kind, data))


def _told(event: LifeEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case RepositoryChanged(repo, action, was=was):
            place = {"repository": repo.id, "name": repo.name, "installation": repo.installation}
            return KINDS[action], place | {"branch": repo.default_branch, "was": was}
        case InstallationChanged(installation, action, repositories=reached):
            kind = INSTALLATION_KINDS.get(action, "house.permitted")
            return kind, {"installation": installation, "repositories": list(reached[:NAMED])}
        case RightsChanged(what=what, user=user, who=who):
            return RIGHTS, {"what": what, "user": user, "who": who}


def product_of(key: str) -> int:
    """The id of the repository that the case `case:<id>:<issue>` belongs to."""
    number = key.split(":", 2)[1] if key.count(":") >= 2 else ""
    return int(number) if number.isdigit() else 0


def _named(reached: tuple[int, ...], product: int, owning: set[int]) -> list[int]:
    """Of many repositories those that may concern one case: its own, else those in which plans are carried out."""
    return [product] if product in reached else [one for one in reached if one not in owning][:NAMED]
