"""T20: GitHub promises no order. Webhooks come backwards and shuffled, and what stands at the end is the same."""

from __future__ import annotations

from random import Random

import pytest

from bot.cli.demo.scene import Scene
from bot.sandbox.webhooks import Delivery
from tests.stories.test_doors import redeliver
from tests.stories.test_interruption import doubled
from tests.stories.words import LABEL, body, planned, pulls, state, sticky, token
from tests.stories.world import quiet, runs


def taken(scene: Scene) -> list[Delivery]:
    """Everything that GitHub has sent since somebody took it last, each thing once."""
    sent = list({one.guid: one for one in scene.story.sandbox.webhooks.log}.values())
    scene.story.sandbox.webhooks.log.clear()
    return sent


def disorder(sent: list[Delivery], seed: int | None) -> list[Delivery]:
    """Backwards, or by the dice of a seed."""
    if seed is None:
        return sent[::-1]
    return Random(seed).sample(sent, len(sent))


@pytest.mark.parametrize("seed", [None, 1])
async def test_labels_comments_and_the_issue_itself_in_any_order_make_one_plan(
    scene: Scene, seed: int | None
) -> None:
    cast = scene.cast
    cast.app.webhook_url, kept = "http://127.0.0.1:1/nobody", cast.app.webhook_url
    issue = await cast.anna.open_issue(cast.product, "Website for Acme", body(), [LABEL, "bug"])
    number = int(issue["number"])
    await cast.bert.comment(cast.product, number, "nice")
    await cast.mallory.comment(cast.product, number, "/approve v1-000000000000")
    await cast.anna.edit_issue(cast.product, number, title="Website for Acme, please")
    await scene.story.settle()
    cast.app.webhook_url = kept
    for one in disorder(taken(scene), seed):
        assert await redeliver(scene, one) == 202
        await quiet(scene)
    await scene.settle()
    assert await state(scene, number) == "validated"
    assert f"/approve {await token(scene, number)}" in await sticky(scene, number)
    assert "Plan v1" in await sticky(scene, number)
    assert len(await pulls(scene)) == 1


@pytest.mark.parametrize("seed", [None, 2])
async def test_a_run_that_is_over_before_it_is_requested_is_over_once(scene: Scene, seed: int | None) -> None:
    number, line = await planned(scene)
    taken(scene)
    cast = scene.cast
    await cast.bert.comment(cast.product, number, line)
    await quiet(scene)
    cast.app.webhook_url, kept = "http://127.0.0.1:1/nobody", cast.app.webhook_url
    await scene.settle()
    cast.app.webhook_url = kept
    said = taken(scene)
    assert {"requested", "in_progress", "completed"} >= {one.action for one in said if one.event == "workflow_run"}
    assert any(one.event == "workflow_run" and one.action == "completed" for one in said)
    for one in disorder(said, seed):
        assert await redeliver(scene, one) == 202
        await quiet(scene)
    await scene.settle()
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await doubled(scene, number) == []
    assert [run.conclusion for run in runs(scene)] == ["success"] * 2
    assert await scene.bot.engine.parked() == []
