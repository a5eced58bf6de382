"""What happens around the issues: to repositories, to the App's installation, and to what people may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.people import Actor, Repo

RightsLost = Literal["organization", "repository", "role", "team", "team_gone", "team_changed"]
"""How somebody may have lost a right: out of the organisation, the repository or a team, or by another role."""


@dataclass(frozen=True)
class RepositoryChanged:
    """A repository was renamed, archived, transferred, deleted, or has another default branch (`edited`)."""

    repo: Repo
    action: Literal["renamed", "archived", "unarchived", "transferred", "deleted", "edited"]
    actor: Actor
    was: str = ""
    """what was there before: `owner/name` where it was renamed, the branch where it was edited"""


@dataclass(frozen=True)
class InstallationChanged:
    """The App was installed, removed, suspended, given other permissions, or given or denied repositories."""

    installation: int
    action: Literal["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted", "added", "removed"]
    actor: Actor
    repositories: tuple[int, ...] = ()
    """ids of those that were added or removed, else of those that it reaches, as far as GitHub names them"""


@dataclass(frozen=True)
class RightsChanged:
    """Somebody's rights have become fewer, or may have; `user` is 0 where many are concerned."""

    installation: int
    repository: int
    """0 where it happened in the organisation"""
    what: RightsLost
    user: int
    who: str
    """the account's login, or the team's slug"""
    actor: Actor
