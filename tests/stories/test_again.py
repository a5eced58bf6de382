"""An end is not the end: what was cancelled, rejected or taken back can be planned and carried out anew."""

from __future__ import annotations

import pytest

from bot.cli.demo.scene import Scene
from tests.stories.words import (
    LABEL,
    acme,
    carried_out,
    checks,
    last_words,
    planned,
    pulls,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import caught, page, quiet, runs, served, while_it_runs


@pytest.mark.parametrize("end", ["/cancel", "/reject not like this", "closed"])
async def test_what_was_dropped_can_be_planned_again(scene: Scene, end: str) -> None:
    number, line = await planned(scene)
    anna, bert, product = scene.cast.anna, scene.cast.bert, scene.cast.product
    if end == "closed":
        await anna.edit_issue(product, number, state="closed")
        await scene.settle()
        await anna.edit_issue(product, number, state="open")
    else:
        await says(scene, bert, number, end)
    assert [pull["state"] for pull in await pulls(scene)] == ["closed"]
    [first] = await pulls(scene)
    await anna.http.delete(f"{product.path}/git/refs/heads/{first['head']['ref']}")

    await says(scene, bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number)
    assert await state(scene, number) == "validated"
    assert await token(scene, number) != line.removeprefix("/approve ")
    newest = (await pulls(scene))[0]
    assert newest["state"] == "open"
    assert f"pull request: #{newest['number']}" in await sticky(scene, number)
    assert "millwright / plan" in await checks(scene)
    assert "approval_stale" in await says(scene, bert, number, line)


async def test_what_was_taken_back_can_be_done_again(scene: Scene) -> None:
    number = await carried_out(scene)
    release = served(scene)
    await says(scene, scene.cast.bert, number, "/rollback")
    assert served(scene) is None
    await says(scene, scene.cast.bert, number, "/plan")
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number) + await last_words(scene, number)
    assert served(scene) == release
    assert "Acme" in page(scene)
    assert len(runs(scene)) == 5
    deployments = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments")
    assert len(deployments) == 2, "each version that is deployed is a deployment of its own"


async def test_cancelling_while_the_preview_runs_ends_it_at_once(scene: Scene) -> None:
    async with caught(scene) as arrived:
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", acme(), [LABEL])
        number = int(issue["number"])
        await arrived()
        await scene.cast.bert.comment(scene.cast.product, number, "/cancel")
        await quiet(scene)
        assert await state(scene, number) == "cancelled"
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert [run.conclusion for run in runs(scene)] == ["cancelled"]


async def test_an_edit_while_the_preview_runs_is_what_gets_previewed(scene: Scene) -> None:
    async with caught(scene) as arrived:
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", acme(), [LABEL])
        number = int(issue["number"])
        await arrived()
        await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(contact_email="new@acme.example"))
        await quiet(scene)
    assert await state(scene, number) == "validated", await sticky(scene, number)
    assert (await token(scene, number)).startswith("v2-")
    assert [run.conclusion for run in runs(scene)] == ["cancelled", "success"]


async def test_an_edit_while_it_is_carried_out_changes_nothing_that_was_approved(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(contact_email="new@acme.example"))
        await quiet(scene)
        assert await state(scene, number) == "executing"
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "info@acme-consulting.example" in page(scene)
    assert "new@acme.example" not in page(scene)
