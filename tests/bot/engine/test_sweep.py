"""T18: the sweep through the real store, engine, door and adapter, against a GitHub whose clock the test sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import decide as deciding
from bot.adapters.github.pacing import Pacing
from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import AppIdentity, Session
from bot.decide import sweep
from bot.domain.case import Case
from bot.domain.deliveries import APP, AT_ONCE, MOST
from bot.domain.effects import Effect
from bot.domain.fold import fold as fold_really
from bot.domain.knowledge import Knowledge, Need
from bot.domain.ledger import Line
from bot.doors import github
from bot.doors.intake import Intake
from bot.engine import Engine
from bot.events.github import meaning
from bot.events.model import Event, TimerDue
from bot.events.routing import route
from bot.handle import Flow, timer_row
from bot.load import load as load_really
from bot.perform import perform
from bot.ports import Hands
from bot.sandbox.keys import new_key_pair
from bot.sandbox.story import Story, begin
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.standin import QUICK, fold, hands_for, noted

EVENTS = ["issues"]
PERMISSIONS = {"issues": "write"}
NOWHERE = "http://127.0.0.1:1/nobody"


@dataclass
class Clock:
    seconds: float = 1_780_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


def fold_either(key: str, lines: Sequence[Line], blob: Callable[[str], bytes | None]) -> Case | None:
    return fold_really(key, lines, blob) if key == APP else fold(key, lines, blob)


def needs(event: Event, case: Case | None) -> Iterable[Need]:
    return deciding.needs(event, case) if isinstance(event, TimerDue) else ()


async def load(event: Event, wanted: Iterable[Need], case: Case | None, hands: Hands) -> Knowledge:
    return await load_really(event, wanted, case, hands) if isinstance(event, TimerDue) else Knowledge()


def decide(event: Event, case: Case | None, known: Knowledge, now: datetime) -> list[Effect]:
    return deciding.decide(event, case, known, now) if isinstance(event, TimerDue) else [noted(event)]


@dataclass
class Town:
    """GitHub with an issue tracker, and a bot whose door may be shut."""

    story: Story
    clock: Clock
    store: Database
    engine: Engine
    door: str
    mallory: Any = None
    place: Any = None
    app: Any = None

    async def opens(self, count: int) -> None:
        """So many issues are opened."""
        for number in range(count):
            await self.mallory.open_issue(self.place, f"Issue {number}")
        await self.story.settle()

    def shut(self) -> None:
        self.app.webhook_url = NOWHERE

    def opened(self) -> None:
        self.app.webhook_url = self.door

    async def sweep(self, hours: float = 0.0) -> None:
        """So much later a bot starts and everything it wants has happened."""
        self.clock.seconds += hours * 3600
        await self.store.hasten(timer_row(APP, sweep.first(self.clock.now())))
        self.engine.wake()
        await self.calm()

    async def calm(self) -> None:
        async with asyncio.timeout(30):
            for _ in range(2):
                await self.engine.settle()
                await self.story.settle()

    async def heard(self) -> int:
        """How many issues the bot was told of."""
        keys = {
            f"case:{self.place.id}:{one.payload['issue']['node_id']}" for one in self.log if one.event == "issues"
        }
        return len([key for key in keys if [one.entry.type for one in await self.store.lines(key)] == ["noted"]])

    async def told(self) -> list[dict[str, Any]]:
        """What the sweeps wrote down."""
        return [dict(line.entry.data) for line in await self.store.lines(APP)]

    @property
    def log(self) -> list[Any]:
        return self.story.sandbox.webhooks.log

    def asked(self) -> int:
        """How often GitHub was asked to send something again."""
        return len([one for one in self.story.sandbox.requests if one.path.endswith("/attempts")])

    def pages(self) -> int:
        return len([one for one in self.story.sandbox.requests if one.path == "/app/hook/deliveries"])

    async def waiting(self) -> datetime | None:
        return await self.store.next_due(self.clock.now())


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    return new_key_pair()


@asynccontextmanager
async def a_door(intake: Intake, secret: str) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/github", github.github(intake, secret))
    server = web.AppRunner(app, access_log=None)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{server.addresses[0][1]}/github"
    await server.cleanup()


@pytest.fixture
async def town(tmp_path: Path, keys: tuple[str, str]) -> AsyncIterator[Town]:
    clock = Clock()
    story = await begin(tmp_path / "github", clock=clock)
    acme, mallory = story.organisation("acme"), story.person("mallory")
    place = story.repository("acme/widgets")
    app = story.app("millwright", PERMISSIONS, EVENTS, acme, keys)
    store = open_database(f"sqlite:///{tmp_path}/bot.db", clock.now, "bot")
    async with aiohttp.ClientSession() as http:
        identity = AppIdentity(str(app.id), app.private_key, story.sandbox.url)
        hands = replace(
            hands_for(store, [], sweep="3600"),
            github=GitHubRest(Session(http, identity, Pacing(0), clock)),
            clock=clock.now,
        )
        flow = Flow(meaning, route, lambda lines: (), fold_either, needs, load, decide, perform)
        engine = Engine(store, hands, flow, QUICK)
        intake = Intake(store.accept, engine.wake, store.find, lambda: "0" * 32)
        working = asyncio.create_task(engine.run())
        async with a_door(intake, app.webhook_secret) as url:
            app.webhook_url = url
            story.install(app, acme)
            yield Town(story, clock, store, engine, url, mallory, place, app)
            engine.stop()
            await working
    await story.close()
    await store.close()


async def test_what_was_sent_while_nobody_listened_comes_in_by_the_front_door_once(town: Town) -> None:
    town.shut()
    await town.opens(3)
    assert await town.heard() == 0
    town.opened()
    await town.sweep()
    assert await town.heard() == 3
    assert town.asked() == 3
    again = [one for one in town.log if one.is_redelivery]
    assert [one.status_code for one in again] == [202] * 3
    assert await town.told() == [{"asked": 3, "waiting": 0, "lost": 0}]


async def test_a_sweep_that_finds_nothing_writes_nothing_and_the_next_one_waits_an_hour(town: Town) -> None:
    await town.opens(2)
    for _ in range(3):
        await town.sweep(hours=1)
    assert await town.told() == []
    assert town.asked() == 0
    assert await town.waiting() == town.clock.now() + timedelta(hours=1)


async def test_however_often_a_bot_starts_one_sweep_waits(town: Town) -> None:
    for _ in range(3):
        await asyncio.gather(*(town.sweep() for _ in range(4)))
    waiting = await town.waiting()
    assert waiting == town.clock.now() + timedelta(hours=1)
    town.clock.seconds += 3 * 3600
    assert await town.store.next_due(town.clock.now()) is None


async def test_a_delivery_that_arrived_although_github_gave_it_up_is_not_asked_for(town: Town) -> None:
    await town.opens(1)
    town.log[:] = [replace(one, status="timed out", status_code=504) for one in town.log]
    await town.sweep()
    assert town.asked() == 0
    assert await town.told() == []


async def test_what_fails_again_is_asked_for_again_after_ever_longer_pauses(town: Town) -> None:
    town.shut()
    await town.opens(1)
    asked = []
    for _ in range(24):
        await town.sweep(hours=1)
        asked.append(town.asked())
    hours = [hour for hour in range(24) if asked[hour] > (asked[hour - 1] if hour else 0)]
    assert hours == [0, 1, 2, 3, 5, 8, 14], "after 10, 20, 40, 80, 160 and 320 minutes, by the hour"
    town.opened()
    for _ in range(12):
        await town.sweep(hours=1)
    assert await town.heard() == 1
    assert town.asked() == len(hours) + 1 <= MOST


async def test_what_is_older_than_three_days_is_lost(town: Town) -> None:
    town.shut()
    await town.opens(1)
    town.opened()
    await town.sweep(hours=73)
    assert (town.asked(), await town.heard()) == (0, 0)


async def test_a_log_of_many_pages_is_read_to_its_end_and_asked_for_in_parts(town: Town) -> None:
    town.shut()
    await town.opens(2 * AT_ONCE + 30)
    town.opened()
    await town.sweep()
    assert (await town.heard(), town.pages()) == (AT_ONCE, 3)
    assert await town.waiting() == town.clock.now() + timedelta(minutes=2)
    for _ in range(2):
        await town.sweep(hours=2 / 60)
    assert await town.heard() == 2 * AT_ONCE + 30
    assert town.asked() == 2 * AT_ONCE + 30


async def test_a_later_sweep_reads_only_what_is_new(town: Town) -> None:
    await town.opens(120)
    town.clock.seconds += 3600
    await town.opens(30)
    await town.sweep()
    assert town.pages() == 2
    await town.sweep(hours=1)
    assert town.pages() == 3, "the newest page, and no more: everything before was settled"


async def test_what_happens_during_a_sweep_is_found_by_the_next(town: Town) -> None:
    town.shut()
    await town.opens(1)
    flying = town.log[-1]
    town.log[-1] = replace(flying, status="pending", status_code=0)
    town.opened()
    await town.sweep()
    assert town.asked() == 0
    town.log[[one.id for one in town.log].index(flying.id)] = flying
    await town.sweep(hours=1)
    assert await town.heard() == 1


async def test_a_log_that_github_does_not_show_ends_no_sweeps(town: Town) -> None:
    town.shut()
    await town.opens(1)
    public, town.app.public_key = town.app.public_key, new_key_pair()[1]  # 401: our key is not the App's
    await town.sweep()
    assert await town.waiting() == town.clock.now() + timedelta(hours=1)
    town.app.public_key = public
    town.opened()
    await town.sweep(hours=1)
    assert await town.heard() == 1
