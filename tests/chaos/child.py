"""A bot of the real store, engine, handling and door, with a small flow, that dies by SIGKILL where it is told to.

`python -m tests.chaos.child FOLDER COUNTER_URL [POINT]`: prints the door's port, then `ready`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import aiohttp
from aiohttp import web

from bot.domain.case import Case
from bot.domain.effects import Effect, Say
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalsVoid
from bot.doors import github
from bot.doors.intake import Intake
from bot.engine import Engine
from bot.events.model import Event, IssueChanged
from bot.ports import Commit, Hands, NewRow, Pending, Store
from bot.store.connect import open_database
from tests.bot.standin import QUICK, a_flow, hands_for, noted, now
from tests.chaos.instead import Instead
from tests.samples import CASE

SECRET = "a secret of more than thirty-two characters"
POINTS = ("accepted", "before commit", "after commit", "before request", "after answer")

At = Callable[[str], None]


def killer(point: str) -> At:
    """Ends the process at that point as a power cut does."""

    def at(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


def decide(event: Event, case: Case | None, knowledge: Knowledge, at: datetime) -> list[Effect]:
    assert isinstance(event, IssueChanged)
    key = f"reply:{event.issue.number}"
    return [noted(event), Say(key, ApprovalsVoid(CASE, key), to="reply")]


def performing(session: aiohttp.ClientSession, url: str, at: At) -> Callable[..., Awaitable[list[Entry]]]:
    """Find before create, as the bot's own comments do it."""

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        marker = f"{pending.case}/{pending.key}"
        async with session.get(url, params={"marker": marker}) as found:
            if (await found.json(content_type=None))["found"] == 0:
                at("before request")
                async with session.post(url, json={"marker": marker}) as made:
                    await made.read()
                at("after answer")
        return [Entry("effect.performed", {"key": pending.key})]

    return perform


async def main(folder: Path, url: str, point: str) -> None:
    at = killer(point)
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bot")
    commit, accept = store.commit, store.accept

    async def committing(decision: Commit) -> None:
        at("before commit")
        await commit(decision)
        at("after commit")

    async def accepting(row: NewRow) -> int | None:
        found = await accept(row)
        at("accepted")
        return found

    async with aiohttp.ClientSession() as session:
        hands = replace(hands_for(store, []), store=cast(Store, Instead(store, commit=committing)))
        engine = Engine(store, hands, a_flow(decide, performing(session, url, at)), QUICK)
        intake = Intake(accepting, engine.wake, store.find, lambda: "0" * 32)
        app = web.Application()
        app.router.add_post("/github", github.github(intake, SECRET))
        app.router.add_get("/settled", _settled(engine))
        server = web.AppRunner(app, access_log=None)
        await server.setup()
        await web.TCPSite(server, "127.0.0.1", 0).start()
        sys.stdout.write(f"{server.addresses[0][1]}\n")
        sys.stdout.flush()
        await engine.run()


def _settled(engine: Engine) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def settled(_request: web.Request) -> web.Response:
        await engine.settle()
        return web.Response()

    return settled


def arguments(of: Sequence[str]) -> tuple[Path, str, str]:
    return Path(of[1]), of[2], of[3] if len(of) > 3 else ""


if __name__ == "__main__":
    asyncio.run(main(*arguments(sys.argv)))
