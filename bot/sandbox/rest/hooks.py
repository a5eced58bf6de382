"""The log of an App's webhook deliveries, and sending one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import Json, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.apps import calling_app
from bot.sandbox.state import stamp
from bot.sandbox.webhooks import Delivery

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

KEPT = 3 * 24 * 3600.0


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/apps/webhooks."""
    return bind(sandbox, [
        ("GET", "/app/hook/config", config),
        ("GET", "/app/hook/deliveries", deliveries),
        ("GET", "/app/hook/deliveries/{number}", delivery),
        ("POST", "/app/hook/deliveries/{number}/attempts", attempt),
    ])  # fmt: skip


async def config(call: Call) -> web.Response:
    """Where the App's webhooks go; the secret is never shown."""
    app = calling_app(call)
    return ok({"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url})


async def deliveries(call: Call) -> web.Response:
    """Deliveries of three days, newest first, paged by `cursor`; `status=failure` picks those that failed."""
    app, since = calling_app(call), stamp(call.world.clock() - KEPT)
    mine = [d for d in reversed(call.sandbox.webhooks.log) if d.app_id == app.id and d.delivered_at >= since]
    if wanted := call.query("status"):
        mine = [d for d in mine if (d.status_code < 400) == (wanted == "success")]
    cursor = call.query("cursor")
    if cursor:
        mine = [d for d in mine if cursor.isdigit() and d.id <= int(cursor)]
    text = call.query("per_page", "30")
    size = min(max(int(text) if text.isdigit() else 30, 1), 100)
    headers = {}
    if len(mine) > size:
        following = call.request.url.update_query(cursor=str(mine[size].id))
        headers["Link"] = f'<{following}>; rel="next"'
    return ok([_item(d) for d in mine[:size]], headers=headers)


async def delivery(call: Call) -> web.Response:
    """One delivery with what was sent and what came back."""
    found = _own(call)
    return ok(_item(found) | {
        "url": found.url,
        "request": {"headers": found.headers, "payload": found.payload},
        "response": {"headers": found.response_headers, "payload": found.response_body},
    })  # fmt: skip


async def attempt(call: Call) -> web.Response:
    """Deliver again under the same GUID."""
    call.sandbox.webhooks.redeliver(_own(call))
    return ok({}, 202)


def _own(call: Call) -> Delivery:
    app, number = calling_app(call), call.number("number")
    since = stamp(call.world.clock() - KEPT)
    for found in call.sandbox.webhooks.log:
        if (found.app_id, found.id) == (app.id, number) and found.delivered_at >= since:
            return found
    raise not_found()


def _item(one: Delivery) -> Json:
    return {
        "id": one.id, "guid": one.guid, "delivered_at": one.delivered_at, "redelivery": one.is_redelivery,
        "duration": one.duration, "status": one.status, "status_code": one.status_code, "event": one.event,
        "action": one.action, "installation_id": one.installation_id, "repository_id": one.repository_id,
        "throttled_at": None,
    }  # fmt: skip
