"""`/runs`: running jobs claim their leg, journal it and hand in the bundle (product.md section 6).

A claim proves itself by an OIDC token, once per token; journal and bundle by the session key that the claim was
answered with. Each becomes an inbox row like everything else; the door waits for what the flow says to it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict

from aiohttp import web

from bot.doors.body import MEGABYTE, Handler, answered, guarded, read_body, refused
from bot.doors.intake import Intake
from bot.doors.oidc import Verifier
from bot.doors.quota import Quota
from bot.errors import BadRequest, GitHubBusy
from bot.ports import NewRow
from executors.errors import ProtocolError
from executors.protocol.canonical import canonical, parse
from executors.protocol.spec import Bundle, Claim, JournalPost
from executors.protocol.wire import W, read

_BEARER = re.compile(r"Bearer ([A-Za-z0-9._~+/=-]{20,8000})", re.IGNORECASE)

CLAIM_LIMIT, JOURNAL_LIMIT, DONE_LIMIT = MEGABYTE // 16, MEGABYTE, 5 * MEGABYTE


CLAIMS, WINDOW = 120, 600.0
"""Claims that a repository's jobs may make in so many seconds: sixty legs, two jobs each."""


def claim(intake: Intake, verifier: Verifier, quota: Quota) -> Handler:
    """`POST /runs/claim`: 200 with the signed spec, 409 for anything that is not this leg's own job."""

    async def receive(request: web.Request) -> web.StreamResponse:
        _open(intake)
        try:
            job = await verifier.verify(_bearer(request))
        except GitHubBusy:
            return refused(
                503, "issuer_unreachable", "The issuer's keys cannot be read now.", "Try again.", after=5
            )
        if not quota.spend(job.repository_id):
            why = "The jobs of this repository have claimed too often."
            return refused(429, "too_many_claims", why, "Wait.", after=int(quota.seconds))
        wanted = _read(Claim, await read_body(request, CLAIM_LIMIT))
        body = canonical({"claim": wanted.to_json(), "job": asdict(job)})
        row = await intake.accept(NewRow("runs", "claim", f"claim:{job.jti}", body, wanted.case))
        if row is None:
            return refused(409, "token_spent", "This token has claimed before.", "Get a new token for each try.")
        return await _answer(intake, row)

    return _counted(intake, guarded(receive))


def _counted(intake: Intake, handler: Handler) -> Handler:
    async def count(request: web.Request) -> web.StreamResponse:
        answer = await handler(request)
        intake.metrics.claims.labels(str(answer.status)).inc()
        return answer

    return count


def journal(intake: Intake) -> Handler:
    """`POST /runs/journal`: 200 with go or stop once the lines are in the ledger."""
    return _told(intake, "journal", JournalPost, JOURNAL_LIMIT)


def done(intake: Intake) -> Handler:
    """`POST /runs/done`: 200 once the bundle's manifest is in the ledger."""
    return _told(intake, "done", Bundle, DONE_LIMIT)


def _told(intake: Intake, kind: str, model: type[W], limit: int) -> Handler:
    async def receive(request: web.Request) -> web.StreamResponse:
        _open(intake)
        session = hashlib.sha256(_bearer(request).encode()).hexdigest()
        case = await intake.find(f"session:{session}")
        if case is None:
            raise BadRequest(401, "session_unknown", "This session key belongs to no leg.")
        raw = await read_body(request, limit)
        post = _read(model, raw)
        body = canonical({"session": session, "post": post.to_json()})
        # The same bytes again are a retry whose answer was lost: a row of its own, decided and answered again.
        row = await intake.accept(NewRow("runs", kind, f"{kind}:{intake.chance()}", body, case))
        return await _answer(intake, row)

    return guarded(receive)


async def _answer(intake: Intake, row: int | None) -> web.Response:
    intake.wake()
    answer = None if row is None else await intake.answers.wait(row, intake.patience)
    if answer is None:
        return refused(503, "not_yet", "The bot has not decided in time.", "Try again.", after=2)
    return answered(answer.status, answer.body)


def _open(intake: Intake) -> None:
    if intake.closed.is_set():
        raise BadRequest(503, "draining", "This process is shutting down; try again.")


def _bearer(request: web.Request) -> str:
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise BadRequest(401, "bearer_missing", "The Authorization header holds no bearer token.")
    return found.group(1)


def _read(model: type[W], raw: bytes) -> W:
    """The body as `model`; BadRequest 400 where it is no JSON, 422 with the fields where its shape is wrong."""
    try:
        value = parse(raw)
    except ProtocolError as error:
        raise BadRequest(400, "json", str(error)) from None
    try:
        return read(model, value)
    except ProtocolError as error:
        raise BadRequest(422, "schema", str(error)) from None
