"""Repositories: look, rename, archive; branches; who collaborates and with which permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import has_role
from bot.sandbox.answers import Json, Refusal, choice, failed, no_content, not_found, ok, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.shapes import accounts, commits, repository
from bot.sandbox.state import ROLES, Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/repos/{owner}/{repo}"
OLD_NAMES = {
    "admin": "admin",
    "maintain": "write",
    "write": "write",
    "triage": "read",
    "read": "read",
    "none": "none",
}
NEW_NAMES = {"pull": "read", "push": "write", "triage": "triage", "maintain": "maintain", "admin": "admin"}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/repos and https://docs.github.com/rest/collaborators."""
    return bind(sandbox, [
        ("GET", ONE, show),
        ("PATCH", ONE, change),
        ("GET", "/repositories/{number}", by_id),
        ("GET", f"{ONE}/branches", branches),
        ("GET", f"{ONE}/branches/{{branch:.+}}", branch),
        ("GET", f"{ONE}/collaborators", collaborators),
        ("GET", f"{ONE}/collaborators/{{login}}/permission", permission),
        ("GET", f"{ONE}/collaborators/{{login}}", is_collaborator),
        ("PUT", f"{ONE}/collaborators/{{login}}", add_collaborator),
        ("DELETE", f"{ONE}/collaborators/{{login}}", remove_collaborator),
    ])  # fmt: skip


def _role(call: Call, found: Repository) -> str:
    if call.identity.kind == "user" and call.identity.account is not None:
        return call.world.role(found, call.identity.account.id)
    return {"write": "write", "admin": "admin"}.get(call.identity.permissions.get("contents", ""), "read")


async def show(call: Call) -> web.Response:
    """One repository."""
    found = call.repository("metadata", "read")
    return ok(repository.full(call.world, found, _role(call, found)))


async def by_id(call: Call) -> web.Response:
    """The repository of a number, whatever it is called now."""
    found = next((r for r in call.visible() if r.id == call.number("number")), None)
    if found is None:
        raise not_found()
    return ok(repository.full(call.world, found, _role(call, found)))


async def change(call: Call) -> web.Response:
    """Rename, archive or unarchive, hide or show, describe, or choose the default branch."""
    found = call.world.repository(f"{call.part('owner')}/{call.part('repo')}")
    was_archived = found is not None and found.is_archived
    if found is not None and call.body.get("archived") is False:
        found.is_archived = False  # An archived repository accepts just this.
    try:
        found = call.repository("administration", "write", "admin")
    except Refusal:
        if found is not None:
            found.is_archived = was_archived
        raise
    if was_archived and not found.is_archived:
        _tell(call, found, "unarchived")
    await _rename(call, found)
    await _settings(call, found)
    if call.body.get("archived") is True and not found.is_archived:
        found.is_archived = True
        _tell(call, found, "archived")
    found.updated_at = call.world.now()
    return ok(repository.full(call.world, found, _role(call, found)))


async def _rename(call: Call, found: Repository) -> None:
    name, old = text_field(call.body, "name"), found.name
    if name is None or name == old:
        return
    owner = call.world.accounts[found.owner_id].login
    other = call.world.repository(f"{owner}/{name}")
    if other is not None and other.id != found.id:
        raise failed("Repository", "name", "custom", "name already exists on this account")
    call.world.former_names[f"{owner}/{old}".lower()] = found.id
    found.name = name
    _tell(call, found, "renamed", {"changes": {"repository": {"name": {"from": old}}}})


async def _settings(call: Call, found: Repository) -> None:
    changes: Json = {}
    description, default = text_field(call.body, "description"), text_field(call.body, "default_branch")
    if description is not None and description != found.description:
        changes["description"] = {"from": found.description}
        found.description = description
    if default is not None and default != found.default_branch:
        if await call.git(found).sha(f"refs/heads/{default}") is None:
            raise failed("Repository", "default_branch", "invalid")
        changes["default_branch"] = {"from": found.default_branch}
        found.default_branch = default
    if changes:
        _tell(call, found, "edited", {"changes": changes})
    if call.body.get("private") in (True, False) and call.body["private"] != found.private:
        found.private = call.body["private"]
        _tell(call, found, "privatized" if found.private else "publicized")


