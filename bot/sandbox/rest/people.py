"""Users and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import INTEGRATION, require_organisation
from bot.sandbox.answers import Json, Refusal, choice, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.membership import Roll
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
        ("DELETE", "/orgs/{org}/members/{login}", remove),
        ("GET", "/orgs/{org}/memberships/{login}", membership),
        ("PUT", "/orgs/{org}/memberships/{login}", invite),
        ("DELETE", "/orgs/{org}/memberships/{login}", remove),
        ("PATCH", "/user/memberships/orgs/{org}", accept),
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
    if who is None or who.id not in {*owner.members, *owner.invited}:
        raise not_found()
    return ok(_membership(call, owner, who))


def _membership(call: Call, owner: Account, who: Account) -> Json:
    shown = accounts.membership(call.world, owner, who.id)
    return shown | {"organization": accounts.organisation(call.world, owner)}


def _person(call: Call) -> Account:
    who = call.world.account(call.part("login"))
    if who is None or who.type != "User":
        raise not_found()
    return who


async def invite(call: Call) -> web.Response:
    """Invite somebody, who is `pending` until they accept, or change a member's role."""
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", "write")
    who, role = _person(call), choice(call.body, "role", ("admin", "member"), "member")
    roll = Roll(call.sandbox, owner, call.actor)
    if who.id not in owner.members:
        roll.invite(who, role)
    else:
        if role != "admin":
            _keep_an_owner(owner, who)
        roll.admit(who, role)
    return ok(_membership(call, owner, who))


async def accept(call: Call) -> web.Response:
    """Accept one's invitation."""
    owner = organisation_of(call)
    if call.identity.kind != "user":
        raise Refusal(403, INTEGRATION)
    choice(call.body, "state", ("active",))
    if call.actor.id not in {*owner.members, *owner.invited}:
        raise not_found()
    if call.actor.id in owner.invited:
        Roll(call.sandbox, owner, call.actor).admit(call.actor, owner.invited[call.actor.id])
    return ok(_membership(call, owner, call.actor))


async def remove(call: Call) -> web.Response:
    """Take somebody out of the organisation, or an invitation back."""
    owner = organisation_of(call)
    require_organisation(call.identity, owner, "members", "write")
    who = _person(call)
    if who.id not in {*owner.members, *owner.invited}:
        raise not_found()
    _keep_an_owner(owner, who)
    Roll(call.sandbox, owner, call.actor).expel(who)
    return no_content()


def _keep_an_owner(owner: Account, who: Account) -> None:
    """An organisation has one owner at least; 403 for taking the last."""
    if [number for number, role in owner.members.items() if role == "admin"] == [who.id]:
        raise Refusal(403, "You can't remove the last owner of the organization.")
