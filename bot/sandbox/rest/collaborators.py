"""Who collaborates on a repository, and with which permission; outsiders are invited and accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import INTEGRATION, has_role
from bot.sandbox.answers import Json, Refusal, choice, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import ROLES, Account, Repository, node_id
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/collaborators"
ONE = ALL + "/{login}"
INVITATION = "/user/repository_invitations/{number}"
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
    """Routes of this subject; see https://docs.github.com/rest/collaborators."""
    return bind(sandbox, [
        ("GET", ALL, collaborators),
        ("GET", f"{ONE}/permission", permission),
        ("GET", ONE, is_collaborator),
        ("PUT", ONE, add),
        ("DELETE", ONE, remove),
        ("PATCH", INVITATION, accept),
        ("DELETE", INVITATION, decline),
    ])  # fmt: skip


def give(sandbox: Sandbox, found: Repository, who: Account, role: str, doer: Doer) -> None:
    """Give somebody a role of their own (`none` takes it) and fire `member`; nothing when it is so already."""
    before, member = found.roles.pop(who.id, "none"), accounts.user(sandbox.world, who.id)
    found.invited.pop(who.id, None)
    if role == "none":
        if before != "none":
            sandbox.emit(found, "member", "removed", {"member": member}, doer)
        return
    found.roles[who.id] = role
    if before == "none":
        changes = {"permission": {"to": OLD_NAMES[role]}, "role_name": {"to": role}}
        sandbox.emit(found, "member", "added", {"member": member, "changes": changes}, doer)
    elif before != role:
        changes = {"permission": {"from": OLD_NAMES[before], "to": OLD_NAMES[role]}}
        sandbox.emit(found, "member", "edited", {"member": member, "changes": changes}, doer)


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


async def add(call: Call) -> web.Response:
    """Give a collaborator or member of the organisation a role (204); others are invited to it (201)."""
    found, who = call.repository("administration", "write", "admin"), call.world.account(call.part("login"))
    if who is None:
        raise not_found()
    wanted = choice(call.body, "permission", (*NEW_NAMES, *ROLES[1:]), "push")
    role = NEW_NAMES.get(wanted, wanted)
    if _own_role(call, found, who.id) != "none":
        give(call.sandbox, found, who, role, call.doer)
        return no_content()
    number, _ = found.invited.get(who.id, (call.world.next_id(), role))
    found.invited[who.id] = number, role
    return ok(_invitation(call, found, who), 201)


def _invitation(call: Call, found: Repository, who: Account) -> Json:
    (number, role), home = found.invited[who.id], f"{repository.page(call.world, found)}/invitations"
    return {
        "id": number, "node_id": node_id("RI", number), "repository": repository.repository(call.world, found),
        "invitee": accounts.user(call.world, who.id), "inviter": accounts.user(call.world, call.actor.id),
        "permissions": role, "created_at": call.world.now(), "expired": False,
        "url": f"{call.world.url}/user/repository_invitations/{number}", "html_url": home,
    }  # fmt: skip


def _invited(call: Call) -> tuple[Repository, str]:
    """The invitation of the path, for the person who was invited."""
    if call.identity.kind != "user":
        raise Refusal(403, INTEGRATION)
    for found in call.world.repositories.values():
        number, role = found.invited.get(call.actor.id, (0, ""))
        if number == call.number("number") and not found.is_deleted:
            return found, role
    raise not_found()


async def accept(call: Call) -> web.Response:
    """Accept one's invitation: only now there is a role, and `member.added`."""
    found, role = _invited(call)
    give(call.sandbox, found, call.actor, role, call.doer)
    return no_content()


async def decline(call: Call) -> web.Response:
    """Decline one's invitation."""
    found, _ = _invited(call)
    del found.invited[call.actor.id]
    return no_content()


async def remove(call: Call) -> web.Response:
    """Take somebody's role, or an invitation, away."""
    found, who = call.repository("administration", "write", "admin"), call.world.account(call.part("login"))
    if who is not None:
        give(call.sandbox, found, who, "none", call.doer)
    return no_content()
