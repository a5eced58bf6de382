"""Everything the flow may use, as one value: GitHub, the store, keys, time and chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.metrics import Metrics
from bot.ports.github import GitHub
from bot.ports.post import Outgoing
from bot.ports.store import Store


class Keys(Protocol):
    """The bot's ring of Ed25519 keys and its secret for session keys; a rotation may fall between two uses."""

    @property
    def private(self) -> Ed25519PrivateKey: ...

    """The active key, which seals packs."""

    @property
    def fingerprint(self) -> str: ...

    """The active key's."""

    @property
    def secrets(self) -> tuple[str, ...]: ...

    """Every secret of the ring, as hex: values that must never stand in an evidence pack (T26)."""

    def sign(self, payload: bytes, payload_type: str) -> tuple[dict[str, Any], tuple[str, ...]]: ...

    """A DSSE envelope with a signature of the active key and of each retiring one, and these keys in base64."""

    def published(self) -> dict[str, object]: ...

    """The public half of the whole ring."""

    def session(self, *parts: str) -> str: ...

    """A session key: HMAC of the parts under a secret, so that it is derived again and stored nowhere."""


@dataclass(frozen=True)
class DoorAnswer:
    """What a waiting door sends back; kept in memory only."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Hands:
    """Everything the flow may use, passed along as one value."""

    github: GitHub
    store: Store
    keys: Keys
    clock: Callable[[], datetime]
    chance: Callable[[], str]
    """32 fresh hex digits"""
    answer: Callable[[int, DoorAnswer], None]
    """tells the door that waits for an inbox row"""
    settings: Mapping[str, str] = field(default_factory=dict)
    """`operations`: name of operations repositories (`millwright-ops`); `url`: the bot's own public URL"""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """values of ours, beside those of the keys, that must never stand in an evidence pack (T26)"""
    linger: timedelta = timedelta(0)
    """how long what only tells how far things are waits for what replaces it"""
    outgoing: Outgoing = field(default_factory=Outgoing)
    """mail and webhooks"""
    metrics: Metrics = field(default_factory=Metrics, repr=False)
