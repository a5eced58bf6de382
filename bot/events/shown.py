"""Repositories and accounts as webhooks show them, in our words; names are only shown, numbers decide."""

from __future__ import annotations

from bot.domain.people import Actor, Repo
from bot.events.payload import RepoPart, UserPart

_GHOST = Actor(id=0, login="ghost", kind="Mannequin")
"""Whoever deleted their account: no person, so never an authority."""
_KINDS = ("User", "Bot", "Organization", "Mannequin")


def repo_of(part: RepoPart, installation: int) -> Repo:
    """The repository, as the installation that the webhook was sent for sees it."""
    return Repo(part.id, part.full_name, installation, part.private, part.default_branch)


def actor_of(part: UserPart | None, *, via_app: bool = False) -> Actor:
    """The account; a ghost where GitHub says null. What kind it is of that we do not know is a bot."""
    if part is None:
        return _GHOST
    kind = next((kind for kind in _KINDS if kind == part.type), "Bot")
    return Actor(part.id, part.login, kind, via_app)  # type: ignore[arg-type]  # one of _KINDS