def _tell(call: Call, found: Repository, action: str, more: Json | None = None) -> None:
    call.emit(found, "repository", action, more or {})


async def branches(call: Call) -> web.Response:
    """All branches."""
    found = call.repository("contents", "read")
    heads = await call.git(found).refs("refs/heads/")
    root = repository.api(call.world, found)
    return call.page(
        heads.items(),
        lambda ref: {
            "name": ref[0].removeprefix("refs/heads/"),
            "commit": {"sha": ref[1], "url": f"{root}/commits/{ref[1]}"},
            "protected": False,
        },
    )


async def branch(call: Call) -> web.Response:
    """One branch with its newest commit."""
    found, name = call.repository("contents", "read"), call.part("branch")
    sha = await call.git(found).sha(f"refs/heads/{name}")
    if sha is None:
        raise Refusal(404, "Branch not found")
    newest = await call.git(found).commit(sha)
    url = f"{repository.api(call.world, found)}/branches/{name}"
    checks = {"enforcement_level": "off", "contexts": [], "checks": []}
    return ok({
        "name": name, "commit": commits.commit(call.world, found, newest), "protected": False,
        "_links": {"self": url, "html": f"{repository.page(call.world, found)}/tree/{name}"},
        "protection": {"enabled": False, "required_status_checks": checks}, "protection_url": f"{url}/protection",
    })  # fmt: skip


async def collaborators(call: Call) -> web.Response:
    """Everybody with a role of their own, by team or organisation."""
    found = call.repository("metadata", "read", "write")
    roles = {a.id: _own_role(call, found, a.id) for a in call.world.accounts.values() if a.type == "User"}
    mine = [(number, role) for number, role in roles.items() if role != "none"]
    return call.page(mine, lambda pair: _collaborator(call, *pair))


def _own_role(call: Call, found: Repository, account_id: int) -> str:
    """A role that does not merely come from the repository being public."""
    owner = call.world.accounts[found.owner_id]
    in_team = any(found.id in team.repositories for team in call.world.teams_of(account_id))
    is_known = account_id in owner.members or account_id == owner.id or found.roles.get(account_id) or in_team
    return call.world.role(found, account_id) if is_known else "none"


def _collaborator(call: Call, account_id: int, role: str) -> Json:
    shown = accounts.user(call.world, account_id)
    return shown | {"permissions": repository.permissions(role), "role_name": role}


async def is_collaborator(call: Call) -> web.Response:
    """204 for a collaborator, 404 otherwise."""
    found, who = call.repository("metadata", "read", "write"), call.world.account(call.part("login"))
    if who is None or _own_role(call, found, who.id) == "none":
        raise not_found()
    return no_content()


async def permission(call: Call) -> web.Response:
    """What somebody may do: the old word in `permission`, the role in `role_name`."""
    found = call.repository("metadata", "read", "read")
    if call.identity.kind == "user" and not has_role(call.world, call.identity, found, "write"):
        raise Refusal(403, "Must have push access to view collaborator permission.")
    who = call.world.account(call.part("login"))
    if who is None or who.type == "Organization":
        raise Refusal(404, f"{call.part('login')} is not a user")
    role = call.world.role(found, who.id)
    return ok({"permission": OLD_NAMES[role], "user": _collaborator(call, who.id, role), "role_name": role})


async def add_collaborator(call: Call) -> web.Response:
    """Give somebody a role; the sandbox needs no invitation to be accepted."""
    found, who = call.repository("administration", "write", "admin"), call.world.account(call.part("login"))
    if who is None:
        raise not_found()
    wanted = choice(call.body, "permission", (*NEW_NAMES, *ROLES[1:]), "push")
    found.roles[who.id] = NEW_NAMES.get(wanted, wanted)
    call.emit(found, "member", "added", {"member": accounts.user(call.world, who.id)})
    return no_content()


async def remove_collaborator(call: Call) -> web.Response:
    """Take somebody's role away."""
    found, who = call.repository("administration", "write", "admin"), call.world.account(call.part("login"))
    if who is not None and found.roles.pop(who.id, None) is not None:
        call.emit(found, "member", "removed", {"member": accounts.user(call.world, who.id)})
    return no_content()
