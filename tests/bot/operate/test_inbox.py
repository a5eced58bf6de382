"""`millwright inbox` beside a bot that runs: what was put aside is seen, tried again, or dropped with a reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.__main__ import main
from bot.domain.case import Case
from bot.domain.effects import Effect
from bot.domain.ledger import Entry
from bot.engine import Engine
from bot.errors import GitHubForbidden
from bot.events.model import Event
from bot.ports import Hands, Pending
from bot.store import aside
from bot.store.connect import open_database
from tests.bot.standin import QUICK, House, a_flow, hands_for, noted, now, reacting, webhook

CASE = "case:101:I_1"
SECONDS = 10
"""Within which a running bot takes up what is tried again."""


@dataclass
class Trouble:
    """What goes wrong in the house, until somebody mends it."""

    rows: bool = True
    effects: bool = True
    handled: asyncio.Event = field(default_factory=asyncio.Event)
    performed: asyncio.Event = field(default_factory=asyncio.Event)

    def decide(self, event: Event, *_: Any) -> list[Effect]:
        number = getattr(getattr(event, "issue", None), "number", 0)
        if number == 2 and self.rows:
            raise RuntimeError("unlucky")
        if number == 2:
            self.handled.set()
        return [noted(event), *([reacting("a")] if number == 1 else [])]

    async def perform(self, pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        if self.effects:
            raise GitHubForbidden("Resource not accessible by integration", status=403)
        self.performed.set()
        return []


@dataclass(frozen=True)
class Desk:
    """A running house, what troubles it, and the command line beside it."""

    home: House
    trouble: Trouble
    say: Callable[..., Any]


@asynccontextmanager
async def desk(url: str, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Desk]:
    store, trouble = open_database(url, now, "bot"), Trouble()
    hands = hands_for(store, [])
    engine = Engine(store, hands, a_flow(trouble.decide, trouble.perform), QUICK)
    working = asyncio.create_task(engine.run())

    async def say(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert await asyncio.to_thread(main, ["inbox", *arguments]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    try:
        yield Desk(House(store, hands, engine), trouble, say)
    finally:
        engine.stop()
        await working
        await store.close()


@pytest.fixture(autouse=True)
def environ(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLWRIGHT_DATABASE", database)


async def listed(of: Desk, *more: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await of.say("list", "--json", *more)).splitlines()]


async def in_trouble(of: Desk) -> None:
    await of.home.deliver(webhook("d1"), webhook("d2", node="I_2", number=2))


async def test_what_was_put_aside_is_listed_and_shown_without_its_words(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        assert await at.say("list") == "nothing is put aside\n"
        await in_trouble(at)
        row, effect = await listed(at)
        assert (row["case"], row["kind"], row["delivery"]) == ("case:101:I_2", "issues", "d2")
        assert (row["attempts"], row["error"]) == (QUICK.attempts, "RuntimeError: unlucky")
        assert (effect["case"], effect["kind"], effect["delivery"]) == (CASE, "React", "d1")
        assert "not accessible" in effect["error"]
        assert [line.split()[0] for line in (await at.say("list")).splitlines()] == [row["id"], effect["id"]]
        told = await at.say("show", row["id"])
        assert "unlucky" in told
        assert "A website" not in told, "the issue's title"
        assert "A website" in await at.say("show", row["id"], "--body")


async def test_a_row_that_is_tried_again_is_taken_up_by_the_running_bot(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        row = (await listed(at))[0]["id"]
        at.trouble.rows = False
        assert "tried again within seconds" in await at.say("retry", row)
        async with asyncio.timeout(SECONDS):
            await at.trouble.handled.wait()
        await at.home.settle()
        assert await at.home.types("case:101:I_2") == ["noted"]
        assert "is not put aside" in await at.say("retry", row, code=2)


async def test_an_effect_that_is_tried_again_is_looked_for_and_performed(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        effect = (await listed(at))[1]["id"]
        at.trouble.effects = False
        await at.say("retry", effect)
        async with asyncio.timeout(SECONDS):
            await at.trouble.performed.wait()
        await at.home.settle()
        assert [one["id"] for one in await listed(at) if one["id"].startswith("e")] == []


async def test_what_is_dropped_is_kept_with_its_reason_and_without_its_words(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        ids = [one["id"] for one in await listed(at)]
        await at.say("drop", *ids, "--reason", "the test that sent it is gone")
        assert await listed(at) == []
        dropped = await listed(at, "--dropped")
        assert [(one["id"], one["error"]) for one in dropped] == [
            (i, "the test that sent it is gone") for i in ids
        ]
        found = await at.home.store.census()
        assert (found.parked, found.given_up) == (0, 0)


async def test_of_several_ids_none_is_changed_where_one_is_wrong(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        before = await listed(at)
        for action in (["retry"], ["drop", "--reason", "no use"]):
            assert "r999 is not put aside" in await at.say(*action, before[0]["id"], "r999", code=2)
        assert await listed(at) == before


async def test_what_was_erased_or_is_older_than_what_is_said_now_is_not_tried_again(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        await at.home.store.erase("case:101:I_2", [])
        row, effect = [one["id"] for one in await listed(at)]
        assert "its words were erased" in await at.say("retry", row, code=2)
        at.trouble.effects = False
        await at.home.deliver(webhook("d3"))  # the same reaction is wanted anew, and done
        assert "a newer one says what is so now" in await at.say("retry", effect, code=2)


def test_without_a_database_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/none.db")
    for action in (["list"], ["retry", "r1"]):
        assert main(["inbox", *action]) == 2
        assert "there is no database" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


async def test_two_people_do_not_decide_differently_about_the_same_row(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk(database, capsys) as at:
        await in_trouble(at)
        row = (await listed(at))[0]["id"]
        with aside.beside(database) as first:
            aside.retry(first, row)
            second = asyncio.create_task(at.say("drop", row, "--reason", "no use", code=2))
            while "postgresql" in database and not second.done() and not waits(first):
                await asyncio.sleep(0)
        assert "is not put aside" in await second
        assert await listed(at, "--dropped") == []


def waits(connection: Connection) -> bool:
    """Whether PostgreSQL makes somebody wait for a lock."""
    return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())
