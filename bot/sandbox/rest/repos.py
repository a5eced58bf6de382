"""Repositories: look, rename, archive, transfer, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox import installations
from bot.sandbox.access import INTEGRATION, require
from bot.sandbox.answers import Json, Refusal, failed, no_content, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.branches import choose_default
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/repos/{owner}/{repo}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/repos."""
    return bind(sandbox, [
        ("GET", ONE, show),
        ("PATCH", ONE, change),
        ("DELETE", ONE, delete),
        ("POST", f"{ONE}/transfer", transfer),
    ])  # fmt: skip


def _role(call: Call, found: Repository) -> str:
    if call.identity.kind == "user" and call.identity.account is not None:
        return call.world.role(found, call.identity.account.id)
    return {"write": "write", "admin": "admin"}.get(call.identity.permissions.get("contents", ""), "read")


async def show(call: Call) -> web.Response:
    """One repository."""
    found = call.repository("metadata", "read")
    return ok(repository.full(call.world, found, _role(call, found)))


async def change(call: Call) -> web.Response:
    """Rename, archive or unarchive, hide or show, describe, or choose the default branch."""
    found = call.place()
    was_archived = found.is_archived
    if call.body.get("archived") is False:
        found.is_archived = False  # An archived repository accepts just this.
    try:
        require(call.world, call.identity, found, "administration", "write", "admin")
    except Refusal:
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
        await choose_default(call, found, default)
    if changes:
        _tell(call, found, "edited", {"changes": changes})
    if call.body.get("private") in (True, False) and call.body["private"] != found.private:
        found.private = call.body["private"]
        _tell(call, found, "privatized" if found.private else "publicized")


def _tell(call: Call, found: Repository, action: str, more: Json | None = None) -> None:
    call.emit(found, "repository", action, more or {})


async def delete(call: Call) -> web.Response:
    """Delete a repository; Apps are told nothing of it, but those that had chosen it of its being taken from them.

    See https://docs.github.com/webhooks/webhook-events-and-payloads?actionType=deleted#repository
    """
    found = call.place()
    was_archived, found.is_archived = found.is_archived, False  # What is archived can be deleted.
    try:
        require(call.world, call.identity, found, "administration", "write", "admin")
    finally:
        found.is_archived = was_archived
    found.is_deleted = True
    _withdraw(call, found, found.owner_id)
    return no_content()


async def transfer(call: Call) -> web.Response:
    """Move a repository to an organisation in which the caller may have one; 202 with the repository as it was.

    Only Apps on the new owner hear of it. Between people it would take the other's consent, which is not carried.
    See https://docs.github.com/repositories/creating-and-managing-repositories/transferring-a-repository
    """
    found = call.repository("administration", "write", "admin")
    if call.identity.kind != "user":
        raise Refusal(403, INTEGRATION)
    before, new_owner = call.world.accounts[found.owner_id], call.world.account(required(call.body, "new_owner"))
    name = text_field(call.body, "new_name") or found.name
    if new_owner is None or call.actor.id not in {new_owner.id, *new_owner.members} or new_owner.id == before.id:
        raise failed("Repository", "new_owner", "invalid")
    if call.world.repository(f"{new_owner.login}/{name}") is not None:
        raise failed("Repository", "name", "custom", f"Repositories on {new_owner.login} with the same name exist")
    shown = repository.repository(call.world, found)
    call.world.former_names[call.world.full_name(found).lower()] = found.id
    _withdraw(call, found, before.id)
    found.owner_id, found.name = new_owner.id, name
    if before.type == "User":
        found.roles[before.id] = "admin"
    for team in call.world.teams.values():
        if team.organisation_id == before.id:
            team.repositories.pop(found.id, None)
    kind = "organization" if before.type == "Organization" else "user"
    old = accounts.organisation if before.type == "Organization" else accounts.full_user
    _tell(call, found, "transferred", {"changes": {"owner": {"from": {kind: old(call.world, before)}}}})
    return ok(shown, 202)


def _withdraw(call: Call, found: Repository, account_id: int) -> None:
    """Take a repository from the installations of an account that had chosen it."""
    for one in list(call.world.installations.values()):
        if one.account_id == account_id and one.repository_ids is not None and found.id in one.repository_ids:
            installations.reach_changed(call.sandbox, one, "removed", found, call.actor)
