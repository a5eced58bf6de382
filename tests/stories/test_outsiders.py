"""Outsiders publish nothing and command nothing; a rejection says why (T60)."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import (
    acme,
    newcomer,
    open_issue,
    planned,
    pulls,
    refused,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import runs


async def test_a_rejection_says_why_and_plans_nothing_more(scene: Scene) -> None:
    number, line = await planned(scene)
    assert "reason_missing" in await refused(scene, scene.cast.bert, number, "/reject")
    await says(scene, scene.cast.bert, number, "/reject the imprint names the wrong company")
    assert await state(scene, number) == "rejected"
    assert "the imprint names the wrong company" in await sticky(scene, number)
    assert "wrong_phase" in await refused(scene, scene.cast.bert, number, line)
    [pull] = await pulls(scene)
    assert pull["state"] == "closed"


async def test_t60_an_outsiders_issue_gets_a_plan_and_nothing_else(scene: Scene) -> None:
    mallory = scene.cast.mallory
    issue = await scene.cast.product.form(mallory, "Free website", acme(), ["capability:business"])
    await scene.settle()
    shown = await sticky(scene, issue.number)
    assert "Plan v1" in shown
    assert "triage rights" in shown
    assert "/approve" not in shown.partition("<details>")[0]
    assert await pulls(scene) == []
    branches = await scene.cast.anna.http.get(f"{scene.cast.product.path}/branches")
    assert [branch["name"] for branch in branches] == ["main"]
    assert runs(scene) == []

    assert "no_role" in await refused(scene, mallory, issue.number, "/plan")
    thea = newcomer(scene, "thea", "triage")
    await says(scene, thea, issue.number, "/plan")
    assert len(await pulls(scene)) == 1
    assert [run.conclusion for run in runs(scene)] == ["success"]
    assert await token(scene, issue.number)


async def test_an_outsider_commands_nothing_on_somebody_elses_issue(scene: Scene) -> None:
    number, _ = await planned(scene)
    for command in ("/cancel", "/reject no", "/retry", "/rollback"):
        answer = await refused(scene, scene.cast.mallory, number, command)
        assert "no_role" in answer, command
    assert await state(scene, number) == "validated"
    await open_issue(scene)
