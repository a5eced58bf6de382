"""Something goes wrong, or somebody changes their mind: it is taken back, or what remains is said."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import carried_out, checks, deployment_states, planned, says, state, sticky
from tests.stories.world import page, quiet, runs, serve_earlier_release, served, tree, while_it_runs


async def test_a_site_that_does_not_answer_is_taken_back_to_the_release_before(scene: Scene) -> None:
    before = serve_earlier_release(scene)
    scene.site.break_down()
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)

    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    shown = await sticky(scene, number)
    assert "Taken back" in shown
    assert "503" in shown
    assert "Nothing remains" in shown
    assert "evidence_pack" in shown
    assert served(scene) == "r-earlier"
    assert [path.name for path in (scene.site.root / "releases").iterdir()] == ["r-earlier"]
    scene.site.mend()
    assert page(scene) == before["index.html"].decode()
    assert tree(scene.site.root / "current") == before
    assert (await checks(scene))["millwright / run"]["conclusion"] == "failure"
    assert (await deployment_states(scene))[-1] == "failure"
    issue = await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}")
    assert issue["state"] == "open"


async def test_rolling_back_what_is_done_serves_the_release_before(scene: Scene) -> None:
    before = serve_earlier_release(scene)
    number = await carried_out(scene)
    assert "Acme" in page(scene)
    assert "no_role" in await says(scene, scene.cast.anna, number, "/rollback")

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert tree(scene.site.root / "current") == before
    assert "Nothing remains" in await sticky(scene, number)
    assert (await deployment_states(scene))[-1] == "inactive"
    assert runs(scene)[-1].conclusion == "success"


async def test_rolling_back_the_first_release_takes_the_site_off_the_air(scene: Scene) -> None:
    number = await carried_out(scene)
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert served(scene) is None
    assert page(scene) == ""
    assert "wrong_phase" in await says(scene, scene.cast.bert, number, "/rollback")


async def test_a_run_that_failed_before_it_changed_anything_is_tried_again(scene: Scene) -> None:
    number, line = await planned(scene)
    root = scene.site.root
    root.mkdir()
    (root / ".millwright").write_text("a file where the folder of the releases' records should be")
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "failed", await sticky(scene, number)
    assert "/retry" in await sticky(scene, number)
    assert served(scene) is None

    (root / ".millwright").unlink()
    await says(scene, scene.cast.bert, number, "/retry")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert [run.conclusion for run in runs(scene)] == ["success", "failure", "success"]


async def test_a_world_that_changed_since_the_preview_stops_the_run(scene: Scene) -> None:
    number, line = await planned(scene)
    before = serve_earlier_release(scene)
    await says(scene, scene.cast.bert, number, line)

    assert await state(scene, number) == "failed", await sticky(scene, number)
    assert tree(scene.site.root / "current") == before
    run = (await checks(scene))["millwright / run"]
    assert run["conclusion"] == "failure"
    path = f"{scene.cast.product.path}/check-runs/{run['id']}/annotations"
    annotations = await scene.cast.anna.http.get(path)
    assert "drift" in {annotation["title"] for annotation in annotations}, annotations
    assert "when people approved" in await sticky(scene, number)

    await says(scene, scene.cast.bert, number, "/plan")
    shown = await sticky(scene, number)
    assert "Plan v2" in shown
    assert "r-earlier" in shown, "the new preview has seen what is there now"
    assert await state(scene, number) == "validated"


async def test_cancelling_keeps_what_was_done_and_offers_the_way_back(scene: Scene) -> None:
    before = serve_earlier_release(scene)
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line, when=lambda: served(scene) != "r-earlier"):
        await scene.cast.bert.comment(scene.cast.product, number, "/cancel the customer has changed their mind")
        await quiet(scene)
        assert await state(scene, number) == "executing"

    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert served(scene) != "r-earlier", "what was done is kept"
    shown = await sticky(scene, number)
    assert "the customer has changed their mind" in shown
    assert "/rollback" in shown
    assert (await checks(scene))["millwright / run"]["conclusion"] == "cancelled"

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert tree(scene.site.root / "current") == before


async def test_closing_the_issue_stops_what_runs(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.anna.edit_issue(scene.cast.product, number, state="closed")
        await quiet(scene)

    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert "the issue was closed by anna" in await sticky(scene, number)
    assert served(scene) is None
    assert "nothing_to_undo" in await says(scene, scene.cast.bert, number, "/rollback")


async def test_taking_the_label_off_ends_what_was_planned(scene: Scene) -> None:
    number, line = await planned(scene)
    await scene.cast.anna.http.delete(f"{scene.cast.product.path}/issues/{number}/labels/capability:business")
    await scene.settle()
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert "wrong_phase" in await says(scene, scene.cast.bert, number, line)
    assert len(runs(scene)) == 1
