"""A leased case: what is next is counted before it is begun, given back if it is not, never believed too long."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.domain.ledger import Entry, chain
from bot.errors import Fenced
from bot.ports import Commit
from bot.store.database import Database
from bot.store.tables import INBOX, LEASES, OUTBOX
from tests.bot.standin import now, reacting
from tests.bot.store.case import CASE, decided, opened, row


async def attempts(store: Database, table: str, number: int) -> int:
    """How many are counted on the disk."""
    of = INBOX if table == "inbox" else OUTBOX
    found: int = await store.read(lambda c: c.execute(select(of.c.attempts).where(of.c.id == number)).scalar_one())
    return found


async def finished(store: Database, number: int, *effects: object) -> None:
    """Commit a decision about the row."""
    lines = await store.lines(CASE)
    new = chain([Entry("x")], lines[-1] if lines else None, now())
    await store.commit(Commit(number, CASE, len(lines), tuple(new), (), effects))  # type: ignore[arg-type]


async def test_a_row_is_counted_on_the_disk_before_it_is_handed_out(database: str) -> None:
    store = opened(database)
    first, second = [await store.accept(row(f"d{n}")) or 0 for n in range(2)]
    assert await store.lease(CASE)
    assert await attempts(store, "inbox", first) == 1
    taken = await store.take(CASE)
    assert taken is not None
    assert (taken.id, taken.attempts) == (first, 1)
    assert await attempts(store, "inbox", second) == 0, "it is not its turn"
    await finished(store, first)
    assert await attempts(store, "inbox", second) == 1
    after = await store.take(CASE)
    assert after is not None
    assert (after.id, after.attempts) == (second, 1)
    await store.close()


async def test_a_row_whose_worker_stops_before_it_is_given_back_uncounted(database: str) -> None:
    store = opened(database)
    first, second = [await store.accept(row(f"d{n}")) or 0 for n in range(2)]
    assert await store.lease(CASE)
    await store.take(CASE)
    await finished(store, first)
    await store.release(CASE)
    assert await attempts(store, "inbox", second) == 0
    await store.close()


async def test_an_effect_that_is_next_is_begun_with_the_decision_and_looked_for_after_a_crash(
    database: str,
) -> None:
    store = opened(database)
    number = await store.accept(row("d")) or 0
    assert await store.lease(CASE)
    await store.take(CASE)
    await finished(store, number, reacting("a"))
    effect = await store.effect(CASE)
    assert effect is not None
    assert effect.attempts == 0, "nothing is to be looked for: it was never tried"
    assert await attempts(store, "outbox", effect.id) == 1
    await store.begin(effect)
    assert await attempts(store, "outbox", effect.id) == 1, "that attempt is counted already"
    await store.close()
    store = opened(database)
    assert await store.lease(CASE)
    again = await store.effect(CASE)
    assert again is not None
    assert again.attempts == 1
    await store.close()


async def test_an_effect_behind_a_row_is_not_begun(database: str) -> None:
    store = opened(database)
    first, second = [await store.accept(row(f"d{n}")) or 0 for n in range(2)]
    assert await store.lease(CASE)
    await store.take(CASE)
    await finished(store, first, reacting("a"))
    effect = await store.effect(CASE)
    assert effect is not None
    assert await attempts(store, "outbox", effect.id) == 0
    assert (await store.take(CASE) or effect).id == second
    await store.close()


async def test_an_effect_that_was_begun_and_not_tried_is_given_back_uncounted(database: str) -> None:
    store = opened(database)
    await decided(store, "d", reacting("a"))
    assert await store.lease(CASE)
    effect = await store.effect(CASE)
    assert effect is not None
    assert await attempts(store, "outbox", effect.id) == 1
    await store.release(CASE)
    assert await attempts(store, "outbox", effect.id) == 0
    await store.close()


async def test_an_effect_that_is_put_off_is_tried_again_with_its_attempt_counted(database: str) -> None:
    store = opened(database)
    await decided(store, "d", reacting("a"))
    assert await store.lease(CASE)
    effect = await store.effect(CASE)
    assert effect is not None
    await store.begin(effect)
    await store.postpone(effect, now(), "busy")
    again = await store.effect(CASE)
    assert again is not None
    assert (again.id, again.attempts) == (effect.id, 1)
    assert await attempts(store, "outbox", effect.id) == 2
    await store.close()


async def test_a_row_that_comes_while_the_worker_thinks_there_is_none_is_found_when_it_is_told(
    database: str,
) -> None:
    store = opened(database)
    assert await store.lease(CASE)
    number = await store.accept(row("d"))
    assert await store.take(CASE) is None
    assert await store.ready(now(), 10) == [CASE]
    taken = await store.take(CASE, is_news=True)
    assert taken is not None
    assert taken.id == number
    assert await store.ready(now(), 10) == [], "it is in hand"
    await store.close()


async def test_a_line_that_another_process_wrote_fences_the_worker_and_is_read(postgres_url: str) -> None:
    ours, theirs = opened(postgres_url), opened(postgres_url, "other")
    number = await ours.accept(row("d")) or 0
    assert await ours.lease(CASE)
    await ours.take(CASE)
    assert await ours.lines(CASE) == []
    await decided(theirs, "e")
    with pytest.raises(Fenced):
        await finished(ours, number)
    assert len(await ours.lines(CASE)) == 1
    await finished(ours, number)
    assert len(await theirs.lines(CASE)) == 2
    await ours.close()
    await theirs.close()


async def test_who_stood_still_until_the_case_was_anothers_has_nothing_next_there(postgres_url: str) -> None:
    ours, theirs = opened(postgres_url), opened(postgres_url, "other")
    await decided(ours, "d", reacting("a"), reacting("b"))
    assert await ours.lease(CASE)
    effect = await ours.effect(CASE)
    assert effect is not None
    await ours.begin(effect)
    await ours.alone(lambda c: c.execute(update(LEASES).values(until=0)))  # nobody renewed it
    assert await theirs.lease(CASE)
    await ours.performed(effect, [], "done")
    assert await ours.effect(CASE) is None, "the other may be at the second one"
    assert await ours.take(CASE) is None
    await ours.release(CASE)
    after = await theirs.effect(CASE)
    assert after is not None
    await theirs.performed(after, [], "done")
    assert await theirs.lease(CASE), "what is another's is not given back"
    await ours.close()
    await theirs.close()
