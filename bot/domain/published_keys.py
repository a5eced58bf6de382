"""`/.well-known/millwright-keys.json`: what the world may know of the ring, and what it says of a pack (pure)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.ring import Key, Ring, State
from executors.errors import ProtocolError
from executors.protocol import dsse
from executors.protocol.canonical import parse
from executors.protocol.wire import Wire, read

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class PublishedKey(Wire):
    """One key, public half only; times are RFC 3339 in UTC, null where there is none."""

    keyid: str
    algorithm: Literal["ed25519"]
    public_key: str
    state: State
    since: Annotated[Time | None, Field(alias="from")]
    until: Time | None
    compromised: Time | None


class PublishedKeys(Wire):
    """The whole file, the newest key first."""

    keys: Annotated[tuple[PublishedKey, ...], Field(min_length=1, max_length=1_000)]


@dataclass(frozen=True)
class Judgement:
    """What published keys say of a pack's signature."""

    verdict: Literal["authentic", "refused", "compromised"]
    words: str


def published(ring: Ring) -> dict[str, object]:
    """The public half of the ring as JSON values."""
    return {"keys": [public_json(key) for key in ring.keys]}


def public_json(key: Key) -> dict[str, object]:
    """The public half of one key."""
    return {
        "keyid": key.fingerprint,
        "algorithm": "ed25519",
        "public_key": base64.b64encode(key.public).decode(),
        "state": key.state,
        "from": told(key.since),
        "until": told(key.until),
        "compromised": told(key.compromised),
    }


def read_published(data: bytes) -> PublishedKeys:
    """The file as it was saved; ProtocolError where it is none or one of its keys is not what it says."""
    found = read(PublishedKeys, parse(data))
    for key in found.keys:
        if dsse.fingerprint(dsse.raw_of(key.public_key)) != key.keyid:
            raise ProtocolError(f"the key {key.keyid[:80]} is not the one that its name says")
        if (key.state == "compromised") != (key.compromised is not None):
            raise ProtocolError(f"the key {key.keyid} is {key.state}, and its date of compromise says otherwise")
        for text in (key.since, key.until, key.compromised):
            time(text)
    if len({key.keyid for key in found.keys}) != len(found.keys):
        raise ProtocolError("a key stands there twice")
    if [key.state for key in found.keys].count("active") != 1:
        raise ProtocolError("wants exactly one active key")
    return found


def judge(keys: PublishedKeys, signer: str, sealed: str) -> Judgement:
    """What the keys say of a pack that `signer` (a fingerprint) sealed at the time that the pack tells."""
    key = next((key for key in keys.keys if key.keyid == signer), None)
    if key is None:
        return Judgement("refused", f"signed by {signer}, which is none of the published keys")
    if key.state == "compromised":
        # The pack tells its own date, and whoever holds the key can tell any.
        words = f"marked as compromised on {key.compromised}: somebody else can seal with it, at any date"
        return Judgement("compromised", words)
    try:
        at = time(sealed)
    except ProtocolError:
        return Judgement("refused", "the pack does not say when it was sealed")
    since, until = time(key.since), time(key.until)
    if at is None or (since and at < since) or (until and at > until):
        return Judgement("refused", f"sealed at {sealed}, outside of its key's time ({span(key)})")
    return Judgement("authentic", f"{key.state}, {span(key)}")


def span(key: PublishedKey) -> str:
    """The key's time in words."""
    since = f"from {key.since}" if key.since else "from the beginning"
    return f"{since} until {key.until}" if key.until else since


def told(at: datetime | None) -> str | None:
    """The time as it is published."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time(text: str | None) -> datetime | None:
    """The time that a text tells; ProtocolError where it tells none."""
    if text is None:
        return None
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ProtocolError(f"{text[:40]!r} is no time such as 2026-01-31T09:00:00Z") from None
