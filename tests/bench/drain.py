"""How fast queued events are handled, GitHub's own time taken out: with the bot's flow, and with the smallest one.

`python -m tests.bench.drain [EVENTS]` prints the table; `run()` returns the figures for `make bench`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.app import FLOW
from bot.domain.case import Case
from bot.domain.effects import Effect, React
from bot.domain.ledger import Entry, broken_at
from bot.engine import Engine
from bot.events.model import Event, Ignored, IssueChanged
from bot.handle import Flow
from bot.ports import Hands, NewRow, Pending
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bench import webhooks
from tests.bench.at_once import github
from tests.bench.figure import Figure, show
from tests.bot.standin import QUICK, a_flow, hands_for, noted, now

EVENTS, PER_CASE = 10_000, 50
SETTINGS = {"operations": "millwright-ops", "url": "https://bot.example", "sweep": "0"}


@dataclass
class Order:
    """In which order the events of each case were handled, as their meaning was asked for."""

    seen: dict[str, list[int]] = field(default_factory=dict)

    def watching(self, flow: Flow) -> Flow:
        def meaning(kind: str, payload: Mapping[str, Any]) -> Event | Ignored:
            self.seen.setdefault(payload["issue"]["node_id"], []).append(payload["serial"])
            return flow.meaning(kind, payload)

        return replace(flow, meaning=meaning)

    def check(self, rows: list[NewRow]) -> None:
        """Raises AssertionError where one is missing, came twice or came early."""
        wanted: dict[str, list[int]] = {}
        for case, serial in map(webhooks.case_of, rows):
            wanted.setdefault(f"I_{case}", []).append(serial)
        assert self.seen == wanted, "events of a case were not handled once each and in order"


def small() -> Flow:
    """One ledger entry and one effect for each event."""

    def decide(event: Event, *_: Any) -> list[Effect]:
        number = event.issue.number if isinstance(event, IssueChanged) else 0
        return [noted(event), React(f"{number}:{next(serial)}", None, "eyes")]

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        return [Entry("effect.performed", {"key": pending.key})]

    serial = iter(range(10**9))
    return a_flow(decide, perform)


async def drained(store: Database, flow: Flow, rows: list[NewRow]) -> float:
    """Seconds from the engine's start until all rows are handled and all effects performed."""
    await asyncio.gather(*(store.accept(row) for row in rows))
    hands = replace(hands_for(store, [], **SETTINGS), github=github())
    engine = Engine(store, hands, flow, QUICK)
    began = time.perf_counter()
    engine.wake()
    working = asyncio.create_task(engine.run())
    await engine.settle()
    took = time.perf_counter() - began
    engine.stop()
    await working
    assert await engine.parked() == []
    return took


async def measured(flow: Flow, events: int, *, plans: bool) -> tuple[float, Counter[str]]:
    """Events a second, and what the ledger of one case holds; the plans are made before, and do not count."""
    cases = max(1, events // PER_CASE)
    rows = [webhooks.event(1 + n % cases, 1 + n // cases) for n in range(events)]
    with tempfile.TemporaryDirectory() as folder:
        store = open_database(f"sqlite:///{Path(folder) / 'bot.db'}", now, "bench")
        if plans:
            await drained(store, flow, [webhooks.opened(case) for case in range(1, cases + 1)])
        order = Order()
        took = await drained(store, order.watching(flow), rows)
        order.check(rows)
        lines = await store.lines("case:101:I_1")
        assert broken_at(lines) is None
        await store.close()
    return events / took, Counter(line.entry.type for line in lines)


def run(events: int = EVENTS) -> list[Figure]:
    """Events a second."""
    logging.disable(logging.WARNING)
    try:
        little, _ = asyncio.run(measured(small(), events, plans=False))
        rate, kinds = asyncio.run(measured(FLOW, events, plans=True))
    finally:
        logging.disable(logging.NOTSET)
    assert kinds["plan.generated"] == 1, kinds
    print(f"the drain's mix: {webhooks.MIX}; a case's ledger: {dict(kinds)}", file=sys.stderr)
    what = f"drain of {events:,} queued events, SQLite FULL, without GitHub's latency and spacing"
    return [Figure(what, f"{rate:,.0f}/s", f"smallest flow {little:,.0f}/s", "≥ 300/s", rate >= 300)]


if __name__ == "__main__":
    show(run(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
