"""Reads the webhooks about repositories, installations, members and teams.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from pydantic import Field

from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged, RightsLost
from bot.events.model import Ignored
from bot.events.payload import ChangedBodyPart, Id, InstallationPart, Name, RepoPart, Seen, UserPart
from bot.events.shown import actor_of, repo_of

Payload = Mapping[str, Any]


class NamePart(Seen):
    """A name that was changed."""

    name: ChangedBodyPart = ChangedBodyPart()


class RepositoryChangesPart(Seen):
    """What was changed of a repository, as far as we read it."""

    repository: NamePart = NamePart()
    default_branch: ChangedBodyPart | None = None


class RepositoryHook(Seen):
    """`repository`."""

    repository: RepoPart
    installation: InstallationPart
    sender: UserPart
    changes: RepositoryChangesPart = RepositoryChangesPart()


class ReachedPart(Seen):
    """A repository that an installation reaches."""

    id: Id


Reached = tuple[ReachedPart, ...] | None


class InstallationHook(Seen):
    """`installation` and `installation_repositories`."""

    installation: InstallationPart
    sender: UserPart
    repositories: Reached = Field(default=None, strict=False)
    repositories_added: Reached = Field(default=None, strict=False)
    repositories_removed: Reached = Field(default=None, strict=False)


class MembershipPart(Seen):
    """Somebody's membership of an organisation."""

    user: UserPart | None = None


class TeamPart(Seen):
    """A team; of one that is gone a membership names nothing but its number."""

    slug: Name = ""


class PeopleHook(Seen):
    """`organization`, `member`, `membership` and `team`."""

    installation: InstallationPart
    sender: UserPart
    repository: RepoPart | None = None
    member: UserPart | None = None
    membership: MembershipPart | None = None
    team: TeamPart | None = None


REPOSITORY: tuple[str, ...] = get_args(get_type_hints(RepositoryChanged)["action"])
INSTALLATION = ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted")
REACH = ("added", "removed")


def repository(action: Any, payload: Payload) -> RepositoryChanged | Ignored:
    """What happened to a repository; other edits than of the default branch mean nothing."""
    hook = RepositoryHook.model_validate(payload)
    repo, changes = repo_of(hook.repository, hook.installation.id), hook.changes
    was = ""
    if action == "renamed":
        was = f"{repo.owner}/{changes.repository.name.was}"
    elif action == "edited":
        if changes.default_branch is None:
            return Ignored("repository", action, "nothing that we read was edited")
        was = changes.default_branch.was
    return RepositoryChanged(repo, action, actor_of(hook.sender), was)


def installation(action: Any, payload: Payload) -> InstallationChanged:
    """What happened to the installation, and which repositories GitHub names with it."""
    hook = InstallationHook.model_validate(payload)
    moved = {"added": hook.repositories_added, "removed": hook.repositories_removed}.get(action, hook.repositories)
    reached = tuple(part.id for part in moved or ())
    return InstallationChanged(hook.installation.id, action, actor_of(hook.sender), reached)


def organization(action: str, payload: Payload) -> RightsChanged | Ignored:
    """Somebody was taken out of the organisation."""
    hook = PeopleHook.model_validate(payload)
    if hook.membership is None or hook.membership.user is None:
        return Ignored("organization", action, "it names nobody")
    user = hook.membership.user
    return RightsChanged(hook.installation.id, 0, "organization", user.id, user.login, actor_of(hook.sender))


def member(action: str, payload: Payload) -> RightsChanged | Ignored:
    """Somebody was taken off a repository, or has another role there."""
    hook = PeopleHook.model_validate(payload)
    if hook.member is None or hook.repository is None:
        return Ignored("member", action, "it names nobody")
    what: RightsLost = "repository" if action == "removed" else "role"
    who, place = hook.member, hook.repository.id
    return RightsChanged(hook.installation.id, place, what, who.id, who.login, actor_of(hook.sender))


def membership(action: str, payload: Payload) -> RightsChanged | Ignored:
    """Somebody was taken out of a team."""
    hook = PeopleHook.model_validate(payload)
    if hook.member is None:
        return Ignored("membership", action, "it names nobody")
    return RightsChanged(hook.installation.id, 0, "team", hook.member.id, hook.member.login, actor_of(hook.sender))


def team(action: str, payload: Payload) -> RightsChanged | Ignored:
    """A team was deleted, taken off a repository, or changed: everybody in it may be concerned."""
    hook = PeopleHook.model_validate(payload)
    if hook.team is None or not hook.team.slug:
        return Ignored("team", action, "it names no team")
    place = hook.repository.id if hook.repository else 0
    what: RightsLost = "team_gone" if action == "deleted" else "team_changed"
    return RightsChanged(hook.installation.id, place, what, 0, hook.team.slug, actor_of(hook.sender))
