"""What goes wrong late: the ledger does not take what was done, the case has become another's."""

from __future__ import annotations

import asyncio

from bot.domain.case import Case
from bot.domain.effects import Answer
from bot.domain.ledger import Entry
from bot.engine.worker import Worker
from bot.ports import DoorAnswer, Hands, Pending
from tests.bot.standin import QUICK, a_flow, hands_for, house, noted, reacting, webhook
from tests.bot.store.case import CASE, decided, opened


async def test_a_door_hears_nothing_that_the_ledger_did_not_take(database: str) -> None:
    tries = 0

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        nonlocal tries
        tries += 1
        hands.answer(pending.row, DoorAnswer(200, {"session": "of nobody"}))
        return [Entry("answered", alias="session:\ud800")]  # no database takes half a letter

    word = Answer("key", 200, {})
    flow = a_flow(lambda event, case, knowledge, at: [noted(event), *([] if case else [word])], perform)
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"))
        assert tries == QUICK.attempts
        assert home.answers == []


async def test_a_worker_whose_case_is_anothers_lets_go_of_what_is_under_way(database: str) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        begun.set()
        try:
            await asyncio.Event().wait()  # its turn to write, a minute away
        finally:
            ended.set()
        return []

    store = opened(database)
    await decided(store, "d", reacting("a"))
    assert await store.lease(CASE)
    worker = Worker(CASE, store, hands_for(store, []), a_flow(lambda *_: [], perform), QUICK)
    working = asyncio.create_task(worker.run(lambda: False))
    async with asyncio.timeout(10):
        await begun.wait()
        while worker.more.is_set():
            await asyncio.sleep(0)
        worker.more.set()
        while worker.more.is_set():  # it waits for news again, with the effect under way
            await asyncio.sleep(0)
    working.cancel()
    done, _ = await asyncio.wait({working}, timeout=2)
    let_go = ended.is_set()
    working.cancel()
    await asyncio.wait({working})
    assert done
    assert let_go
    await store.close()
