"""T5: what comes from a fork starts nothing, and no workflow of ours would run it beside a secret."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml

from bot.cli.demo.scene import Scene
from tests.stories.words import bot_comments, planned, state
from tests.stories.world import runs

HOUSE = Path(__file__).parents[2]
FORBIDDEN = ("pull_request_target", "workflow_run", "issue_comment")


async def test_a_pull_request_from_a_fork_starts_nothing_whatever_it_says(scene: Scene) -> None:
    number, line = await planned(scene)
    before, said = len(runs(scene)), len(await bot_comments(scene, number))
    mallory, product = scene.cast.mallory, scene.cast.product
    fork = scene.story.fork(product, mallory)
    hostile = {
        ".millwright/WEB-1/plan.json": "{}",
        ".github/workflows/millwright.yml": "on: pull_request_target\n",
    }
    await mallory.push(fork, hostile, branch="millwright/web-1", message=line)
    pull = await mallory.open_pull(product, "mallory:millwright/web-1", title=line, body=line)
    await mallory.comment(product, pull["number"], line)
    await scene.settle()
    assert len(runs(scene)) == before
    assert len(await bot_comments(scene, number)) == said
    assert await state(scene, number) == "validated"
    assert await bot_comments(scene, pull["number"]) == []


def test_no_workflow_of_ours_is_started_by_strangers_with_rights() -> None:
    template = (files("templates") / "workflow" / "millwright.yml.in").read_text("utf-8")
    assert template.count("workflow_dispatch:") == 1
    own = [path.read_text("utf-8") for path in (HOUSE / ".github" / "workflows").glob("*.yml")]
    assert own
    for text in (template, *own):
        assert not any(word in text for word in FORBIDDEN)
    for text in own:
        # YAML 1.1 reads the key `on` as true
        triggers = yaml.safe_load(text)[True]
        assert set(triggers) <= {"push", "pull_request", "workflow_dispatch", "schedule"}
