"""The engine and its rows: those of a case in order, cases in parallel, trouble contained."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

from bot.domain.case import Case
from bot.domain.effects import Effect, Record, Timer
from bot.domain.ledger import Entry, broken_at
from bot.errors import GitHubBusy
from bot.events.model import Event, IssueChanged, TimerDue
from bot.ports import Hands, NewRow, Pending
from tests.bot.standin import a_flow, house, noted, now, reacting, webhook

CASE_1 = "case:101:I_1"


async def test_an_issue_event_reaches_its_case_and_is_recorded(database: str) -> None:
    flow = a_flow(lambda event, case, knowledge, at: [noted(event)])
    async with house(database, flow) as home:
        await home.deliver(webhook("d1"), webhook("d2", node="I_2"))
        assert await home.types(CASE_1) == ["noted"]
        assert await home.types("case:101:I_2") == ["noted"]


async def test_a_replayed_delivery_is_handled_once_however_often_it_comes(database: str) -> None:
    flow = a_flow(lambda event, case, knowledge, at: [noted(event)])
    async with house(database, flow) as home:
        ids = await asyncio.gather(*(home.store.accept(webhook("same")) for _ in range(1_000)))
        await home.settle()
        assert len([row for row in ids if row is not None]) == 1
        assert await home.types() == ["noted"]


async def test_rows_of_one_case_are_handled_in_the_order_they_came(database: str) -> None:
    def decide(event: Event, *_: Any) -> list[Effect]:
        assert isinstance(event, IssueChanged)
        return [Record(Entry("seen", {"number": event.issue.number}))]

    async with house(database, a_flow(decide)) as home:
        await home.deliver(*(webhook(f"d{n}", number=n) for n in range(1, 41)))
        lines = await home.store.lines(CASE_1)
        assert [line.entry.data["number"] for line in lines] == list(range(1, 41))
        assert broken_at(lines) is None


async def test_cases_are_worked_on_in_parallel(database: str) -> None:
    meeting = asyncio.Barrier(4)

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        await asyncio.wait_for(meeting.wait(), 10)  # only when four cases are at it at once
        return []

    flow = a_flow(lambda event, case, knowledge, at: [noted(event), reacting("r")], perform)
    async with house(database, flow, parallel=4) as home:
        await home.deliver(*(webhook(f"d{n}", node=f"I_{n}") for n in range(4)))
        assert await home.engine.parked() == []
        assert await home.store.pending("case:101:I_0", now()) == []


async def test_a_row_that_always_fails_is_parked_and_blocks_nobody(database: str) -> None:
    def decide(event: Event, *_: Any) -> list[Effect]:
        assert isinstance(event, IssueChanged)
        if event.issue.number == 13:
            raise RuntimeError("unlucky")
        return [Record(Entry("seen", {"number": event.issue.number}))]

    async with house(database, a_flow(decide)) as home:
        await home.deliver(webhook("bad", number=13), webhook("good", number=14), webhook("else", node="I_2"))
        [parked] = await home.engine.parked()
        assert (parked.delivery, parked.attempts) == ("bad", 5)
        assert "unlucky" in parked.error
        assert [line.entry.data["number"] for line in await home.store.lines(CASE_1)] == [14]
        assert await home.types("case:101:I_2") == ["seen"]


async def test_github_being_busy_while_loading_does_not_count_against_a_row(database: str) -> None:
    tries: list[int] = []

    def decide(event: Event, *_: Any) -> list[Effect]:
        tries.append(1)
        if len(tries) < 9:
            raise GitHubBusy("slow down", status=429, retry_after=0.001)
        return [noted(event)]

    async with house(database, a_flow(decide)) as home:
        await home.deliver(webhook("d1"))
        assert await home.types() == ["noted"]
        assert await home.engine.parked() == []


async def test_a_timer_fires_once_and_a_later_one_of_its_key_replaces_it(database: str) -> None:
    fired: list[dict[str, Any]] = []

    def decide(event: Event, *_: Any) -> list[Effect]:
        if isinstance(event, TimerDue):
            fired.append(event.data)
            again = [Timer("t", "look", now(), {"n": 3})] if event.data["n"] == 2 else []
            return [noted(event), *again]
        assert isinstance(event, IssueChanged)
        n = event.issue.number
        due = now() + (timedelta(hours=1) if n == 1 else timedelta(0))
        return [noted(event), Timer("t", "look", due, {"n": n})]

    async with house(database, a_flow(decide)) as home:
        await home.deliver(webhook("d1", number=1))
        assert fired == []
        await home.deliver(webhook("d2", number=2))
        assert fired == [{"n": 2}, {"n": 3}]


async def test_bytes_that_are_no_json_end_as_ignored_and_nothing_stops(database: str) -> None:
    bodies = [b"", b"\xff", b"[]", b"[" * 200_000, b'{"action": 1}', b'{"repository": {"id": "x"}}', b"null"]
    flow = a_flow(lambda event, case, knowledge, at: [noted(event)])
    async with house(database, flow) as home:
        await home.deliver(*(NewRow("github", "issues", f"x{n}", body) for n, body in enumerate(bodies)))
        await home.deliver(webhook("good"))
        assert await home.types() == ["noted"]
        assert await home.engine.parked() == []
        assert await home.store.unrouted(10) == []


async def test_a_comment_on_the_plan_pull_request_finds_the_case_by_its_alias(database: str) -> None:
    def decide(event: Event, *_: Any) -> list[Effect]:
        return [Record(Entry(type(event).__name__, alias="pull:101:9"))]

    async with house(database, a_flow(decide)) as home:
        await home.deliver(webhook("d1"))
        body = json.loads(webhook("x", number=9).body)
        body["issue"]["pull_request"] = {"url": "x"}
        body["comment"] = {"id": 4, "body": "/status", "user": body["sender"]}
        body["action"] = "created"
        await home.deliver(NewRow("github", "issue_comment", "d2", json.dumps(body).encode()))
        assert await home.types() == ["IssueChanged", "CommentCreated"]
