"""Apps and installations: `/app…`, installation tokens with narrowing, `/installation…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import Json, Refusal, list_field, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.identity import LEVELS, UNDECODED, installation_token, revoke
from bot.sandbox.installations import suspended, uninstalled, unsuspended
from bot.sandbox.shapes import accounts, repository
from bot.sandbox.state import App, Installation, Repository, reaches, stamp

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

NOT_GRANTED = "The permissions requested are not granted to this installation."
NOT_THERE = "There is at least one repository that does not exist or is not accessible to the parent installation."


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/apps."""
    return bind(sandbox, [
        ("GET", "/app", show),
        ("GET", "/app/installations", installations),
        ("GET", "/app/installations/{number}", installation),
        ("POST", "/app/installations/{number}/access_tokens", create_token),
        ("DELETE", "/app/installations/{number}", uninstall),
        ("PUT", "/app/installations/{number}/suspended", suspend),
        ("DELETE", "/app/installations/{number}/suspended", unsuspend),
        ("GET", "/repos/{owner}/{repo}/installation", of_repository),
        ("GET", "/orgs/{login}/installation", of_account),
        ("GET", "/users/{login}/installation", of_account),
        ("GET", "/installation/repositories", repositories),
        ("DELETE", "/installation/token", revoke_token),
    ])  # fmt: skip


def calling_app(call: Call) -> App:
    """The App whose JWT this is; 401 in GitHub's words for any other credential."""
    if call.identity.kind != "app" or call.identity.app is None:
        raise Refusal(401, UNDECODED)
    return call.identity.app


def _own(call: Call) -> Installation:
    app, found = calling_app(call), call.world.installations.get(call.number("number"))
    if found is None or found.app_id != app.id:
        raise not_found()
    return found


async def show(call: Call) -> web.Response:
    """The App itself."""
    app = calling_app(call)
    count = sum(i.app_id == app.id for i in call.world.installations.values())
    return ok(accounts.app(call.world, app) | {"installations_count": count})


async def installations(call: Call) -> web.Response:
    """The App's installations."""
    app = calling_app(call)
    mine = [i for i in call.world.installations.values() if i.app_id == app.id]
    return call.page(mine, lambda i: accounts.installation(call.world, i))


async def installation(call: Call) -> web.Response:
    """One installation."""
    return ok(accounts.installation(call.world, _own(call)))


async def create_token(call: Call) -> web.Response:
    """An installation token, narrowed by `repositories`, `repository_ids` and `permissions`."""
    found = _own(call)
    if found.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    permissions = _narrowed(found, call.body.get("permissions"))
    chosen = _chosen(call, found)
    ids = None if chosen is None else frozenset(r.id for r in chosen)
    token = installation_token(call.world, found, permissions, ids)
    selected = chosen is not None or found.repository_ids is not None
    answer: Json = {
        "token": token.value, "expires_at": stamp(token.expires_at or 0), "permissions": dict(token.permissions),
        "repository_selection": "selected" if selected else "all",
    }  # fmt: skip
    if chosen is not None:
        answer["repositories"] = [repository.repository(call.world, r) for r in chosen]
    return ok(answer, 201)


def _narrowed(found: Installation, wanted: object) -> dict[str, str] | None:
    if wanted is None:
        return None
    if not isinstance(wanted, dict):
        raise Refusal(422, NOT_GRANTED)
    for name, level in wanted.items():
        if level not in LEVELS or LEVELS.index(level) > LEVELS.index(found.permissions.get(name, "none")):
            raise Refusal(422, NOT_GRANTED)
    # Metadata can be read with every token.
    return {"metadata": "read", **wanted}


def _chosen(call: Call, found: Installation) -> list[Repository] | None:
    if "repositories" not in call.body and "repository_ids" not in call.body:
        return None
    world = call.world
    covered = [r for r in world.repositories.values() if reaches(found, r)]
    names = {r.name.lower(): r for r in covered}
    chosen = [names.get(str(name).lower()) for name in list_field(call.body, "repositories")]
    numbers = {r.id: r for r in covered}
    chosen += [numbers.get(number) for number in list_field(call.body, "repository_ids")]
    there = [r for r in chosen if r is not None]
    if len(there) != len(chosen):
        raise Refusal(422, NOT_THERE)
    return there or None


async def uninstall(call: Call) -> web.Response:
    """Remove an installation with its tokens."""
    found = _own(call)
    uninstalled(call.sandbox, found, call.world.accounts[found.account_id])
    return no_content()


async def suspend(call: Call) -> web.Response:
    """Suspend an installation."""
    found = _own(call)
    suspended(call.sandbox, found, call.world.accounts[found.account_id])
    return no_content()


async def unsuspend(call: Call) -> web.Response:
    """Lift a suspension."""
    found = _own(call)
    unsuspended(call.sandbox, found, call.world.accounts[found.account_id])
    return no_content()


async def of_repository(call: Call) -> web.Response:
    """The App's installation that reaches a repository."""
    app = calling_app(call)
    found = call.world.installation_for(call.place(), app.id)
    if found is None:
        raise not_found()
    return ok(accounts.installation(call.world, found))


async def of_account(call: Call) -> web.Response:
    """The App's installation on an organisation or person."""
    app, owner = calling_app(call), call.world.account(call.part("login"))
    for found in call.world.installations.values():
        if owner is not None and (found.app_id, found.account_id) == (app.id, owner.id):
            return ok(accounts.installation(call.world, found))
    raise not_found()


async def repositories(call: Call) -> web.Response:
    """What an installation token reaches."""
    found, reach = call.identity.installation, call.identity.repository_ids
    if found is None:
        raise Refusal(403, "Resource not accessible by integration")
    mine = [r for r in call.world.repositories.values() if reaches(found, r) and (reach is None or r.id in reach)]
    return call.page_under("repositories", mine, lambda r: repository.repository(call.world, r))


async def revoke_token(call: Call) -> web.Response:
    """Make the calling token useless."""
    if not call.identity.is_integration:
        raise Refusal(403, "Resource not accessible by integration")
    value = call.request.headers["Authorization"].partition(" ")[2]
    revoke(call.world, call.world.tokens[value])
    return no_content()
