"""Readiness that tells the truth: each thing that can break is broken, for real, and told with its reason."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.key_file import make_ring
from bot.app import FLOW, Running, start
from bot.doors.health import SLOWEST
from bot.engine import Patience
from bot.handle import Flow
from bot.settings import Settings
from bot.store.connect import open_database
from tests.bot.doors.street import signed
from tests.bot.standin import issue_event, now
from tests.bot.test_serve import environ
from tests.chaos.instead import Instead

DELIVERY = "12345678-1234-1234-1234-123456789abc"


def settings(folder: Path, **more: str) -> Settings:
    make_ring(folder / "millwright.key", now())
    told = environ(folder) | {"MILLWRIGHT_METRICS": "127.0.0.1:0", "MILLWRIGHT_SWEEP": "0"} | more
    return replace(Settings.read(told | {"MILLWRIGHT_URL": "http://127.0.0.1:0"}), drain=5.0)


@asynccontextmanager
async def running(folder: Path, flow: Flow = FLOW, silence: float = 30.0, **more: Any) -> AsyncIterator[Running]:
    bot = await start(settings(folder), flow=flow, patience=Patience(silence=silence), **more)
    try:
        yield bot
    finally:
        await bot.stop()


async def asked(bot: Running, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.get(bot.url + path) as answer:
        return answer.status, await answer.json()


async def until(bot: Running, path: str, status: int, seconds: float = 15) -> dict[str, Any]:
    """The answer once it has that status."""
    async with asyncio.timeout(seconds):
        while True:
            found, value = await asked(bot, path)
            if found == status:
                return value
            await asyncio.sleep(0.02)


async def deliver(bot: Running, body: bytes) -> int:
    headers = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": DELIVERY}
    headers["X-Hub-Signature-256"] = signed(body, bot.settings.webhook_secret)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{bot.url}/github", data=body, headers=headers) as answer,
    ):
        return answer.status


async def gauge(bot: Running, name: str) -> float:
    async with aiohttp.ClientSession() as http, http.get(bot.metrics_url) as answer:
        text = await answer.text()
    return next(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"millwright_{name}"
    )


async def test_a_bot_that_is_well_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        assert await asked(bot, "/healthz") == (200, {"alive": True})
        assert await asked(bot, "/readyz") == (200, {"ready": True, "github": "answers"})


async def test_a_database_that_takes_no_write_makes_it_unready_and_a_restart_would_not_help(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as bot:
        with closing(sqlite3.connect(tmp_path / "millwright.db")) as other:
            other.execute("BEGIN IMMEDIATE")  # as a backup program that forgot to let go
            status, value = await asked(bot, "/readyz")
            assert (status, value["code"]) == (503, "database")
            assert (await asked(bot, "/healthz"))[0] == 200
            other.rollback()
        assert (await until(bot, "/readyz", 200))["ready"] is True
    assert SLOWEST < 10, "who asks is answered before the database gives up"


async def test_an_engine_that_ended_is_told_at_both_doors_and_webhooks_are_taken_all_the_same(
    tmp_path: Path,
) -> None:
    def route(kind: str, payload: Any) -> Any:
        raise asyncio.CancelledError  # as from a library that cancels whoever called it

    async with running(tmp_path, replace(FLOW, route=route)) as bot:
        assert await deliver(bot, issue_event()) == 202
        value = await until(bot, "/readyz", 503)
        assert value["code"] == "engine_ended"
        assert (await asked(bot, "/healthz"))[0] == 503


async def test_an_engine_that_hangs_is_not_ready_but_alive(tmp_path: Path) -> None:
    go = asyncio.Event()

    def stuck(url: str, clock: Any, owner: str) -> Any:
        store = open_database(url, clock, owner)

        async def ready(at: datetime, limit: int, *rest: Any, **named: Any) -> list[str]:
            await go.wait()
            return await store.ready(at, limit, *rest, **named)

        return Instead(store, ready=ready)

    async with running(tmp_path, silence=0.3, open_store=stuck) as bot:
        value = await until(bot, "/readyz", 503)
        assert value["code"] == "engine_stuck"
        assert (await asked(bot, "/healthz"))[0] == 200
        go.set()


async def test_a_github_that_does_not_answer_makes_nothing_unready_and_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:  # nobody listens where its GitHub should be
        assert await deliver(bot, issue_event(action="labeled")) == 202
        async with asyncio.timeout(15):
            while (await asked(bot, "/readyz"))[1]["github"] == "answers":
                await asyncio.sleep(0.02)
        status, value = await asked(bot, "/readyz")
        assert (status, value["ready"]) == (200, True)
        assert "does not answer" in value["github"]
        assert await gauge(bot, "github_away") == 1


async def test_a_bot_that_drains_is_not_ready(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        bot.intake.closed.set()
        async with aiohttp.ClientSession() as http, http.get(f"{bot.url}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["code"] == "draining"
            assert answer.headers["Retry-After"] == "5"
            assert answer.headers["Connection"] == "close"
        assert await deliver(bot, issue_event()) == 503


async def test_metrics_are_told_although_the_database_cannot_be_read(tmp_path: Path) -> None:
    def broken(url: str, clock: Any, owner: str) -> Any:
        store = open_database(url, clock, owner)

        async def census() -> None:
            with closing(sqlite3.connect(tmp_path / "nowhere" / "millwright.db")):
                pass

        return Instead(store, census=census)

    async with running(tmp_path, open_store=broken) as bot:
        assert await gauge(bot, "database_readable") == 0
