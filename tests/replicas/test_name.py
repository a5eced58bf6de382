"""The name of a replica, by which the next process of that name knows whether this one lives."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url

from bot.store.bell import Bell, number_of
from bot.store.connect import open_database
from tests.bot.standin import now
from tests.postgres import Server
from tests.replicas.bots import until


def holder(line: psycopg.Connection[tuple[int]]) -> int | None:
    """The server's process that holds the name."""
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    found = line.execute(query, (number_of("a") & 0xFFFFFFFF,)).fetchone()
    return None if found is None else found[0]


async def test_a_line_that_was_cut_is_not_open_again_without_its_name(
    postgres_url: str,
) -> None:
    arguments = {"conninfo": make_url(postgres_url).set(drivername="postgresql").render_as_string(False)}
    bell = Bell(arguments, "a")
    heard = asyncio.Event()
    bell.listen(lambda _text: None, heard.set)
    heard.clear()
    with psycopg.connect(**arguments, autocommit=True) as other, psycopg.connect(**arguments) as late:
        mine = holder(other)
        assert mine is not None
        # What the server still takes for the session before: it has the name until it is ended below.
        waits = asyncio.create_task(
            asyncio.to_thread(late.execute, "SELECT pg_advisory_lock(%s)", (number_of("a"),))
        )

        async def is_waited_for() -> bool:
            return other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None

        async def is_given_up() -> bool:
            return not await is_waited_for()

        await until(is_waited_for)
        other.execute("SELECT pg_terminate_backend(%s)", (mine,))
        await waits

        await until(is_waited_for)
        await until(is_given_up)
        await until(is_waited_for)
        assert not heard.is_set()
        late.close()
        async with asyncio.timeout(20):
            await heard.wait()
        assert holder(other) not in (None, mine)
    await bell.close()


async def test_a_clock_that_differs_from_the_servers_is_told(
    postgres: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.fresh()

    def ahead() -> datetime:
        return now() + timedelta(seconds=90)

    with caplog.at_level(logging.WARNING):
        await open_database(url, now, "b").close()
        assert "NTP" not in caplog.text
        await open_database(url, ahead, "b").close()
    assert "differs from the database's by" in caplog.text
    postgres.drop(url)
