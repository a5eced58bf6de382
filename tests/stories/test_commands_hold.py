"""Bert is not sure yet: he holds a plan, resumes and approves it, and reads what it cost and what happened."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import bot_comments, last_words, newcomer, planned, refused, says, state, sticky
from tests.stories.world import page, quiet, runs, while_it_runs


async def test_what_is_held_waits_for_everybody_and_goes_on_where_it_was(scene: Scene) -> None:
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, "/hold the customer is on holiday")
    assert await state(scene, number) == "held"
    shown = await sticky(scene, number)
    assert "`bert` put this on hold: the customer is on holiday" in shown
    assert "`/resume`" in shown
    assert "(`held`)" in await refused(scene, scene.cast.bert, number, line)
    assert page(scene) == ""

    await says(scene, scene.cast.bert, number, "/resume")
    assert await state(scene, number) == "validated"
    assert line in await sticky(scene, number)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)

    told = await says(scene, scene.cast.anna, number, "/cost")
    assert "run of **website**" in told
    told = await says(scene, scene.cast.anna, number, "/audit")
    assert "put it on hold" in told
    assert "the chain is whole" in told
    told = await says(scene, scene.cast.anna, number, "/evidence")
    assert "python verify.py evidence_pack_" in told


async def test_a_run_goes_on_to_its_end_while_it_is_to_be_held(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.bert.comment(scene.cast.product, number, "/hold let me look first")
        await quiet(scene)
        assert "puts this on hold as soon as this run is over" in await sticky(scene, number)
        assert await state(scene, number) == "executing"
    assert await state(scene, number) == "completed", "it was the last leg: nothing was left to be held"
    assert [run.conclusion for run in runs(scene)] == ["success", "success"]


async def test_who_approved_takes_it_back_while_a_second_approval_is_missing(scene: Scene) -> None:
    number, line = await planned(scene)
    dora = newcomer(scene, "dora", "read")
    await refused(scene, dora, number, "/withdraw")
    assert "nothing_to_withdraw" in await last_words(scene, number)
    told = await says(scene, dora, number, "/plan dry-run")
    assert "Dry run" in told
    assert "exactly the plan that stands" in told
    assert await state(scene, number) == "validated"
    before = len(await bot_comments(scene, number))
    told = await says(scene, scene.cast.bert, number, "/run")
    assert line in told
    assert len(await bot_comments(scene, number)) == before + 1
