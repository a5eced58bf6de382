"""The client of the bot's door `/runs`: claim with an OIDC token, journal and done with the session key.

A claim's spec is verified against the pinned fingerprints before anything of it is read. Connection errors and
5xx are tried again for five minutes; a lost answer burns nothing, since the same client key gets it again.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from executors.errors import ProtocolError, Unconfirmed
from executors.protocol import dsse
from executors.protocol.canonical import JsonValue, canonical, parse
from executors.protocol.journal import JournalLine
from executors.protocol.spec import (
    SPEC_TYPE,
    AppToken,
    Bundle,
    Claim,
    ClaimAnswer,
    JobName,
    JobSpec,
    JournalAnswer,
    JournalPost,
    Refusal,
)
from executors.protocol.wire import Wire, read
from executors.world.clock import Clock, backoff
from executors.world.job import Job, is_loopback

PATIENCE = 300.0
_SECONDS = 45
_LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True)
class Claimed:
    """What a claim was answered with; session and token for `execute` only."""

    spec: JobSpec
    session: str | None
    token: AppToken | None


class Session:
    """A claimed leg: posts journal lines and the bundle, and keeps the App token up to date."""

    def __init__(
        self,
        bot: str,
        key: str,
        clock: Clock,
        token: AppToken | None = None,
        on_token: Callable[[str], None] = lambda _t: None,
    ) -> None:
        self._bot = bot
        self._key = key
        self._clock = clock
        self._token = token
        self._on_token = on_token

    def token(self) -> str:
        """Return the current App token; Unconfirmed if the claim gave none."""
        if self._token is None:
            raise Unconfirmed("the bot gave this leg no App token")
        return self._token.token

    def post(self, lines: Sequence[JournalLine]) -> Literal["go", "stop"]:
        """Send the lines and return the bot's decision; Unconfirmed if it did not acknowledge them."""
        answer = read(JournalAnswer, self._send("/runs/journal", JournalPost(lines=tuple(lines))))
        if answer.token is not None:
            self._on_token(answer.token.token)
            self._token = answer.token
        return answer.decision

    def done(self, bundle: Bundle) -> None:
        """Hand the bundle's manifest in; Unconfirmed if the bot did not take it."""
        self._send("/runs/done", bundle)

    def _send(self, path: str, body: Wire) -> JsonValue:
        request = _post(self._bot + path, body, self._key)
        return _persistently(lambda: request, f"POST {path}", self._clock)


def claim(job: Job, name: JobName, client_key: str, clock: Clock) -> Claimed:
    """Claim the leg for this job; Unconfirmed with the bot's own words where it refuses.

    Raises ProtocolError where the answer is not signed by a pinned key or is no spec.
    """
    where = job.dispatched
    body = Claim(case=where.case, leg=where.leg, nonce=where.nonce, job=name, client_key=client_key)

    def request() -> urllib.request.Request:
        # A fresh token for every try: the bot spends each token's `jti` once.
        return _post(job.bot + "/runs/claim", body, identity(job, clock))

    answer = read(ClaimAnswer, _persistently(request, "POST /runs/claim", clock))
    payload = dsse.verify_pinned(answer.spec, answer.public_keys, job.keys, SPEC_TYPE)
    return Claimed(read(JobSpec, parse(payload)), answer.session, answer.token)


def identity(job: Job, clock: Clock) -> str:
    """Return an OIDC token of this job for the bot.

    Source: https://docs.github.com/en/actions/reference/security/oidc
    """
    join = "&" if urlsplit(job.oidc_url).query else "?"
    url = f"{job.oidc_url}{join}audience={quote(job.bot, safe='')}"
    headers = {"Authorization": f"bearer {job.oidc_token}", "Accept": "application/json"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - https, or loopback (job.private_enough)
    answer = _persistently(lambda: request, "asking for an OIDC token", clock)
    token = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token:
        raise ProtocolError("asking for an OIDC token: the answer holds none")
    return token


class _NotNow(Exception):
    """The bot cannot answer now; `after` is how many seconds it asks to wait."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry our Authorization to another host, so it is an answer like any other."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


def _persistently(request: Callable[[], urllib.request.Request], doing: str, clock: Clock) -> JsonValue:
    """Return the JSON answer, trying again for `PATIENCE` seconds; Unconfirmed if that does not help."""
    until = clock.monotonic() + PATIENCE
    attempt = 0
    while True:
        attempt += 1
        try:
            return _once(request(), doing)
        except _NotNow as error:
            wait = max(error.after, backoff(attempt, clock.chance()))
            if clock.monotonic() + wait > until:
                raise Unconfirmed(f"{doing}: {error}; tried {attempt} times") from error
        clock.sleep(wait)


def _once(request: urllib.request.Request, doing: str) -> JsonValue:
    direct = is_loopback(urlsplit(request.full_url).hostname or "")
    proxies = [urllib.request.ProxyHandler({})] if direct else []
    opener = urllib.request.build_opener(_NoRedirect, *proxies)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_LARGEST + 1)
    except HTTPError as error:
        with error:
            raise _refused(error, doing) from None
    except (URLError, HTTPException, OSError) as error:
        raise _NotNow(str(getattr(error, "reason", "") or error or type(error).__name__)) from error
    return _json(data, doing)


def _json(data: bytes, doing: str) -> JsonValue:
    """Return the answer's strict JSON value; ProtocolError where it is none."""
    try:
        value: JsonValue = parse(data, limit=_LARGEST)
    except ProtocolError as error:
        raise ProtocolError(f"{doing}: the answer is not what the protocol says: {error}") from error
    return value


def _refused(error: HTTPError, doing: str) -> Exception:
    """Return what an error status means: try again, or the refusal in the bot's own words."""
    if error.code >= 500 or error.code == 429:
        after = error.headers.get("Retry-After", "")
        return _NotNow(f"the answer is {error.code}", float(after) if after.isdecimal() else 0.0)
    try:
        refusal = read(Refusal, json.loads(error.read(65_536)))
    except (ValueError, OSError):
        return Unconfirmed(f"{doing}: the answer is {error.code}")
    return Unconfirmed(f"{doing}: {error.code} {refusal.code}: {refusal.why} {refusal.next}")


def _post(url: str, body: Wire, bearer: str) -> urllib.request.Request:
    headers: Mapping[str, str] = {
        "Authorization": f"Bearer {bearer}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    data = canonical(body.to_json())
    return urllib.request.Request(url, data, dict(headers), method="POST")  # noqa: S310 - https, or loopback
