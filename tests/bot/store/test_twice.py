"""What is over stays over: whoever comes late, or does not know what became of its commit, changes nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import create_engine, select

from bot.domain.ledger import Entry, chain
from bot.ports import Commit
from bot.store.desk import Desk, Next
from bot.store.tables import INBOX
from bot.store.writer import Writer
from tests.bot.standin import now, reacting
from tests.bot.store.case import CASE, decided, opened, row


async def test_a_row_that_another_finished_is_neither_put_aside_nor_tried_again(database: str) -> None:
    store = opened(database)
    number = await store.accept(row("d")) or 0
    assert await store.lease(CASE)
    taken = await store.take(CASE)
    assert taken is not None
    await store.commit(Commit(number, CASE, 0, tuple(chain([Entry("x")], None, now()))))
    await store.retry(taken, now() + timedelta(hours=1), "Fenced: it was finished by another")
    await store.park(taken, "Fenced: it was finished by another")
    assert await store.parked() == []
    left = select(INBOX.c.status, INBOX.c.due, INBOX.c.error).where(INBOX.c.id == number)
    assert tuple(await store.read(lambda c: c.execute(left).one())) == ("done", None, None)
    await store.close()


async def test_an_effect_that_another_performed_is_not_given_up(database: str) -> None:
    store = opened(database)
    await decided(store, "d", reacting("a"))
    [effect] = await store.pending(CASE, now())
    await store.performed(effect, [], "done")
    await store.fail(effect, "Fenced: the ledger has moved")
    assert (await store.census()).given_up == 0
    assert await store.take(CASE) is None, "its case is not told that it failed"
    await store.close()


async def test_why_something_failed_is_kept_whatever_its_words_are(database: str) -> None:
    store = opened(database)
    await decided(store, "d", reacting("a"), reacting("b"))
    first, second = await store.pending(CASE, now())
    why = "ValueError: no name\x00 and half a letter \ud800"
    await store.postpone(first, now(), why)
    await store.fail(second, why)
    [failed] = [await store.take(CASE)]
    assert failed is not None
    await store.retry(failed, now(), why)
    await store.park(failed, why)
    assert "half a letter" in (await store.parked())[0].error
    await store.close()


async def test_a_line_that_was_read_before_it_was_told_is_there_once(sqlite_url: str) -> None:
    store = opened(sqlite_url)
    await decided(store, "d", entries=3)
    lines = await store.lines(CASE)
    writer = Writer(create_engine(sqlite_url), store.metrics)
    desk = Desk(CASE, writer, now, Next(None, None))
    desk.lines = list(lines)
    desk.appended(lines[2:])
    assert list(desk.lines) == lines
    desk.lines = lines[:1]
    desk.appended(lines[2:])
    assert not desk.lines, "they are read anew"
    await writer.close()
    await store.close()
