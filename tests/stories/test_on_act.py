"""The same main job with the customer's real workflow file, run by act: setup, OIDC, actions by SHA, artifact."""

from __future__ import annotations

import pytest

from bot.cli.demo.scene import Scene
from tests.stories.words import checks, planned, says, state, sticky
from tests.stories.world import page, runs

pytestmark = pytest.mark.act


@pytest.fixture
def runner() -> str:
    """The real workflow."""
    return "act"


async def test_the_real_workflow_makes_the_website(scene: Scene) -> None:
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    logs = "\n".join(text for run in runs(scene) for job in run.jobs for text in job.log[-40:])
    assert await state(scene, number) == "completed", logs + await sticky(scene, number)
    assert "Acme Consulting" in page(scene)
    assert [run.conclusion for run in runs(scene)] == ["success", "success"]
    for run in runs(scene):
        assert [job.key for job in run.jobs if job.conclusion != "skipped"] == ["admit", "execute"]
        assert "website" in run.job("execute").summary
    assert (await checks(scene))["millwright / run"]["conclusion"] == "success"
    assert "evidence_pack" in await sticky(scene, number)
