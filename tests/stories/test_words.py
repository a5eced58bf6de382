"""What an approval stands on is read again at the claim: GitHub tells nobody of a minimised comment."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import bot_comments, planned, says, state, sticky
from tests.stories.world import quiet, runs


async def test_t11_an_approval_that_is_minimised_before_the_job_claims_does_not_count(scene: Scene) -> None:
    number, line = await planned(scene)
    room = scene.story.sandbox.actions.room
    async with room, room:
        given = await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        assert await state(scene, number) == "executing"
        scene.cast.product.minimize(scene.cast.olga, given["id"], "outdated")
        await quiet(scene)
        assert await state(scene, number) == "executing", "nobody was told"
    await scene.settle()
    assert await state(scene, number) == "validated", await sticky(scene, number)
    assert runs(scene)[-1].conclusion != "success"
    assert not (scene.site.root / "current").exists()
    said = [text for text in await bot_comments(scene, number) if "Approvals are void" in text]
    assert len(said) == 1
    assert "minimised" in said[0]

    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", "somebody else's words stand"
