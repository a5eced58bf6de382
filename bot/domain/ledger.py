"""The ledger: an append-only, hash-chained record of a case. It *is* the case's state.

A line is the canonical JSON of {n, prev, type, actor, at, reason, data}; `prev` is the SHA-256 of the stored
bytes of the line before it, sixty-four zeros for the first. Lines hold digests of large or personal things; those
live in blobs that can be erased without breaking the chain (T52).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.domain.people import NOBODY, Actor
from executors.errors import ProtocolError
from executors.protocol.canonical import canonical, parse

GENESIS = "0" * 64
"""`prev` of a case's first line."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened, before it has its place in the chain; `alias` finds the case again (`run:42`)."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    actor: Actor = NOBODY
    reason: str = ""
    alias: str | None = None


@dataclass(frozen=True)
class Line:
    """An entry in its place; `raw` is what is stored and hashed."""

    n: int
    at: str
    entry: Entry
    raw: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the stored bytes, 64 hex."""
        return hashlib.sha256(self.raw).hexdigest()


def stamp(now: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain(entries: Iterable[Entry], last: Line | None, now: datetime) -> list[Line]:
    """The entries as lines that follow `last`."""
    lines: list[Line] = []
    for entry in entries:
        prev = lines[-1] if lines else last
        n = prev.n + 1 if prev else 1
        raw = canonical(
            {
                "n": n,
                "prev": prev.hash if prev else GENESIS,
                "type": entry.type,
                "actor": {"id": entry.actor.id, "login": entry.actor.login, "kind": entry.actor.kind},
                "at": stamp(now),
                "reason": entry.reason,
                "data": entry.data,
            }
        )
        lines.append(Line(n, stamp(now), entry, raw))
    return lines


def read_line(raw: bytes, alias: str | None = None) -> Line:
    """A stored line; raises ProtocolError when it is not one."""
    try:
        value: Any = parse(raw)
        actor = Actor(value["actor"]["id"], value["actor"]["login"], value["actor"]["kind"])
        entry = Entry(value["type"], value["data"], actor, value["reason"], alias)
        return Line(value["n"], value["at"], entry, raw)
    except (KeyError, TypeError) as error:
        raise ProtocolError(f"not a ledger line: {error}") from None


def broken_at(lines: Iterable[Line]) -> int | None:
    """The number of the first line whose `prev` or number is wrong, None for an intact chain."""
    prev = GENESIS
    for n, line in enumerate(lines, start=1):
        stored: Any = parse(line.raw)
        if line.n != n or stored["n"] != n or stored["prev"] != prev:
            return n
        prev = line.hash
    return None
