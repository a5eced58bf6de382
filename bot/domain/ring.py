"""The key ring: which keys there are, what each of them may still do, and what a rotation makes of it (pure).

    active ──rotated──> retiring ──retired──> retired ──retired, compromised──> compromised
                            └────────retired, compromised────────────────────────────^

The active key seals packs and signs specs. A retiring key co-signs specs, for workflows that still pin it. Of a
retired or compromised key only the public half is left, so that packs of its time can be judged.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.protocol import dsse

State = Literal["active", "retiring", "retired", "compromised"]


@dataclass(frozen=True)
class Key:
    """One Ed25519 key (RFC 8032); times are UTC in whole seconds, as packs tell theirs."""

    public: bytes
    """the raw 32 bytes"""
    state: State
    since: datetime | None
    """when it became active; None for a key that is older than its ring"""
    until: datetime | None = None
    """when its private half was destroyed"""
    compromised: datetime | None = None
    """when it was marked as one that somebody else may hold"""
    seed: bytes | None = field(default=None, repr=False)
    """the private half, 32 bytes; None once it is destroyed"""

    @property
    def fingerprint(self) -> str:
        """`SHA256:<hex>` of the raw public key."""
        return dsse.fingerprint(self.public)


@dataclass(frozen=True)
class Ring:
    """The keys, newest first, and the secret that session keys are derived from."""

    keys: tuple[Key, ...]
    sessions: bytes = field(repr=False)
    """32 bytes, which a rotation leaves alone: a claim of before it is answered with the same session key"""

    @property
    def active(self) -> Key:
        """The one key that seals."""
        return next(key for key in self.keys if key.state == "active")

    @property
    def signing(self) -> tuple[Key, ...]:
        """The keys that sign specs, the active one first."""
        return (self.active, *(key for key in self.keys if key.state == "retiring"))

    def key(self, fingerprint: str) -> Key:
        """The key of that fingerprint; ValueError where the ring has none."""
        for key in self.keys:
            if key.fingerprint == fingerprint:
                return key
        raise ValueError(f"the ring has no key {fingerprint}; `millwright keys list` shows those it has")


def fresh(seed: bytes, sessions: bytes, now: datetime) -> Ring:
    """A ring of one active key."""
    return Ring((_made(seed, now.astimezone(UTC).replace(microsecond=0)),), sessions)


def of_seed(seed: bytes) -> Ring:
    """The ring that a bare seed stands for: one active key whose age nobody knows."""
    return Ring((_made(seed, None),), hmac.new(seed, b"millwright session keys", hashlib.sha256).digest())


def rotated(ring: Ring, seed: bytes, now: datetime) -> Ring:
    """The ring with a new active key, the former one retiring.

    ValueError where too many keys sign already, or the clock stands before the newest key's time.
    """
    at = _after(ring, now)
    if len(ring.signing) >= dsse.SIGNATURE_LIMIT:
        raise ValueError(f"{len(ring.signing)} keys sign specs already: retire one of them first")
    if any(_public(seed) == key.public for key in ring.keys):
        raise ValueError("the new key is one that the ring already has")
    older = tuple(replace(key, state="retiring") if key.state == "active" else key for key in ring.keys)
    return Ring((_made(seed, at), *older), ring.sessions)


def retired(ring: Ring, fingerprint: str, now: datetime) -> Ring:
    """The ring with that retiring key's private half destroyed; ValueError for a key in any other state."""
    key = ring.key(fingerprint)
    if key.state == "active":
        raise ValueError("this is the active key: `millwright keys rotate` first")
    if key.state != "retiring":
        raise ValueError(f"this key is {key.state} already: its private half is gone")
    return _with(ring, replace(key, state="retired", until=_after(ring, now), seed=None))


def compromised(ring: Ring, fingerprint: str, now: datetime, sessions: bytes) -> Ring:
    """The ring with that key marked as stolen, its private half destroyed, and a new secret for session keys.

    Who had the key may have had the file, so the secret is replaced; sessions that were handed out stay good.
    ValueError for the active key and for one that is marked already.
    """
    key = ring.key(fingerprint)
    if key.state == "active":
        raise ValueError("this is the active key: `millwright keys rotate` first, then mark it")
    if key.state == "compromised":
        raise ValueError("this key is marked as compromised already")
    at = _after(ring, now)
    marked = replace(key, state="compromised", until=key.until or at, compromised=at, seed=None)
    return replace(_with(ring, marked), sessions=sessions)


def _after(ring: Ring, now: datetime) -> datetime:
    """Now, in whole seconds; ValueError where the ring knows of a later time, for then one clock is wrong."""
    at = now.astimezone(UTC).replace(microsecond=0)
    known = [time for key in ring.keys for time in (key.since, key.until, key.compromised) if time]
    if known and at < max(known):
        raise ValueError(
            f"this machine's clock says {at:%Y-%m-%dT%H:%M:%SZ}, which is before the ring's last change"
        )
    return at


def _with(ring: Ring, changed: Key) -> Ring:
    return replace(ring, keys=tuple(changed if key.public == changed.public else key for key in ring.keys))


def _made(seed: bytes, since: datetime | None) -> Key:
    return Key(_public(seed), "active", since, seed=seed)


def _public(seed: bytes) -> bytes:
    return dsse.public_raw(Ed25519PrivateKey.from_private_bytes(seed))
