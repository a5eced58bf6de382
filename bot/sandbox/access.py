"""What a caller may do to a repository or organisation, refused in GitHub's words and never kinder than GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.answers import Refusal, not_found
from bot.sandbox.identity import LEVELS, Identity
from bot.sandbox.state import ROLES, Account, Repository, World, reaches

INTEGRATION = "Resource not accessible by integration"
ROLE_WORDS = {
    "admin": "Must have admin rights to Repository.",
    "maintain": "Must have admin rights to Repository.",
    "write": "Must have push access to repository",
    "triage": "Must have admin rights to Repository.",
}


def can_see(world: World, identity: Identity, repository: Repository) -> bool:
    """Whether the repository exists at all for this caller."""
    if repository.is_deleted:
        return False
    if not repository.private:
        return True
    if identity.is_integration:
        return covers(identity, repository)
    return identity.account is not None and world.role(repository, identity.account.id) != "none"


def covers(identity: Identity, repository: Repository) -> bool:
    """Whether an installation's or a job's token reaches the repository."""
    if identity.repository_ids is not None and repository.id not in identity.repository_ids:
        return False
    return identity.installation is None or reaches(identity.installation, repository)


def holds(identity: Identity, permissions: Iterable[str], level: str) -> bool:
    """Whether a token carries one of the permissions at that level or above."""
    return any(LEVELS.index(identity.permissions.get(p, "none")) >= LEVELS.index(level) for p in permissions)


def require(
    world: World, identity: Identity, repository: Repository, permission: str, level: str, role: str | None = None
) -> None:
    """Let the caller pass or refuse.

    Tokens need `permission` (or one of several, `issues|pull_requests`) at `level`; people need `role`, which is
    `level` when not given. 404 for what one may not see, 401 for nobody who wants to write, 403 otherwise.
    """
    if not can_see(world, identity, repository):
        raise not_found()
    if identity.kind == "anonymous":
        if level != "read" or role not in (None, "read"):
            raise Refusal(401, "Requires authentication")
        return
    if identity.is_integration:
        _require_permission(identity, repository, permission, level)
    elif identity.kind == "app":
        raise Refusal(403, INTEGRATION)
    else:
        require_role(world, identity, repository, role or level)
    if level != "read" and repository.is_archived:
        raise Refusal(403, "Repository was archived so is read-only.")


def _require_permission(identity: Identity, repository: Repository, permission: str, level: str) -> None:
    if not covers(identity, repository):
        # A public repository elsewhere may be read by any token, written by none.
        if level != "read":
            raise Refusal(403, INTEGRATION)
    elif (permission, level) == ("metadata", "read"):
        return  # Every token carries it.
    elif not holds(identity, permission.split("|"), level):
        raise Refusal(403, INTEGRATION, X_Accepted_GitHub_Permissions=f"{permission}={level}")


def require_role(world: World, identity: Identity, repository: Repository, role: str) -> None:
    """Let a person with that role or a higher one pass; 403 otherwise."""
    assert identity.account is not None
    held = world.role(repository, identity.account.id)
    if ROLES.index(held) < ROLES.index(role):
        raise Refusal(403, ROLE_WORDS.get(role, "Must have admin rights to Repository."))


def has_role(world: World, identity: Identity, repository: Repository, role: str) -> bool:
    """Whether a person has that role or a higher one; tokens have none."""
    if identity.kind != "user" or identity.account is None:
        return False
    return ROLES.index(world.role(repository, identity.account.id)) >= ROLES.index(role)


def require_organisation(identity: Identity, organisation: Account, permission: str, level: str) -> None:
    """Let members of the organisation and installations with an organisation permission pass."""
    if identity.kind == "user" and identity.account is not None:
        held = organisation.members.get(identity.account.id)
        if held is None:
            raise not_found()
        if level != "read" and held != "admin":
            raise Refusal(403, "You must be an admin of this organization.")
        return
    if identity.kind != "installation" or identity.installation is None:
        raise not_found() if identity.kind == "anonymous" else Refusal(403, INTEGRATION)
    if identity.installation.account_id != organisation.id or not holds(identity, [permission], level):
        raise Refusal(403, INTEGRATION)
