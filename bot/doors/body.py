"""Reading a request within its limits, and saying no in JSON: {code, why, next}, never an exception's text."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.doors.quota import Quota
from bot.errors import BadRequest, StoreError
from bot.logs import bound
from executors.protocol.spec import Refusal

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MEGABYTE = 1024 * 1024

DELIVERY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""The shape of GitHub's delivery ids."""

SAID = Quota(300, 60.0, time.monotonic)
"""Refusals that are said in the log in a minute; what strangers send more is only counted."""


async def read_body(request: web.Request, limit: int) -> bytes:
    """The request's JSON bytes; raises BadRequest 415 for other content types, 413 beyond `limit` bytes."""
    if request.headers.get("Content-Type") != "application/json" and request.content_type != "application/json":
        raise BadRequest(415, "content_type", "The content type must be application/json.")
    length = request.content_length
    if length is not None and length > limit:
        raise _too_large(limit)
    if length is not None:
        return await request.read()
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> BadRequest:
    return BadRequest(413, "too_large", f"The body is larger than the {limit} bytes allowed here.")


def answered(status: int, value: Mapping[str, object], headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    body = json.dumps(value).encode()  # the default encoder is the one that is built once
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def refused(status: int, code: str, why: str, what_next: str = "", after: int | None = None) -> web.Response:
    """A refusal; `after` becomes Retry-After in seconds."""
    headers = None if after is None else {"Retry-After": str(after)}
    return answered(status, Refusal(code=code, why=why[:4_000], next=what_next).to_json(), headers)


def guarded(handler: Handler, turned_away: Callable[[str], None] = lambda _code: None) -> Handler:
    """The handler with its refusals as JSON, and anything unforeseen as a 500 that tells nothing.

    `turned_away` hears the code of what was refused.
    """

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except BadRequest as error:
            turned_away(error.code)
            _say(request, error)
            return refused(error.status, error.code, str(error), after=5 if error.status == 503 else None)
        except web.HTTPException:
            raise
        except StoreError as error:
            turned_away("database")
            with bound(delivery=delivery_of(request), door=request.path):
                log.warning("nothing was accepted: %s", error)
            return refused(503, "database", "The database takes nothing now.", "Try again.", after=5)
        except Exception:
            turned_away("internal")
            with bound(delivery=delivery_of(request), door=request.path):
                log.exception("handling a request failed")
            return refused(500, "internal", "Something of ours failed.", "Try again.", after=5)

    return guard


def delivery_of(request: web.Request) -> str:
    """GitHub's id of the delivery, "" where there is none of that shape: what strangers send stays out of logs."""
    said = request.headers.get("X-GitHub-Delivery", "")
    return said.lower() if DELIVERY.fullmatch(said) else ""


def _say(request: web.Request, error: BadRequest) -> None:
    if SAID.spend(0):
        with bound(delivery=delivery_of(request), door=request.path):
            log.info("refused", extra={"status": error.status, "code": error.code})
