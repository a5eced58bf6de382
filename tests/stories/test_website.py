"""The main job, end to end over HTTP: a labelled issue becomes an approved, executed, evidenced website."""

from __future__ import annotations

import urllib.request

from bot.cli.demo.scene import Scene
from tests.stories.words import labels, open_issue, says, sticky, token


async def test_an_issue_becomes_a_website(scene: Scene) -> None:
    number = await open_issue(scene)
    shown = await sticky(scene, number)
    assert "Plan v1" in shown
    assert "not available in this release" in shown
    line = f"/approve {await token(scene, number)}"

    assert "no_role" in await says(scene, scene.cast.mallory, number, line)
    assert "self_approval" in await says(scene, scene.cast.anna, number, line)
    assert not (scene.site.root / "current").exists()

    await says(scene, scene.cast.bert, number, line)
    assert "Done" in await sticky(scene, number), await sticky(scene, number)
    assert "state:completed" in await labels(scene, number)
    with urllib.request.urlopen(scene.site.url) as page:
        assert "Acme Consulting" in page.read().decode()
