"""A plan from issue to website where one bot has the doors and another has the cases: answers go across."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio

from bot.app import Running, start
from bot.cli.demo.scene import Pace, Scene, close_scene, open_scene, settings
from tests.replicas.bots import until
from tests.stories.words import open_issue, says, state, sticky, token
from tests.stories.world import page, runs


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    opened = await open_scene(tmp_path)
    try:
        yield opened
    finally:
        await close_scene(opened)


async def on_postgresql(scene: Scene, url: str) -> Running:
    """The scene's bot moves to PostgreSQL and stops its engine; returns the bot that does the work."""
    port = urlsplit(scene.bot.url).port or 0
    await scene.bot.stop()
    told = replace(settings(scene.folder, scene.story, scene.cast.app, Pace()), database=url)
    door = await start(replace(told, replica="door"), sock=socket.create_server(("127.0.0.1", port)))
    door.engine.stop()
    scene.bot = door
    # Jobs' tokens are for the public address, which is the door's: behind a balancer all replicas have one.
    hands = replace(told, replica="hands", url=door.url)
    return await start(hands, sock=socket.create_server(("127.0.0.1", 0)))


async def test_claims_and_journals_at_one_door_are_answered_by_the_bot_that_has_the_case(
    scene: Scene, postgres_url: str
) -> None:
    await scene.settle()
    hands = await on_postgresql(scene, postgres_url)
    try:
        scene.bot = replace(scene.bot, engine=hands.engine)
        number = await open_issue(scene)

        async def is_planned() -> bool:
            # The hands hear of a row by a ring, so nothing tells from outside that they have nothing left to do.
            return "/approve v1-" in await sticky(scene, number)

        await until(is_planned, 120)
        await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")

        async def is_over() -> bool:
            return await state(scene, number) in {"completed", "failed"}

        await until(is_over, 120)
        assert await state(scene, number) == "completed", await sticky(scene, number)
        assert "Acme" in page(scene)
        assert [run.conclusion for run in runs(scene)] == ["success", "success"]
    finally:
        await hands.stop()
