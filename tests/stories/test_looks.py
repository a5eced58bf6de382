"""T18: what GitHub's log of deliveries holds no more is found by looking, said once, and costs nothing else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.demo.scene import Scene
from bot.domain.case import case_key
from bot.ports import NewRow
from tests.stories.words import (
    LABEL,
    acme,
    body,
    bot_comments,
    comments,
    planned,
    pulls,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import quiet, restart_bot, runs, while_it_runs


@contextmanager
def unheard(scene: Scene) -> Iterator[None]:
    """What happens in the block reaches nobody, and GitHub remembers no delivery of it."""
    scene.cast.app.webhook_url, kept = "http://127.0.0.1:1/nobody", scene.cast.app.webhook_url
    yield
    scene.cast.app.webhook_url = kept


async def key_of(scene: Scene, number: int) -> str:
    issue = await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}")
    return case_key(scene.cast.product.id, issue["node_id"])


async def look(scene: Scene, number: int, *, settles: bool = True) -> list[str]:
    """The case is told to look, as a round would tell it; returns the types of the lines that this left."""
    await scene.story.settle()
    scene.story.sandbox.webhooks.log.clear()
    key = await key_of(scene, number)
    before = len(await scene.bot.store.lines(key))
    told = json.dumps({"kind": "swept", "data": {}}).encode()
    await scene.bot.store.accept(NewRow("internal", "told", f"told:{key}:{uuid.uuid4()}", told, key))
    scene.bot.engine.wake()
    await (scene.settle() if settles else quiet(scene))
    return [line.entry.type for line in (await scene.bot.store.lines(key))[before:]]


async def is_silent(scene: Scene, number: int) -> bool:
    """Whether a look leaves no line and writes nothing to GitHub."""
    before = len(scene.story.sandbox.requests)
    lines = await look(scene, number)
    asked = scene.story.sandbox.requests[before:]
    return not lines and {one.method for one in asked} <= {"GET"} and len(asked) <= 12


async def test_where_nothing_was_missed_nothing_is_written_anywhere(scene: Scene) -> None:
    number, line = await planned(scene)
    assert await is_silent(scene, number)
    await says(scene, scene.cast.bert, number, "/hold")
    assert await is_silent(scene, number)
    await says(scene, scene.cast.bert, number, "/resume")
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed"
    assert await is_silent(scene, number)


async def test_an_issue_that_was_closed_unheard_ends_its_plan(scene: Scene) -> None:
    number, _ = await planned(scene)
    with unheard(scene):
        await scene.cast.anna.edit_issue(scene.cast.product, number, state="closed")
        await scene.story.settle()
    await look(scene, number)
    assert await state(scene, number) == "cancelled"
    assert "the issue was closed meanwhile" in await sticky(scene, number)
    assert [pull["state"] for pull in await pulls(scene)] == ["closed"]
    assert await is_silent(scene, number)


async def test_an_edit_of_which_nobody_told_is_said_once_and_voids_nothing_twice(scene: Scene) -> None:
    number, _ = await planned(scene)
    with unheard(scene):
        await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(industry="Advice"))
        await scene.story.settle()
    assert "briefing.found_edited" in await look(scene, number)
    said = await bot_comments(scene, number)
    assert "this plan is not of it as it stands" in said[-1]
    assert "`/plan`" in said[-1]
    assert await is_silent(scene, number)
    assert await bot_comments(scene, number) == said
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number)
    assert await is_silent(scene, number)


async def test_a_merge_and_a_push_of_which_nobody_told_are_answered_once(scene: Scene) -> None:
    number, _ = await planned(scene)
    [pull] = await pulls(scene)
    with unheard(scene):
        await scene.cast.bert.push(scene.cast.product, {"more.txt": "x"}, pull["head"]["ref"])
        await scene.story.settle()
    assert "briefing.edited" in await look(scene, number)
    assert await is_silent(scene, number)
    with unheard(scene):
        await scene.cast.bert.merge(scene.cast.product, pull["number"])
        await scene.story.settle()
    await look(scene, number)
    answers = [one["body"] for one in await comments(scene, pull["number"]) if "Merging is not" in one["body"]]
    assert len(answers) == 1
    assert await is_silent(scene, number)
    assert len([one for one in await comments(scene, pull["number"]) if "Merging is not" in one["body"]]) == 1


async def test_a_run_that_ended_unheard_is_settled(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        scene.cast.app.webhook_url, kept = "http://127.0.0.1:1/nobody", scene.cast.app.webhook_url
    scene.cast.app.webhook_url = kept
    assert await state(scene, number) == "executing"
    assert runs(scene)[-1].is_over
    await look(scene, number)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await is_silent(scene, number)


async def test_a_labelled_issue_of_which_nobody_told_is_found_and_what_was_said_on_it_is_not(scene: Scene) -> None:
    known, _ = await planned(scene)
    with unheard(scene):
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Another one", body(), [LABEL])
        number = int(issue["number"])
        await scene.cast.bert.comment(scene.cast.product, number, "/hold until Monday")
        await scene.cast.anna.open_issue(scene.cast.product, "A question", "no label", [])
        await scene.story.settle()
    scene.story.sandbox.webhooks.log.clear()
    before = await bot_comments(scene, known)
    await restart_bot(scene)
    await scene.settle()
    assert await state(scene, number) == "validated"
    assert f"/approve {await token(scene, number)}" in await sticky(scene, number)
    assert await bot_comments(scene, number + 1) == []
    assert await bot_comments(scene, known) == before
    said = await bot_comments(scene, number)
    await restart_bot(scene)
    await scene.settle()
    assert await bot_comments(scene, number) == said


async def test_a_repository_that_was_unarchived_unheard_goes_on(scene: Scene) -> None:
    number, _ = await planned(scene)
    await scene.cast.olga.http.patch(scene.cast.product.path, {"archived": True})
    await scene.settle()
    assert await look(scene, number) == []
    with unheard(scene):
        await scene.cast.olga.http.patch(scene.cast.product.path, {"archived": False})
        await scene.story.settle()
    assert "capability.resumed" in await look(scene, number)
    assert await state(scene, number) == "validated"
    assert await is_silent(scene, number)
