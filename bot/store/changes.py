"""Changes that touch several tables at once: each is one transaction's work, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.ledger import Line
from bot.errors import Fenced
from bot.ports import Commit, NewRow, Pending
from bot.store import inbox, ledger, outbox
from bot.store.inbox import Accepted


def decided(connection: Connection, commit: Commit, now: datetime) -> None:
    """Ledger lines, blobs, effects, timers and the row's end; raises Fenced."""
    if not inbox.finish(connection, commit.row):
        raise Fenced(f"committing row {commit.row} of {commit.case}: it was finished by another")
    ledger.append(connection, commit.case, commit.after, commit.lines)
    ledger.keep(connection, commit.blobs)
    outbox.add(connection, commit, now)
    for timer in commit.timers:
        inbox.accept(connection, [Accepted(timer, now)])


def performed(
    connection: Connection, effect: Pending, lines: Sequence[Line], result: str, blobs: Sequence[bytes]
) -> Sequence[Line]:
    """The effect's end and what it brought; the appended lines. Raises Fenced when the ledger has moved."""
    if not (outbox.finish(connection, effect.id, result) and lines):
        return ()
    ledger.append(connection, effect.case, lines[0].n - 1, lines)
    ledger.keep(connection, blobs)
    return lines


def given_up(connection: Connection, effect: Pending, why: str, now: datetime) -> None:
    """The effect's end without having happened, and a row that tells its case so."""
    if not outbox.fail(connection, effect.id, why):
        return
    body = json.dumps({"effect": type(effect.effect).__name__, "key": effect.key, "why": why}).encode()
    row = NewRow("internal", "effect_failed", f"effect_failed:{effect.id}", body, effect.case)
    inbox.accept(connection, [Accepted(row, now)])


def erased(
    connection: Connection, case: str, digests: Sequence[str], named: frozenset[str], last: int
) -> tuple[str, ...]:
    """The blobs that are gone now: all but those that other cases named up to row `last`, or name since."""
    late, _ = ledger.named_elsewhere(connection, case, digests, last)
    gone = tuple(digest for digest in digests if digest not in named | late)
    ledger.erase(connection, gone)
    inbox.forget(connection, case)
    outbox.forget(connection, case)
    return gone
