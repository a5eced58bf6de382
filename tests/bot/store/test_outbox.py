"""The outbox: what waits, in which order, and what replaces what."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.effects import Answer, CloseIssue, Say, SetLabels
from bot.domain.ledger import Entry, chain
from tests.bot.standin import now, reacting
from tests.bot.store.case import CASE, decided, opened
from tests.samples import MESSAGES


async def test_a_waiting_effect_of_the_same_key_is_superseded_by_a_newer_one(database: str) -> None:
    store = opened(database)
    await decided(store, "d1", Say("reply:1", MESSAGES[0], "reply"), reacting("a"))
    await decided(store, "d2", Say("reply:1", MESSAGES[1], "reply"))
    pending = await store.pending(CASE, now())
    assert [found.key for found in pending] == ["a", "reply:1"]
    assert isinstance(pending[1].effect, Say)
    assert pending[1].effect.message == MESSAGES[1]
    await store.close()


async def test_two_requests_are_answered_each_on_its_own_row(database: str) -> None:
    store = opened(database)
    rows = [await decided(store, delivery, Answer("answer", 200, {})) for delivery in ("d1", "d2")]
    assert [found.row for found in await store.pending(CASE, now())] == rows
    await store.close()


async def test_an_effect_superseded_under_way_has_still_happened(database: str) -> None:
    store = opened(database)
    await decided(store, "d1", Say("s:1", MESSAGES[0]))
    [under_way] = await store.pending(CASE, now())
    await decided(store, "d2", Say("s:2", MESSAGES[0]))
    lines = await store.lines(CASE)
    await store.performed(under_way, chain([Entry("effect.performed")], lines[-1], now()), "done")
    assert [line.entry.type for line in await store.lines(CASE)] == ["x", "x", "effect.performed"]
    assert [found.key for found in await store.pending(CASE, now())] == ["s:2"]
    await store.close()


async def test_a_postponed_effect_ends_the_list_until_its_time(database: str) -> None:
    store = opened(database)
    await decided(store, "d1", reacting("a"), reacting("b"))
    first = (await store.pending(CASE, now()))[0]
    later = now() + timedelta(hours=1)
    await store.begin(first)
    await store.postpone(first, later, "busy")
    assert await store.pending(CASE, now()) == []
    assert await store.ready(now(), 10) == []
    assert await store.next_due(now()) == later
    assert [found.key for found in await store.pending(CASE, later)] == ["a", "b"]
    await store.close()


async def test_what_tells_only_how_far_things_are_waits_for_what_replaces_it_and_holds_nothing_up(
    database: str,
) -> None:
    store = opened(database)
    linger = timedelta(seconds=15)
    firsts = (Say("s:1", MESSAGES[0], lingers=True), Say("s:1b", MESSAGES[0], lingers=True))
    await decided(store, "d1", *firsts, linger=linger)
    assert [one.key for one in await store.pending(CASE, now())] == ["s:1"], "the first word never lingers"
    await store.performed((await store.pending(CASE, now()))[0], [], "done")

    await decided(
        store,
        "d2",
        Say("s:2", MESSAGES[0], lingers=True),
        SetLabels("l:1", "executing", lingers=True),
        linger=linger,
    )
    assert await store.pending(CASE, now()) == []
    assert await store.ready(now(), 10) == []
    first = await store.next_due(now())
    assert first is not None
    assert first > now()
    await decided(store, "d3", Say("s:3", MESSAGES[0], lingers=True), reacting("a"), linger=linger)
    assert [one.key for one in await store.pending(CASE, now())] == ["a"]
    assert await store.ready(now(), 10) == [CASE]
    late = first + linger
    assert [one.key for one in await store.pending(CASE, late)] == ["l:1", "s:3", "a"], (
        "no news puts it off for ever"
    )

    await decided(store, "d4", Say("s:4", MESSAGES[0]), CloseIssue("c", "completed", "completed"), linger=linger)
    assert [one.key for one in await store.pending(CASE, now())] == ["a", "s:4", "c"], (
        "the label goes with the end"
    )
    await store.close()


async def test_the_first_word_keeps_its_place_at_the_front(database: str) -> None:
    store = opened(database)
    await decided(store, "d1", Say("s:1", MESSAGES[0]), reacting("a"), Say("s:2", MESSAGES[0]))
    await decided(store, "d2", Say("s:3", MESSAGES[0]))
    pending = await store.pending(CASE, now())
    assert [found.key for found in pending] == ["s:1", "a", "s:3"], "people wait for the first word"
    lines = await store.lines(CASE)
    await store.performed(pending[0], chain([Entry("effect.performed")], lines[-1], now()), "done")
    await decided(store, "d3", Say("s:4", MESSAGES[0]))
    assert [found.key for found in await store.pending(CASE, now())] == ["a", "s:4"], (
        "then only the newest matters"
    )
    await store.close()
