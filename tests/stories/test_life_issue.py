"""An issue is closed, moved, deleted, loses its label or is reopened, and a check is asked for again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cli.demo.scene import Scene
from tests.stories.test_life_repository import half_approved, nothing_is_stuck, ours
from tests.stories.words import (
    LABEL,
    bot_comments,
    carried_out,
    checks,
    last_words,
    open_issue,
    planned,
    pulls,
    refused,
    says,
    state,
    sticky,
)
from tests.stories.world import change_policy, page, runs, served, while_it_runs

GATE = "gates:\n  - {name: release, before: production, count: 1}\n"


async def ends(scene: Scene, number: int, how: str) -> None:
    """Something on GitHub ends the issue."""
    product, cast = scene.cast.product, scene.cast
    if how == "closed":
        await cast.anna.edit_issue(product, number, state="closed")
    elif how == "unlabelled":
        await cast.anna.http.delete(f"{product.path}/issues/{number}/labels/{LABEL}")
    elif how == "deleted":
        await product.delete_issue(cast.olga, number)
    else:
        there = scene.story.repository("acme/elsewhere")
        await product.transfer_issue(cast.olga, number, there)
    await scene.settle()


WAYS = ["closed", "unlabelled", "deleted", "transferred"]


@pytest.mark.parametrize("how", WAYS)
async def test_an_issue_that_ends_takes_its_plan_with_it(scene: Scene, how: str) -> None:
    number, line = await half_approved(scene)
    await ends(scene, number, how)
    [pull] = await pulls(scene)
    assert pull["state"] == "closed"
    if how in {"closed", "unlabelled"}:
        assert await state(scene, number) == "cancelled"
        assert "by anna" in await sticky(scene, number)
        assert "wrong_phase" in await refused(scene, scene.cast.olga, number, line)
    assert len(runs(scene)) == 1
    await nothing_is_stuck(scene)


@pytest.mark.parametrize("how", ["closed", "unlabelled"])
async def test_an_issue_that_ends_while_its_leg_runs_stops_it(scene: Scene, how: str) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        if how == "closed":
            await scene.cast.anna.edit_issue(scene.cast.product, number, state="closed")
        else:
            await scene.cast.anna.http.delete(f"{scene.cast.product.path}/issues/{number}/labels/{LABEL}")
    assert served(scene) is None
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_an_issue_that_is_deleted_while_its_leg_runs_stops_it_and_is_left_alone(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.product.delete_issue(scene.cast.olga, number)
    assert served(scene) is None
    wrote = len(ours(scene))
    await scene.settle()
    assert len(ours(scene)) == wrote
    await nothing_is_stuck(scene)


async def test_an_issue_closed_at_a_gate_of_the_policys_own_ends_there(scene: Scene) -> None:
    await change_policy(scene, GATE)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "waiting", await sticky(scene, number)
    await ends(scene, number, "closed")
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert len(runs(scene)) == 1
    await nothing_is_stuck(scene)


async def test_an_issue_closed_while_it_is_held_ends_there(scene: Scene) -> None:
    number, line = await half_approved(scene)
    await says(scene, scene.cast.anna, number, "/hold")
    await ends(scene, number, "closed")
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert "wrong_phase" in await refused(scene, scene.cast.olga, number, line)


async def test_an_issue_closed_in_the_queue_gives_its_place_back(scene: Scene) -> None:
    first, line = await planned(scene)
    second = await open_issue(scene, title="Another")
    token = (await sticky(scene, second)).split("/approve ")[1].split()[0]
    async with while_it_runs(scene, first, line):
        await scene.cast.bert.comment(scene.cast.product, second, f"/approve {token}")
        await scene.story.settle()
        await scene.cast.anna.edit_issue(scene.cast.product, second, state="closed")
        await scene.story.settle()
    assert await state(scene, first) == "completed", await sticky(scene, first)
    assert await state(scene, second) == "cancelled", await sticky(scene, second)
    await nothing_is_stuck(scene)


@pytest.mark.parametrize("how", ["reopened", "labelled again"])
async def test_what_ended_goes_on_only_by_a_new_plan(scene: Scene, how: str) -> None:
    number, line = await half_approved(scene)
    if how == "reopened":
        await ends(scene, number, "closed")
        await scene.cast.anna.edit_issue(scene.cast.product, number, state="open")
    else:
        await ends(scene, number, "unlabelled")
        await scene.cast.anna.label(scene.cast.product, number, LABEL)
    await scene.settle()
    said = await last_words(scene, number)
    assert f"{how} by anna" in said
    assert "/plan" in said
    assert "wrong_phase" in await refused(scene, scene.cast.olga, number, line)
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number)


async def test_what_is_done_stays_done_when_its_issue_is_reopened(scene: Scene) -> None:
    number = await carried_out(scene)
    await scene.cast.anna.edit_issue(scene.cast.product, number, state="open")
    await scene.settle()
    assert "/rollback" in await last_words(scene, number)
    assert await state(scene, number) == "completed"
    assert "Acme" in page(scene)


async def suite(scene: Scene) -> dict[str, Any]:
    """Our check suite on the plan pull request's head."""
    head = (await pulls(scene))[0]["head"]["sha"]
    path = f"{scene.cast.product.path}/commits/{head}/check-suites"
    suites = (await scene.cast.anna.http.get(path))["check_suites"]
    [one] = [one for one in suites if one["app"]["slug"] == "millwright"]
    found: dict[str, Any] = one
    return found


async def test_one_check_asked_for_again_shows_the_state_and_runs_nothing(scene: Scene) -> None:
    number = await carried_out(scene)
    before, shown, began = await checks(scene), await bot_comments(scene, number), len(runs(scene))
    one = before["millwright / run"]
    await scene.cast.bert.http.post(f"{scene.cast.product.path}/check-runs/{one['id']}/rerequest", {})
    await scene.settle()
    after = await checks(scene)
    assert {name: run["conclusion"] for name, run in after.items()} == {
        "millwright / plan": "success",
        "millwright / run": "success",
        "millwright / cost": "neutral",
    }
    assert {run["id"] for run in after.values()} == {run["id"] for run in before.values()}
    assert (await bot_comments(scene, number), len(runs(scene))) == (shown, began)


async def test_t55_all_checks_asked_for_again_show_the_state_and_run_nothing(scene: Scene) -> None:
    number = await carried_out(scene)
    began, one = len(runs(scene)), await suite(scene)
    scene.cast.product.rerun_checks(scene.cast.bert, one["id"])
    assert (await suite(scene))["status"] == "queued"
    await scene.settle()
    assert ((await suite(scene))["status"], len(runs(scene))) == ("completed", began)
    assert await state(scene, number) == "completed"
    await nothing_is_stuck(scene)
