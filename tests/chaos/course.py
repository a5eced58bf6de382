"""One pass through the script: a town, its bots, its people, and what stands when everything has settled."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sqlalchemy import Engine, create_engine

from bot.app import now
from bot.sandbox.faults import Odds
from bot.store.connect import open_database
from tests.chaos import books
from tests.chaos.books import Book
from tests.chaos.bots import Bots, Death
from tests.chaos.script import DEPLOYING, Capability, play
from tests.chaos.seen import Seen, doubled, seen
from tests.chaos.settled import settled
from tests.chaos.town import Town, town

CALM = Odds()
ROUGH = Odds(dropped=0.05, doubled=0.05, late=1.0, request=0.04)


@dataclass(frozen=True)
class Pass:
    """How a pass is made: `mix` says how many capabilities take each course."""

    mix: Mapping[str, int]
    seed: int
    database: str = ""
    """the URL of an empty database; "" for SQLite in the pass's folder"""
    replicas: int = 1
    odds: Odds = CALM
    deaths: tuple[Death, ...] = ()
    bug: str = ""
    at_once: int = 24
    """capabilities that people look after at a time"""
    scale: float = 0.02
    pacing: float = 1.0
    patience: float = 300.0
    """seconds somebody waits for one thing, and everybody for the end"""


@dataclass
class Outcome:
    """What stands at the end of a pass, by capability, and what is wrong with it whatever a calm one says."""

    seen: dict[str, Seen] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    ledgers: dict[str, list[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """people who waited in vain, what is left to do, broken chains and packs, bots that fell over"""
    aside: list[str] = field(default_factory=list)
    """parked rows and effects given up"""
    deliveries: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def cast_of(mix: Mapping[str, int], place: Town) -> list[Capability]:
    """The capabilities: one that deploys for each firm, the others spread over them."""
    names = [name for name, count in mix.items() for _ in range(count)]
    deploying = [name for name in names if name in DEPLOYING]
    others = [name for name in names if name not in DEPLOYING]
    found = []
    for group in (deploying, others):
        for number, name in enumerate(group):
            firm = place.firms[number % len(place.firms)]
            found.append(Capability(f"{firm.name}/{name}/{number}", name, firm, place))
    return found


def firms_of(mix: Mapping[str, int]) -> int:
    """How many firms the mix takes."""
    return max(2, sum(count for name, count in mix.items() if name in DEPLOYING))


async def go(how: Pass, folder: Path) -> Outcome:
    """Make the pass in a folder of its own."""
    began = time.monotonic()
    folder.mkdir(parents=True)
    database = how.database or f"sqlite:///{folder / 'millwright.db'}"
    async with town(folder, firms_of(how.mix), how.scale) as place:
        with ExitStack() as stack:
            outcome = await _through(how, place, database, stack)
    outcome.seconds = time.monotonic() - began
    return outcome


async def _through(how: Pass, place: Town, database: str, stack: ExitStack) -> Outcome:
    outcome, people = Outcome(), cast_of(how.mix, place)
    bots = _bots(how, place, database)
    await bots.start()
    look = create_engine(database)
    stack.callback(look.dispose)
    faults = place.story.sandbox.faults
    faults.odds, faults.dice = replace(how.odds, scale=how.scale), Random(how.seed)
    try:
        outcome.wrong += await _played(how, people, bots)
        bots.spare()
        seconds = 0.0 if bots.fell.is_set() else how.patience
        outcome.wrong += [f"left to do: {one}" for one in await settled(place, look, seconds)]
    finally:
        await bots.stop()
    outcome.wrong += bots.faults
    outcome.kills, outcome.faults = bots.killed, faults.brought
    await _judged(outcome, people, database, look)
    return outcome


def _bots(how: Pass, place: Town, database: str) -> Bots:
    names = [f"bot{number}" for number in range(1, how.replicas + 1)]
    environs = {name: place.environ(database, name, how.scale, how.pacing) for name in names}
    return Bots(environs, place.doors.fileno(), place.folder, list(how.deaths), how.bug)


async def _played(how: Pass, people: Sequence[Capability], bots: Bots) -> list[str]:
    """Everybody's course in an order of the seed's, so many at a time; those who waited in vain."""
    order, room = list(people), asyncio.Semaphore(how.at_once)
    Random(how.seed + 2).shuffle(order)

    async def one(capability: Capability) -> None:
        async with room:
            capability.patience = how.patience
            await play(capability)

    tasks = [asyncio.create_task(one(capability)) for capability in order]
    fell = asyncio.create_task(bots.fell.wait())
    everybody = asyncio.create_task(_all_over(tasks))
    await asyncio.wait({everybody, fell}, return_when=asyncio.FIRST_COMPLETED)
    for task in (fell, *tasks):
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    return [f"{type(error).__name__}: {error}" for error in ended if isinstance(error, Exception)]


async def _all_over(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


async def _judged(outcome: Outcome, people: Sequence[Capability], database: str, look: Engine) -> None:
    sandbox = people[0].town.story.sandbox
    outcome.deliveries, outcome.requests = len(sandbox.webhooks.log), len(sandbox.requests)
    outcome.lost, outcome.aside = books.lost(look, sandbox.webhooks.log), books.put_aside(look)
    store = open_database(database, now, "judge")
    try:
        for one in people:
            if not one.number:
                outcome.wrong.append(f"{one.name} was never opened")
                continue
            outcome.seen[one.name], outcome.books[one.name] = seen(one), await books.book(store, one)
            lines = await books.lines_of(store, one)
            outcome.ledgers[one.name] = [
                f"{line.n} {line.at} {line.entry.type} {line.entry.reason}" for line in lines
            ]
            outcome.doubled += [f"{one.name}: {thing}" for thing in doubled(one)]
            outcome.wrong += await books.broken(store, one)
    finally:
        await store.close()
