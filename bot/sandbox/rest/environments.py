"""Deployment environments of a repository; their secrets and variables are names only, never values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.shapes import repository
from bot.sandbox.state import Environment, Repository, node_id

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/environments"
ONE = ALL + "/{name}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/deployments/environments."""
    return bind(sandbox, [
        ("GET", ALL, environments),
        ("GET", ONE, environment),
        ("GET", f"{ONE}/secrets", secrets),
        ("GET", f"{ONE}/variables", variables),
        ("GET", f"{ONE}/deployment-branch-policies", policies),
    ])  # fmt: skip


def _found(call: Call, permission: str) -> tuple[Repository, Environment]:
    place = call.repository(permission, "read")
    one = next((e for e in place.environments.values() if e.name.lower() == call.part("name").lower()), None)
    if one is None:
        raise not_found()
    return place, one


async def environments(call: Call) -> web.Response:
    """All environments."""
    place = call.repository("actions", "read")
    return call.page_under(
        "environments", place.environments.values(), lambda e: repository.environment(call.world, place, e)
    )


async def environment(call: Call) -> web.Response:
    """One environment with its protection rules."""
    place, one = _found(call, "actions")
    return ok(repository.environment(call.world, place, one))


async def secrets(call: Call) -> web.Response:
    """The names of an environment's secrets."""
    _, one = _found(call, "environments")
    dates = {"created_at": one.created_at, "updated_at": one.created_at}
    return call.page_under("secrets", sorted(one.secrets), lambda name: {"name": name, **dates})


async def variables(call: Call) -> web.Response:
    """An environment's variables."""
    _, one = _found(call, "environments")
    dates = {"created_at": one.created_at, "updated_at": one.created_at}
    return call.page_under(
        "variables", sorted(one.variables.items()), lambda v: {"name": v[0], "value": v[1], **dates}
    )


async def policies(call: Call) -> web.Response:
    """The branch name patterns that may deploy."""
    _, one = _found(call, "actions")
    names = one.branch_policy if isinstance(one.branch_policy, list) else []
    numbered = [(one.id * 100 + n, name) for n, name in enumerate(names)]
    return call.page_under(
        "branch_policies",
        numbered,
        lambda p: {"id": p[0], "node_id": node_id("DBP", p[0]), "name": p[1], "type": "branch"},
    )
