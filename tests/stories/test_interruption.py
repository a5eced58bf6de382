"""A runner dies, the bot restarts, somebody meddles with runs and pulls: nothing is lost or done twice."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.scene import Scene
from tests.stories.words import (
    LABEL,
    acme,
    bot_comments,
    checks,
    deployment_states,
    last_words,
    planned,
    pulls,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import page, restart_bot, runs, served, while_it_runs


async def test_a_run_whose_runner_dies_is_resumed_once_by_the_bot_itself(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line, when=lambda: served(scene) is not None):
        scene.story.sandbox.actions.kill(runs(scene)[-1].id)

    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert [run.conclusion for run in runs(scene)] == ["success", "failure", "success"]
    assert len(list((scene.site.root / "releases").iterdir())) == 1
    assert await doubled(scene, number) == []


async def test_a_run_that_dies_before_it_changed_anything_waits_for_a_person(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        scene.story.sandbox.actions.kill(runs(scene)[-1].id)

    assert await state(scene, number) == "failed", await sticky(scene, number)
    assert "/retry" in await sticky(scene, number)
    assert served(scene) is None
    await says(scene, scene.cast.bert, number, "/retry")
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_bot_that_restarts_in_the_middle_completes_the_run_and_doubles_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await restart_bot(scene)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert len(runs(scene)) == 2
    assert await doubled(scene, number) == []


async def test_a_bot_that_was_away_when_the_run_ended_asks_github_what_it_missed(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await restart_bot(scene)
        scene.cast.app.webhook_url = "http://127.0.0.1:1/nobody"
    scene.cast.app.webhook_url = f"{scene.bot.url}/github"
    assert await state(scene, number) == "executing"
    lost = [one for one in scene.story.sandbox.webhooks.log if one.status_code != 202]
    assert lost
    for one in lost:
        scene.story.sandbox.webhooks.redeliver(one)
    await scene.settle()
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await doubled(scene, number) == []


async def test_the_issue_closed_before_the_approval_ends_it(scene: Scene) -> None:
    number, line = await planned(scene)
    await scene.cast.anna.edit_issue(scene.cast.product, number, state="closed")
    await scene.settle()
    assert await state(scene, number) == "cancelled"
    assert "wrong_phase" in await says(scene, scene.cast.bert, number, line)
    [pull] = await pulls(scene)
    assert pull["state"] == "closed"
    assert len(runs(scene)) == 1


async def test_merging_the_plan_pull_request_approves_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    [pull] = await pulls(scene)
    await scene.cast.bert.merge(scene.cast.product, pull["number"])
    await scene.settle()
    assert "not an approval" in await last_words(scene, pull["number"])
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1

    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_t08_a_foreign_push_to_the_plan_pull_request_voids_the_approval(scene: Scene) -> None:
    number, line = await planned(scene)
    [pull] = await pulls(scene)
    carla = scene.story.person("carla")
    scene.cast.product.grant(carla, "maintain")
    await carla.push(scene.cast.product, {"smuggled.txt": "in"}, branch=pull["head"]["ref"])
    await scene.settle()
    assert "self_approval" in await says(scene, carla, number, line)
    assert len(runs(scene)) == 1


async def test_t10_an_edit_makes_a_new_version_and_says_what_changed(scene: Scene) -> None:
    number, line = await planned(scene)
    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(contact_email="new@acme.example"))
    await scene.settle()
    shown = await sticky(scene, number)
    assert "Plan v2" in shown
    assert "replaces an earlier one" in shown
    assert "approval_stale" in await says(scene, scene.cast.bert, number, line)
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "new@acme.example" in page(scene)
    assert len(await pulls(scene)) == 1


async def test_an_ordinary_issue_is_left_alone_until_somebody_says_plan(scene: Scene) -> None:
    issue = await scene.cast.anna.open_issue(scene.cast.product, "A question", "How do I …?")
    number = int(issue["number"])
    await scene.cast.bert.comment(scene.cast.product, number, "/status")
    await scene.settle()
    assert await bot_comments(scene, number) == []
    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme())
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v1" in await sticky(scene, number)
    assert LABEL not in {label["name"] for label in issue["labels"]}


async def doubled(scene: Scene, number: int) -> list[Any]:
    """What there is more than one of where there should be one."""
    said = await bot_comments(scene, number)
    found: list[Any] = [text for text in said if said.count(text) > 1]
    if len(await pulls(scene)) != 1:
        found.append("pulls")
    await checks(scene)  # no name twice
    states = await deployment_states(scene)  # one deployment
    found += [one for one in ("success", "failure") if states.count(one) > 1]
    return found
