"""Before anything is changed everything is looked at; after it, everything that was promised is asked for."""

from __future__ import annotations

import json

from bot.cli.demo.scene import Scene
from tests.stories.words import checks, open_issue, planned, says, state, sticky
from tests.stories.world import runs, served, tree


async def test_a_failing_preflight_stops_the_preview_changes_nothing_and_says_what_to_do(scene: Scene) -> None:
    scene.site.root.mkdir()
    (scene.site.root / "somebodys.html").write_text("<p>not ours</p>")
    before = tree(scene.site.root)
    number = await open_issue(scene)
    shown = await sticky(scene, number)
    assert "holds files that are not ours" in shown
    assert "name an empty or a new folder in the policy" in shown
    assert "/approve" not in shown
    assert tree(scene.site.root) == before


async def test_a_place_that_fails_after_the_approval_is_found_before_anything_is_changed(scene: Scene) -> None:
    number, line = await planned(scene)
    scene.site.root.mkdir()
    (scene.site.root / "somebodys.html").write_text("<p>not ours</p>")
    before = tree(scene.site.root)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "failed", await sticky(scene, number)
    shown = await sticky(scene, number)
    assert "name an empty or a new folder in the policy" in shown
    assert tree(scene.site.root) == before
    assert served(scene) is None
    assert "preflight" in json.dumps(await checks(scene))
    assert [run.conclusion for run in runs(scene)] == ["success", "failure"]


async def test_the_plan_shows_what_the_preflight_found_and_what_will_be_asked_for(scene: Scene) -> None:
    number, line = await planned(scene)
    shown = await sticky(scene, number)
    assert "can be written to" in shown
    assert "GB free" in shown
    assert "every page, robots.txt and sitemap.xml" in shown
    assert "Time by step: preflight: unknown; website, deploy, validate: from the table." in shown
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_page_that_others_change_after_the_deployment_is_found_and_all_is_taken_back(scene: Scene) -> None:
    number, line = await planned(scene)

    def spoil() -> None:
        page = scene.site.root / "current" / "about.html"
        if page.is_file():
            page.write_text("somebody was here")

    scene.site.before_answering = spoil
    await says(scene, scene.cast.bert, number, line)
    scene.site.before_answering = lambda: None
    shown = await sticky(scene, number)
    assert await state(scene, number) == "rolled_back", shown
    assert "about.html" in shown
    assert served(scene) is None
