"""The engine and its effects: in order, each once, the newest only, doors first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.case import Case
from bot.domain.effects import Answer, Dispatch, Effect, Say, SetLabels
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry, Line, broken_at
from bot.errors import GitHubBusy, GitHubForbidden
from bot.events.model import EffectFailed, Event, IssueChanged
from bot.ports import DoorAnswer, Hands, Pending
from tests.bot.standin import QUICK, a_flow, house, noted, reacting, webhook
from tests.samples import CASE, MESSAGES, PLAN

CASE_1 = "case:101:I_1"


async def test_effects_are_performed_in_order_and_their_results_recorded(database: str) -> None:
    seen: list[str] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        seen.append(pending.key)
        return [Entry("effect.performed", {"key": pending.key}, alias=f"made:{pending.key}")]

    effects = [reacting("a"), reacting("b"), Dispatch("c", "leg", "execute", "0" * 32, PLAN), reacting("d")]
    flow = a_flow(lambda event, case, knowledge, at: [noted(event), *effects], perform)
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"))
        assert seen == ["a", "b", "c", "d"]
        assert await home.types() == ["noted", *["effect.performed"] * 4]
        assert await home.store.find("made:c") == CASE_1
        assert broken_at(await home.store.lines(CASE_1)) is None


async def test_an_effect_of_a_key_that_was_performed_is_not_performed_again(database: str) -> None:
    seen: list[str] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        seen.append(pending.key)
        return []

    flow = a_flow(lambda event, case, knowledge, at: [noted(event), reacting("once")], perform)
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"))
        await home.deliver(webhook("d2"))
        assert seen == ["once"]


async def test_only_the_newest_sticky_comment_and_labels_are_written(database: str) -> None:
    seen: list[str] = []
    going = asyncio.Event()

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        seen.append(pending.key)
        await going.wait()
        return []

    def decide(event: Event, *_: Any) -> list[Effect]:
        assert isinstance(event, IssueChanged)
        n = event.issue.number
        return [noted(event), Say(f"sticky:{n}", MESSAGES[0]), SetLabels(f"labels:{n}", "draft")]

    async with house(database, a_flow(decide, perform)) as home:
        for n in range(1, 6):
            await home.store.accept(webhook(f"d{n}", number=n))
        home.engine.wake()
        while len(await home.types()) < 5:  # all five decided while the first comment is under way
            await asyncio.sleep(0)
        going.set()
        await home.settle()
        assert seen[-2:] == ["sticky:5", "labels:5"]
        assert len(seen) <= 4


async def test_a_busy_github_postpones_the_effect_and_what_stands_behind_it(database: str) -> None:
    seen: list[str] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        seen.append(f"{pending.key}{pending.attempts}")
        if len(seen) < 3:
            raise GitHubBusy("secondary limit", status=403, retry_after=0.01)
        return []

    flow = a_flow(lambda event, case, knowledge, at: [noted(event), reacting("a"), reacting("b")], perform)
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"))
        assert seen == ["a0", "a1", "a2", "b0"]


async def test_t45_hours_of_refusals_are_no_failed_attempts(database: str) -> None:
    seen: list[str] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        seen.append(pending.key)
        if len(seen) < 40:
            raise GitHubBusy("secondary limit", status=403, retry_after=0.001)
        if len(seen) < 40 + QUICK.attempts - 1:
            raise RuntimeError("a mistake of ours")
        return [Entry("done")]

    flow = a_flow(lambda event, case, knowledge, at: [noted(event), reacting("a")], perform)
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"))
        assert await home.types() == ["noted", "done"]
    assert len(seen) == 40 + QUICK.attempts - 1


async def test_an_effect_that_github_forbids_is_given_up_and_its_case_is_told(database: str) -> None:
    failed: list[EffectFailed] = []

    def decide(event: Event, *_: Any) -> list[Effect]:
        if isinstance(event, EffectFailed):
            failed.append(event)
            return [noted(event)]
        return [noted(event), reacting("a"), reacting("b")]

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        if pending.key == "a":
            raise GitHubForbidden("Resource not accessible by integration", status=403)
        return [Entry("done.b")]

    async with house(database, a_flow(decide, perform)) as home:
        await home.deliver(webhook("d1"))
        assert sorted(await home.types()) == ["done.b", "noted", "noted"]
    [event] = failed
    assert (event.case, event.effect, event.key) == (CASE_1, "React", "a")
    assert "not accessible" in event.why


async def test_a_waiting_door_is_answered_before_slow_effects_and_after_the_ledger_knows(database: str) -> None:
    free = asyncio.Event()
    known: list[str | None] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        if isinstance(pending.effect, Answer):
            hands.answer(pending.row, DoorAnswer(200, {}))
            return [Entry("answered", alias=f"session:{pending.row}")]
        await free.wait()
        return []

    flow = a_flow(
        lambda event, case, knowledge, at: [noted(event), SetLabels("l", "x"), Answer("same key", 200, {})],
        perform,
    )
    async with house(database, flow) as home:
        for delivery in ("d1", "d2"):
            await home.store.accept(webhook(delivery))
        home.engine.wake()
        async with asyncio.timeout(10):
            while len(home.answers) < 2:  # although the labels are not through
                await asyncio.sleep(0)
        known += [await home.store.find(f"session:{row}") for row, _ in home.answers]
        free.set()
        await home.settle()
    assert len({row for row, _ in home.answers}) == 2
    assert known == [CASE_1, CASE_1]


async def test_stopping_finishes_what_is_in_hand_and_the_next_process_goes_on(database: str) -> None:
    started = asyncio.Event()
    seen: list[str] = []

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        started.set()
        await asyncio.sleep(0)
        seen.append(pending.key)
        return [Entry("effect.performed", {"key": pending.key})]

    effects = [Dispatch(f"e{n}", "leg", "execute", "0" * 32, PLAN) for n in range(3)]
    flow = a_flow(lambda event, case, knowledge, at: [noted(event), *effects], perform)
    async with house(database, flow) as home:
        await home.store.accept(webhook("d1"))
        home.engine.wake()
        await started.wait()
    assert seen == ["e0"]
    async with house(database, flow) as home:
        await home.settle()
        assert seen == ["e0", "e1", "e2"]
        assert await home.types() == ["noted", *["effect.performed"] * 3]


async def test_the_first_word_of_a_case_is_said_before_its_next_row_is_handled(database: str) -> None:
    spoken, rows = asyncio.Event(), 0

    async def load(event: Event, needs: object, case: Case | None, hands: Hands) -> Knowledge:
        nonlocal rows
        rows += 1
        if rows == 2:
            async with asyncio.timeout(5):
                await spoken.wait()  # GitHub is asked a lot here, while people wait for an answer
        return Knowledge(case=case)

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        spoken.set()
        return []

    def silent(key: str, lines: Sequence[Line], _blob: object) -> Case | None:
        return replace(CASE, key=key, last=len(lines), made={}) if lines else None

    word = Say("s:1", MESSAGES[0])
    flow = a_flow(lambda event, case, knowledge, at: [noted(event), *([] if case else [word])], perform)
    async with house(database, replace(flow, load=load, fold=silent)) as home:
        await home.deliver(webhook("d1"), webhook("d2"))
        assert rows == 2, "the second row was tried once"
        assert await home.types() == ["noted", "noted"]
