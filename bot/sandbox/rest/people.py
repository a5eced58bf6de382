"""Users and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import INTEGRATION, require_organisation
from bot.sandbox.answers import Refusal, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import Account

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/users and https://docs.github.com/rest/orgs."""
    return bind(sandbox, [
        ("GET", "/user", me),
        ("GET", "/user/{number}", by_id),
        ("GET", "/users/{login}", by_login),
        ("GET", "/orgs/{org}", organisation),
        ("GET", "/orgs/{org}/repos", repositories),
        ("GET", "/orgs/{org}/members", members),
        ("GET", "/orgs/{org}/members/{login}", is_member),
        ("GET", "/orgs/{org}/memberships/{login}", membership),
    ])  # fmt: skip


def organisation_of(call: Call) -> Account:
    """The organisation of the path."""
    found = call.world.account(call.part("org"))
    if found is None or found.type != "Organization":
        raise not_found()
    return found


async def me(call: Call) -> web.Response:
    """The calling person."""
    if call.identity.kind == "anonymous":
        raise Refusal(401, "Requires authentication")
    if call.identity.kind != "user" or call.identity.account is None:
        raise Refusal(403, INTEGRATION)
    return ok(accounts.full_user(call.world, call.identity.account))


async def by_id(call: Call) -> web.Response:
    """An account by its number."""
    found = call.world.accounts.get(call.number("number"))
    if found is None:
        raise not_found()
    return ok(accounts.full_user(call.world, found))


async def by_login(call: Call) -> web.Response:
    """An account by its login."""
    found = call.world.account(call.part("login"))
    if found is None:
        raise not_found()
    return ok(accounts.full_user(call.world, found))


async def organisation(call: Call) -> web.Response:
    """An organisation."""
    return ok(accounts.full_organisation(call.world, organisation_of(call)))


async def repositories(call: Call) -> web.Response:
    """The organisation's repositories that the caller can see."""
    owner = organisation_of(call)
    mine = [r for r in call.visible() if r.owner_id == owner.id]
    return call.page(mine, lambda r: repository.repository(call.world, r))


async def members(call: Call) -> web.Response:
    """The organisation's members."""
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", "read")
    return call.page(owner.members, lambda number: accounts.user(call.world, number))


async def is_member(call: Call) -> web.Response:
    """204 for a member, 404 otherwise."""
    owner, who = organisation_of(call), call.world.account(call.part("login"))
    require_organisation(call.identity, owner, "members", "read")
    if who is None or who.id not in owner.members:
        raise Refusal(404, "User does not exist or is not a member of the organization")
    return no_content()


async def membership(call: Call) -> web.Response:
    """How a person belongs to the organisation."""
    owner, who = organisation_of(call), call.world.account(call.part("login"))
    require_organisation(call.identity, owner, "members", "read")
    if who is None or who.id not in owner.members:
        raise not_found()
    url = f"{call.world.url}/orgs/{owner.login}"
    return ok({
        "url": f"{url}/memberships/{who.login}", "state": "active", "role": owner.members[who.id],
        "organization_url": url, "organization": accounts.organisation(call.world, owner),
        "user": accounts.user(call.world, who.id),
    })  # fmt: skip
