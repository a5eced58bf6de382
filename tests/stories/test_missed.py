"""T18: nobody is there, GitHub gives every delivery up, and when the bot starts all is caught up, once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bot.app import start
from bot.cli.demo.scene import Pace, Scene, settings
from tests.stories.test_interruption import doubled
from tests.stories.words import LABEL, body, bot_comments, carried_out, pulls, state, sticky, token
from tests.stories.world import runs


@asynccontextmanager
async def nobody_there(scene: Scene) -> AsyncIterator[None]:
    """The bot is stopped for the length of the block; then one starts on the same database and address."""
    port = urlsplit(scene.bot.url).port
    await scene.bot.stop()
    yield
    await scene.story.settle()
    sock = socket.create_server(("127.0.0.1", port or 0))
    scene.bot = await start(settings(scene.folder, scene.story, scene.cast.app, Pace()), sock=sock)
    await scene.settle()


def asked(scene: Scene) -> list[str]:
    """The deliveries that the bot asked GitHub for, by event and action."""
    again = [one for one in scene.story.sandbox.webhooks.log if one.is_redelivery]
    return [f"{one.event}.{one.action}" for one in again]


async def test_t18_an_issue_opened_and_approved_while_nobody_was_there_is_caught_up_once(scene: Scene) -> None:
    async with nobody_there(scene):
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website for Acme", body(), [LABEL])
        await scene.cast.mallory.comment(scene.cast.product, issue["number"], "/approve v1-000000000000")
    number = int(issue["number"])
    assert await state(scene, number) == "validated"
    line = f"/approve {await token(scene, number)}"
    async with nobody_there(scene):
        await scene.cast.bert.comment(scene.cast.product, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await doubled(scene, number) == []
    assert (len(await pulls(scene)), [run.conclusion for run in runs(scene)]) == (1, ["success"] * 2)
    before = len(asked(scene))
    async with nobody_there(scene):
        pass
    assert len(asked(scene)) == before, "what was caught up is not asked for again"


async def test_an_approval_that_was_taken_back_meanwhile_does_not_come_back(scene: Scene) -> None:
    issue = await scene.cast.anna.open_issue(scene.cast.product, "Website for Acme", body(), [LABEL])
    await scene.settle()
    number = int(issue["number"])
    line = f"/approve {await token(scene, number)}"
    async with nobody_there(scene):
        said = await scene.cast.bert.comment(scene.cast.product, number, line)
        await scene.cast.bert.edit_comment(scene.cast.product, said["id"], "wait, I was wrong")
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1, "the preview, and nothing else"


async def test_people_at_work_while_the_bot_dies_lose_nothing(scene: Scene) -> None:
    done = await carried_out(scene)
    numbers: list[int] = []
    async with nobody_there(scene):

        async def one(title: str) -> None:
            issue = await scene.cast.anna.open_issue(scene.cast.product, title, body(), [LABEL])
            number = int(issue["number"])
            numbers.append(number)
            await asyncio.gather(
                *(scene.cast.mallory.comment(scene.cast.product, number, f"nice, {n}") for n in range(8))
            )
            await scene.cast.bert.comment(scene.cast.product, number, "/hold until it is quieter")

        await asyncio.gather(*(one(f"Website {n}") for n in range(4)))
    assert [await state(scene, number) for number in numbers] == ["held"] * 4
    for number in numbers:
        said = await bot_comments(scene, number)
        assert len(said) == len(set(said)) >= 1
    assert len(await pulls(scene)) == len(numbers) + 1
    assert await state(scene, done) == "completed"
    assert await scene.bot.engine.parked() == []
