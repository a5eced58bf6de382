"""The rate limit of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import ok
from bot.sandbox.call import Call, bind
from bot.sandbox.limits import caller_of

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/rate-limit."""
    return bind(sandbox, [("GET", "/rate_limit", show), ("GET", "/", root), ("GET", "/meta", meta)])


async def show(call: Call) -> web.Response:
    """What is left of the hour."""
    headers = call.sandbox.limits.headers(caller_of(call.identity))
    core = {name: int(headers[f"X-RateLimit-{name.title()}"]) for name in ("limit", "used", "remaining", "reset")}
    return ok({"resources": {"core": core, "search": core}, "rate": core})


async def root(call: Call) -> web.Response:
    """A sign of life."""
    return ok({"current_user_url": f"{call.world.url}/user", "rate_limit_url": f"{call.world.url}/rate_limit"})


async def meta(call: Call) -> web.Response:
    """Facts about the installation of GitHub; here: that it is the sandbox."""
    return ok({"verifiable_password_authentication": False, "domains": {"website": [call.world.url]}})
