"""One replica as a process of its own: `python -m tests.bench.replica URL NAME PARALLEL LATENCY`.

It prints `ready`, begins to work at a line on its standard input, and ends when that is closed.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bot.domain.case import Case
from bot.domain.effects import Effect, Say
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalsVoid
from bot.engine import Engine
from bot.events.model import Event, IssueChanged
from bot.ports import Hands, Pending
from bot.store.connect import open_database
from tests.bot.standin import KEYS, QUICK, a_flow, hands_for, noted, now
from tests.samples import CASE


def decide(event: Event, *_: Any) -> list[Effect]:
    assert isinstance(event, IssueChanged)
    key = f"reply:{event.issue.number}"
    return [noted(event), Say(key, ApprovalsVoid(CASE, key), to="reply")]


async def main(url: str, name: str, parallel: int, latency: float) -> None:
    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        await asyncio.sleep(latency)  # what GitHub takes to answer
        return [Entry("effect.performed", {"key": pending.key})]

    store = open_database(url, now, name)
    engine = Engine(store, hands_for(store, []), a_flow(decide, perform), QUICK, parallel=parallel)
    if store.others is not None:
        store.others.listen(engine.wake, lambda _row, _answer: None, lambda: KEYS.session("bench"))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    working = asyncio.create_task(engine.run())
    await asyncio.to_thread(sys.stdin.read)
    engine.stop()
    await working
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
