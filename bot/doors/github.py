"""`POST /github`: a webhook is checked, stored durably and acknowledged with 202; nothing of it is parsed here.

gidgethub compares the signature; what it leaves open is closed before it is asked (T16): a missing or short
secret, SHA-1, signatures of other shapes or with non-ASCII characters.
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import gidgethub
from aiohttp import web
from gidgethub import sansio

from bot.doors.body import DELIVERY, MEGABYTE, Handler, answered, guarded, read_body
from bot.doors.intake import Intake
from bot.errors import BadRequest, SettingsError
from bot.ports import NewRow

LIMIT = MEGABYTE
"""GitHub sends up to 25 MB; no event that we read comes near this (T21)."""
SHORTEST_SECRET = 32

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_EVENT = re.compile(r"[a-z_]{1,64}")

_JSON = {"Content-Type": "application/json"}
# The answers to a delivery, whose id is nothing but hex digits and dashes.
_NEW = b'{"delivery": "%s", "duplicate": false}'
_OLD = b'{"delivery": "%s", "duplicate": true}'


@dataclass(frozen=True, slots=True)
class Delivery:
    """The headers of a webhook, all of the right shape."""

    event: str
    id: str
    signature: str


def github(intake: Intake, secret: str) -> Handler:
    """The handler; raises SettingsError for a secret that an attacker could guess."""
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"the webhook secret has fewer than {SHORTEST_SECRET} characters")
    metrics = intake.metrics

    async def receive(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        if intake.closed.is_set():
            raise BadRequest(503, "draining", "This process is shutting down; deliver it again.")
        delivery = _headers(request)
        body = await read_body(request, LIMIT)
        check(body, delivery.signature, secret)
        if delivery.event == "ping":
            metrics.deliveries.labels("ping", "accepted").inc()
            return answered(200, {"delivery": delivery.id, "ping": True})
        row = await intake.accept(NewRow("github", delivery.event, delivery.id, body))
        intake.wake()
        told = (_OLD if row is None else _NEW) % delivery.id.encode()
        metrics.deliveries.labels(delivery.event, "accepted" if row is not None else "duplicate").inc()
        metrics.acknowledged.observe(time.perf_counter() - began)
        return web.Response(status=202, body=told, headers=_JSON)

    # What is refused has no event that could be believed.
    return guarded(receive, lambda code: metrics.deliveries.labels("", code).inc())


def check(body: bytes, signature: str, secret: str) -> None:
    """Raises BadRequest 401 unless the body was signed with the secret by HMAC-SHA-256."""
    if not _SIGNATURE.fullmatch(signature):
        raise _unsigned()
    try:
        sansio.validate_event(body, signature=signature, secret=secret)
    except gidgethub.ValidationFailure:
        raise _unsigned() from None


def _headers(request: web.Request) -> Delivery:
    headers = request.headers
    delivery = Delivery(
        headers.get("X-GitHub-Event", ""),
        headers.get("X-GitHub-Delivery", "").lower(),
        headers.get("X-Hub-Signature-256", ""),
    )
    if not _SIGNATURE.fullmatch(delivery.signature):
        raise _unsigned()
    if not _EVENT.fullmatch(delivery.event) or not DELIVERY.fullmatch(delivery.id):
        raise BadRequest(400, "headers", "X-GitHub-Event or X-GitHub-Delivery is missing or malformed.")
    return delivery


def _unsigned() -> BadRequest:
    return BadRequest(401, "signature", "X-Hub-Signature-256 is missing or does not fit the body.")
