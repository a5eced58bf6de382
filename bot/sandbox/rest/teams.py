"""Teams and their memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require_organisation
from bot.sandbox.answers import Json, choice, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.people import organisation_of
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import Team

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/orgs/{org}/teams/{slug}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/teams."""
    return bind(sandbox, [
        ("GET", "/orgs/{org}/teams", teams),
        ("GET", ONE, team),
        ("GET", f"{ONE}/members", members),
        ("GET", f"{ONE}/memberships/{{login}}", membership),
        ("PUT", f"{ONE}/memberships/{{login}}", join),
        ("DELETE", f"{ONE}/memberships/{{login}}", leave),
        ("GET", f"{ONE}/repos", repositories),
        ("GET", "/repos/{owner}/{repo}/teams", of_repository),
    ])  # fmt: skip


def _team(call: Call, level: str = "read") -> Team:
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", level)
    for found in call.world.teams.values():
        if (found.organisation_id, found.slug) == (owner.id, call.part("slug").lower()):
            return found
    raise not_found()


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
    return ok(accounts.team(call.world, found) | {
        "created_at": owner.created_at, "updated_at": owner.created_at, "members_count": len(found.members),
        "repos_count": len(found.repositories), "organization": accounts.full_organisation(call.world, owner),
    })  # fmt: skip


async def members(call: Call) -> web.Response:
    """The team's members."""
    return call.page(_team(call).members, lambda number: accounts.user(call.world, number))


async def membership(call: Call) -> web.Response:
    """How a person belongs to a team; 404 for those who do not."""
    return ok(_membership(call, _team(call)))


async def join(call: Call) -> web.Response:
    """Put a person into a team."""
    found, who = _team(call, "write"), call.world.account(call.part("login"))
    if who is None:
        raise not_found()
    found.members[who.id] = choice(call.body, "role", ("member", "maintainer"), "member")
    return ok(_membership(call, found))


async def leave(call: Call) -> web.Response:
    """Take a person out of a team."""
    found, who = _team(call, "write"), call.world.account(call.part("login"))
    if who is None or who.id not in found.members:
        raise not_found()
    del found.members[who.id]
    return no_content()


def _membership(call: Call, found: Team) -> Json:
    who = call.world.account(call.part("login"))
    if who is None or who.id not in found.members:
        raise not_found()
    url = f"{call.world.url}/organizations/{found.organisation_id}/team/{found.id}/memberships/{who.login}"
    return {"state": "active", "role": found.members[who.id], "url": url}


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
