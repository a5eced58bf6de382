"""ONE EVENT, START TO FINISH: what it means, what is known, what is decided, and all of that stored at once.

::

    row ── meaning ──> event          a webhook, a timer, a claim, a result (pure)
    lines ── fold ───> case           the ledger is the case's state (pure)
    needs ── load ───> knowledge      only the facts this event needs, read now
    decide ──────────> effects        what is to be done, as data (pure)
    commit                            ledger lines, effects, timers and the row's end, whole or not at all

After that the engine performs the effects, each once by its key. A crash before the commit repeats a decision that
nobody saw; a crash after it repeats nothing. Whoever was first wins: `Fenced` means that the case has moved, so it
is folded, loaded and decided again.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.effects import Effect, Record, Tell, Timer
from bot.domain.knowledge import Knowledge, Need
from bot.domain.ledger import Entry, Line, chain
from bot.errors import Fenced
from bot.events.model import Event, Ignored
from bot.events.routing import Route
from bot.events.rows import Arrived, event_of
from bot.ports import Commit, Hands, NewRow, Pending, Row

TRIES = 5
"""How often a decision is made anew when others append to the case at the same time."""


@dataclass(frozen=True)
class Flow:
    """The functions between a row and what is done about it; only `load` and `perform` touch the world."""

    meaning: Callable[[str, Mapping[str, Any]], Event | Ignored]
    route: Callable[[str, Mapping[str, Any]], Route]
    blobs: Callable[[Sequence[Line]], Sequence[str]]
    """digests of the blobs that `fold` will ask for"""
    fold: Callable[[str, Sequence[Line], Callable[[str], bytes | None]], Case | None]
    needs: Callable[[Event, Case | None], Iterable[Need]]
    load: Callable[[Event, Iterable[Need], Case | None, Hands], Awaitable[Knowledge]]
    decide: Callable[[Event, Case | None, Knowledge, datetime], list[Effect]]
    perform: Callable[[Pending, Case, Hands], Awaitable[list[Entry]]]
    fold_on: Callable[[Case, Sequence[Line], Callable[[str], bytes | None]], Case] | None = None
    """`fold`, from a case that was folded before and the lines since; a flow without it folds all each time"""


async def handle(row: Row, hands: Hands, flow: Flow) -> bool:
    """Handle one inbox row of a known case; it is done when this returns. Raises GitHubError, Fenced.

    Returns whether other cases were told something, so that there are rows for them.
    """
    key = row.case or ""
    event = event_of(Arrived(row.source, row.kind, row.body, key), flow.meaning)
    for attempt in range(1, TRIES + 1):
        lines = await hands.store.lines(key)
        effects: list[Effect] = []
        if not isinstance(event, Ignored):
            effects = await decided(event, await case_of(key, lines, hands, flow), hands, flow)
        try:
            await hands.store.commit(_commit(row, key, lines, effects, hands))
        except Fenced:
            if attempt == TRIES:
                raise
        else:
            return any(isinstance(effect, Tell) for effect in effects)
    raise AssertionError("the last try returns or raises")


async def case_of(key: str, lines: Sequence[Line], hands: Hands, flow: Flow) -> Case | None:
    """The case as its ledger tells it, None where nothing has opened it."""
    blobs = {digest: await hands.store.blob(digest) for digest in flow.blobs(lines)}
    return flow.fold(key, lines, blobs.get)


async def decided(event: Event, case: Case | None, hands: Hands, flow: Flow) -> list[Effect]:
    """What is to be done about the event now: nothing is stored, and nothing done. Raises GitHubError."""
    knowledge = await flow.load(event, flow.needs(event, case), case, hands)
    return flow.decide(event, case, knowledge, hands.clock())


def _commit(row: Row, key: str, lines: Sequence[Line], effects: Sequence[Effect], hands: Hands) -> Commit:
    """The decision as one transaction: records become ledger lines, timers become rows that wait."""
    last = lines[-1] if lines else None
    records = [effect for effect in effects if isinstance(effect, Record)]
    return Commit(
        row=row.id,
        case=key,
        after=last.n if last else 0,
        lines=tuple(chain((record.entry for record in records), last, hands.clock())),
        blobs=tuple(blob for record in records for blob in record.blobs),
        effects=tuple(effect for effect in effects if not isinstance(effect, Record | Timer | Tell)),
        linger=hands.linger,
        timers=(
            *(timer_row(key, effect) for effect in effects if isinstance(effect, Timer)),
            *(_told(key, effect) for effect in effects if isinstance(effect, Tell)),
        ),
    )


def timer_row(case: str, timer: Timer) -> NewRow:
    """The row in which a timer of the case waits; a later one of the same key takes its place."""
    body = json.dumps(dict(timer.data)).encode()
    return NewRow("timer", timer.name, f"timer:{case}:{timer.key}", body, case, timer.due, replaces=True)


def _told(case: str, tell: Tell) -> NewRow:
    body = json.dumps({"kind": tell.kind, "data": dict(tell.data)}).encode()
    return NewRow("internal", "told", f"told:{case}:{tell.key}", body, tell.to)
