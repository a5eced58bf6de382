"""Teams and their memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require_organisation
from bot.sandbox.answers import Json, Refusal, choice, failed, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.membership import Roll
from bot.sandbox.rest.collaborators import NEW_NAMES
from bot.sandbox.rest.people import organisation_of
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import ROLES
from bot.sandbox.teams import Team

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/orgs/{org}/teams/{slug}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/teams."""
    return bind(sandbox, [
        ("GET", "/orgs/{org}/teams", teams),
        ("GET", ONE, team),
        ("DELETE", ONE, delete),
        ("GET", f"{ONE}/members", members),
        ("GET", f"{ONE}/memberships/{{login}}", membership),
        ("PUT", f"{ONE}/memberships/{{login}}", join),
        ("DELETE", f"{ONE}/memberships/{{login}}", leave),
        ("GET", f"{ONE}/repos", repositories),
        ("PUT", f"{ONE}/repos/{{owner}}/{{repo}}", assign),
        ("DELETE", f"{ONE}/repos/{{owner}}/{{repo}}", withdraw),
        ("GET", "/repos/{owner}/{repo}/teams", of_repository),
    ])  # fmt: skip


def _team(call: Call) -> Team:
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", "read")
    for found in call.world.teams.values():
        if (found.organisation_id, found.slug) == (owner.id, call.part("slug").lower()):
            return found
    raise not_found()


def _led(call: Call) -> Team:
    """The team of the path, for those who may change it: the organisation's owners and the team's maintainers."""
    found = _team(call)
    me = call.identity.account
    if call.identity.kind != "user" or me is None or found.members.get(me.id) != "maintainer":
        require_organisation(call.identity, organisation_of(call), "members", "write")
    return found


async def teams(call: Call) -> web.Response:
    """The organisation's teams."""
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", "read")
    mine = [t for t in call.world.teams.values() if t.organisation_id == owner.id]
    return call.page(mine, lambda t: accounts.team(call.world, t))


async def team(call: Call) -> web.Response:
    """One team."""
    found = _team(call)
    owner = organisation_of(call)
    count = len(call.world.members_of(found))
    return ok(accounts.team(call.world, found) | {
        "created_at": owner.created_at, "updated_at": owner.created_at, "members_count": count,
        "repos_count": len(found.repositories), "organization": accounts.full_organisation(call.world, owner),
    })  # fmt: skip


async def members(call: Call) -> web.Response:
    """The team's members, those of the teams below it as `inherited`."""
    found = _team(call)
    mine = call.world.members_of(found).items()
    return call.page(mine, lambda pair: _member(call, found, *pair))


def _member(call: Call, found: Team, number: int, role: str) -> Json:
    return accounts.user(call.world, number) | {"role": role, "inherited": number not in found.members}


async def membership(call: Call) -> web.Response:
    """How a person belongs to a team: `active` (by a team below it too) or `pending`; 404 for the others."""
    return ok(_membership(call, _team(call)))


async def join(call: Call) -> web.Response:
    """Put a member of the organisation into a team; an owner may invite others, who are `pending`."""
    found, owner, who = _led(call), organisation_of(call), call.world.account(call.part("login"))
    if who is None:
        raise not_found()
    if who.type != "User":
        raise Refusal(422, "You cannot add an organization to a team.")
    if who.id not in owner.members:
        require_organisation(call.identity, owner, "members", "write")
    role = choice(call.body, "role", ("member", "maintainer"), "member")
    Roll(call.sandbox, owner, call.actor).join(found, who, role)
    return ok(_membership(call, found))


async def leave(call: Call) -> web.Response:
    """Take a person out of a team; who is in a team below it stays there."""
    found, who = _led(call), call.world.account(call.part("login"))
    if who is None or not Roll(call.sandbox, organisation_of(call), call.actor).leave(found, who):
        raise not_found()
    return no_content()


def _membership(call: Call, found: Team) -> Json:
    who, members = call.world.account(call.part("login")), call.world.members_of(found)
    if who is None or who.id not in {*members, *found.invited}:
        raise not_found()
    url = f"{call.world.url}/organizations/{found.organisation_id}/team/{found.id}/memberships/{who.login}"
    if who.id not in members:
        return {"state": "pending", "role": found.invited[who.id], "url": url}
    # GitHub calls every owner of the organisation a maintainer.
    is_owner = call.world.accounts[found.organisation_id].members.get(who.id) == "admin"
    return {"state": "active", "role": "maintainer" if is_owner else members[who.id], "url": url}


async def delete(call: Call) -> web.Response:
    """Delete a team with all below it."""
    found = _led(call)
    Roll(call.sandbox, organisation_of(call), call.actor).disband(found)
    return no_content()


async def assign(call: Call) -> web.Response:
    """Give a team a role in a repository of the organisation; takes admin there."""
    found = _team(call)
    place = call.repository("administration", "write", "admin")
    if place.owner_id != found.organisation_id:
        raise failed("TeamMember", "repo", "invalid")
    role = choice(call.body, "permission", (*NEW_NAMES, *ROLES[1:]), "push")
    Roll(call.sandbox, organisation_of(call), call.actor).assign(found, place, NEW_NAMES.get(role, role))
    return no_content()


async def withdraw(call: Call) -> web.Response:
    """Take a team's role in a repository away; takes admin there."""
    found = _team(call)
    place = call.repository("administration", "write", "admin")
    Roll(call.sandbox, organisation_of(call), call.actor).withdraw(found, place)
    return no_content()


async def repositories(call: Call) -> web.Response:
    """The repositories a team has a role in."""
    found = _team(call)
    mine = [r for r in call.visible() if r.id in found.repositories]
    return call.page(
        mine,
        lambda r: (
            repository.repository(call.world, r)
            | {
                "permissions": repository.permissions(found.repositories[r.id]),
                "role_name": found.repositories[r.id],
            }
        ),
    )


async def of_repository(call: Call) -> web.Response:
    """The teams that have a role in a repository."""
    place = call.repository("administration", "read", "admin")
    mine = [t for t in call.world.teams.values() if place.id in t.repositories]
    return call.page(mine, lambda t: accounts.team(call.world, t) | {"permission": t.repositories[place.id]})
