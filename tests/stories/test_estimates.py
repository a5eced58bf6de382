"""What was carried out three times is measured, and the fourth plan says so."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import ACME, body, open_issue, says, state, sticky, token


def briefing(number: int) -> str:
    """Acme's briefing for a firm of that number, with a domain of its own."""
    return body(ACME.replace("acme-consulting.example", f"acme{number}.example"))


async def test_three_finished_capabilities_make_the_fourths_estimate_measured(scene: Scene) -> None:
    for earlier in range(3):
        number = await open_issue(scene, briefing(earlier))
        assert "measured" not in await sticky(scene, number)
        await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
        assert await state(scene, number) == "completed", await sticky(scene, number)

    fourth = await open_issue(scene, briefing(3))
    assert "Time by step: preflight, website, deploy, validate: measured over 3 runs." in await sticky(
        scene, fourth
    )

    # A plan that people look at stays the one that they approve while others move what was measured.
    approved = await token(scene, fourth)
    fifth = await open_issue(scene, briefing(4))
    await says(scene, scene.cast.bert, fifth, f"/approve {await token(scene, fifth)}")
    assert await state(scene, fifth) == "completed", await sticky(scene, fifth)
    assert "same_plan" in await says(scene, scene.cast.bert, fourth, "/plan")
    assert await token(scene, fourth) == approved
