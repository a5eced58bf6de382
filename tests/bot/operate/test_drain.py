"""SIGTERM under load: nothing acknowledged is lost, what is in hand ends, and it takes no longer than it may."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from tests.bot.doors.street import signed
from tests.bot.operate.child import Child, serving
from tests.bot.standin import issue_event

SECRET = "s" * 40
AT_ONCE = 16


async def flood(bot: Child, acknowledged: list[str], refused: list[int], over: asyncio.Event) -> None:
    """Deliver one after another until the bot is gone."""
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as http:
        while not over.is_set():
            delivery = str(uuid.uuid4())
            number = len(acknowledged) + 1
            body = issue_event(f"I_{delivery[:8]}", number)
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Event": "issues",
                "X-GitHub-Delivery": delivery,
                "X-Hub-Signature-256": signed(body, SECRET),
            }
            try:
                async with http.post(f"{bot.url}/github", data=body, headers=headers) as answer:
                    if answer.status == 202:
                        acknowledged.append(delivery)
                    else:
                        refused.append(answer.status)
                        assert answer.headers["Retry-After"] == "5"
                        assert answer.headers["Connection"] == "close"
            except aiohttp.ClientError:
                return


def stored(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "millwright.db")) as connection:
        return {row[0] for row in connection.execute("SELECT delivery FROM inbox")}


async def test_nothing_that_was_acknowledged_is_lost_when_it_drains_under_load(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    refused: list[int] = []
    over = asyncio.Event()
    with serving(tmp_path, drain="3") as bot:
        clients = [asyncio.create_task(flood(bot, acknowledged, refused, over)) for _ in range(AT_ONCE)]
        async with asyncio.timeout(60):
            while len(acknowledged) < 300:
                await asyncio.sleep(0.01)
        began = time.monotonic()
        assert await asyncio.to_thread(bot.end) == 0
        seconds = time.monotonic() - began
        over.set()
        await asyncio.gather(*clients)
        events = [line["event"] for line in bot.lines()]
    assert len(acknowledged) >= 300
    assert set(acknowledged) <= stored(tmp_path)
    assert set(refused) <= {503}
    assert seconds < 3 + 3 + 5, "drain, last requests, closing"
    assert events.index("draining") < events.index("drained")


async def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with serving(tmp_path, drain="600", GITHUB_API_URL=f"http://127.0.0.1:{await silent()}") as bot:
        acknowledged = await a_few(bot)
        bot.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(bot.until, lambda lines: any(line["event"] == "draining" for line in lines))
        began = time.monotonic()
        assert await asyncio.to_thread(bot.end) == 128 + signal.SIGTERM
        assert time.monotonic() - began < 5
    assert set(acknowledged) <= stored(tmp_path)


async def a_few(bot: Child) -> list[str]:
    """Deliveries that it has acknowledged, three at least; nobody sends any more."""
    acknowledged: list[str] = []
    over = asyncio.Event()
    client = asyncio.create_task(flood(bot, acknowledged, [], over))
    async with asyncio.timeout(30):
        while len(acknowledged) < 3:
            await asyncio.sleep(0.01)
    over.set()
    await client
    return acknowledged


async def silent() -> int:
    """The port of a server that takes calls and never answers; it lives as long as the loop."""
    server = await asyncio.start_server(lambda reader, writer: asyncio.Event().wait(), "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


async def test_what_does_not_end_in_time_is_left_for_the_next_start(tmp_path: Path) -> None:
    api = f"http://127.0.0.1:{await silent()}"
    with serving(tmp_path, drain="0.5", GITHUB_API_URL=api) as bot:
        acknowledged = await a_few(bot)
        began = time.monotonic()
        assert await asyncio.to_thread(bot.end) == 0
        assert time.monotonic() - began < 0.5 + 3 + 5
    assert set(acknowledged) <= stored(tmp_path)


async def test_every_line_of_its_log_is_json_and_a_delivery_is_found_by_its_id(tmp_path: Path) -> None:
    with serving(tmp_path) as bot:
        acknowledged: list[str] = []
        over = asyncio.Event()
        client = asyncio.create_task(flood(bot, acknowledged, [], over))
        async with asyncio.timeout(30):
            while not acknowledged:
                await asyncio.sleep(0.01)
        over.set()
        await client
        first = acknowledged[0]
        lines = await asyncio.to_thread(
            bot.until, lambda lines: any(line.get("delivery") == first for line in lines)
        )
        ours = next(line for line in lines if line.get("delivery") == first)
        assert ours["case"].startswith("case:101:I_")
        assert {"at", "level", "logger", "event", "row", "kind", "outcome", "seconds"} <= set(ours)
        assert await asyncio.to_thread(bot.end) == 0
        assert bot.lines()[-1]["event"] == "drained"


@pytest.mark.parametrize("style", ["json", "text"])
def test_people_may_have_it_as_text(tmp_path: Path, style: str) -> None:
    with serving(tmp_path, log=style) as bot:
        assert bot.end() == 0
        last = bot.log().splitlines()[-1]
    assert "drained" in last
    assert last.startswith("{") == (style == "json")
