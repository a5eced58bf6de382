"""A repository is renamed, archived, moved, deleted, or its default branch is: what becomes of a plan."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.scene import Scene
from bot.sandbox.places import Place
from tests.stories.words import (
    acme,
    bot_comments,
    carried_out,
    labels,
    last_words,
    open_issue,
    planned,
    refused,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import change_policy, page, runs, served, while_it_runs

TWO = "approval:\n  MEDIUM: {count: 2}\n"


async def changed(scene: Scene, place: Place, **settings: Any) -> None:
    """The owner changes a repository's settings."""
    await scene.cast.olga.http.patch(place.path, settings)
    await scene.settle()


async def half_approved(scene: Scene) -> tuple[int, str]:
    """A plan that takes two approvals and has Bert's: the issue's number and the line that approves it."""
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    assert "1 of 2" in await says(scene, scene.cast.bert, number, line)
    return number, line


async def nothing_is_stuck(scene: Scene) -> None:
    """No row waits for somebody to look at it."""
    assert await scene.bot.engine.parked() == []


async def test_a_renamed_repository_goes_on_under_its_new_name_with_a_new_plan(scene: Scene) -> None:
    number, line = await half_approved(scene)
    await changed(scene, scene.cast.product, name="shop")

    said = await last_words(scene, number)
    assert "`acme/website` to `acme/shop`" in said
    assert "`products` write `acme/shop` in place of `acme/website`" in said
    assert "void" in said
    assert await state(scene, number) == "validated"
    assert "approval_stale" in await refused(scene, scene.cast.olga, number, line)

    text = str(await scene.cast.operations.read(".github/millwright.yml"))
    new = text.replace("acme/website", "acme/shop").replace(TWO, "")
    await scene.cast.olga.push(scene.cast.operations, {".github/millwright.yml": new})
    await scene.settle()
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number), await sticky(scene, number)
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    await nothing_is_stuck(scene)


async def test_a_run_under_way_ends_although_its_repository_is_renamed(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.olga.http.patch(scene.cast.product.path, {"name": "shop"})
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    await nothing_is_stuck(scene)


async def test_a_renamed_operations_repository_says_what_to_do(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    await changed(scene, scene.cast.operations, name="ops")
    said = await last_words(scene, number)
    assert "give it its name back" in said
    assert "void" in said
    await changed(scene, scene.cast.operations, name="millwright-ops")
    await says(scene, scene.cast.bert, number, "/plan")
    assert await state(scene, number) == "validated"
    await nothing_is_stuck(scene)


async def test_an_archived_repository_holds_what_is_planned_until_it_is_unarchived(scene: Scene) -> None:
    number, line = await half_approved(scene)
    before = await bot_comments(scene, number)
    writes = len(ours(scene))
    await changed(scene, scene.cast.product, archived=True)
    assert ours(scene)[writes:] == []

    await changed(scene, scene.cast.product, archived=False)
    assert await state(scene, number) == "validated"
    assert "/approve v1" in await sticky(scene, number)
    assert len(await bot_comments(scene, number)) == len(before)
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    await nothing_is_stuck(scene)


def ours(scene: Scene) -> list[str]:
    """What the bot has written, or tried to."""
    wrote = [asked for asked in scene.story.sandbox.requests if asked.method not in ("GET", "HEAD")]
    return [f"{asked.method} {asked.path}" for asked in wrote if "[bot]" in asked.identity]


async def test_a_run_under_way_stops_when_its_repository_is_archived_and_says_so_later(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await scene.cast.olga.http.patch(scene.cast.product.path, {"archived": True})
    assert served(scene) is None
    tried = len(ours(scene))
    await scene.settle()
    assert len(ours(scene)) == tried

    await changed(scene, scene.cast.product, archived=False)
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert "archived by olga" in await sticky(scene, number)
    assert "Evidence" in await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_an_archived_operations_repository_holds_and_is_said_where_it_can_be(scene: Scene) -> None:
    number, line = await half_approved(scene)
    await changed(scene, scene.cast.operations, archived=True)
    assert await state(scene, number) == "held"
    assert "operations repository is archived" in await sticky(scene, number)
    assert "held" in await refused(scene, scene.cast.olga, number, line)
    assert "frozen" in await refused(scene, scene.cast.bert, number, "/resume")

    await changed(scene, scene.cast.operations, archived=False)
    assert await state(scene, number) == "validated"
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_what_somebody_holds_stays_held_when_the_repository_is_unarchived(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    await says(scene, scene.cast.anna, number, "/hold until Monday")
    await changed(scene, scene.cast.product, archived=True)
    await changed(scene, scene.cast.product, archived=False)
    assert await state(scene, number) == "held"
    await says(scene, scene.cast.anna, number, "/resume")
    assert await state(scene, number) == "validated"


async def test_a_moved_repository_ends_what_was_planned_and_asks_its_new_owners_policy(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    rival = scene.story.organisation("rival")
    rival.admit(scene.cast.olga, "admin")
    scene.story.install(scene.cast.app, rival)
    await scene.cast.olga.http.post(f"{scene.cast.product.path}/transfer", {"new_owner": "rival"})
    await scene.settle()

    scene.cast.product.grant(scene.cast.bert, "maintain")
    assert scene.cast.product.full_name == "rival/website"
    assert await state(scene, number) == "cancelled"
    assert "moved to rival/website by olga" in await sticky(scene, number)
    await says(scene, scene.cast.bert, number, "/plan")
    assert "rival/millwright-ops" in await sticky(scene, number)
    assert len(runs(scene)) == 1
    await nothing_is_stuck(scene)


async def test_a_deleted_repository_is_left_alone(scene: Scene) -> None:
    chosen(scene)
    await half_approved(scene)
    wrote = len(ours(scene))
    await scene.cast.olga.http.delete(scene.cast.product.path)
    await scene.settle()
    assert ours(scene)[wrote:] == []
    await nothing_is_stuck(scene)


def chosen(scene: Scene) -> None:
    """The owner has chosen the repositories that the App may reach, instead of giving it all of them."""
    [one] = scene.story.sandbox.world.installations.values()
    one.repository_ids = {scene.cast.product.id, scene.cast.operations.id}


async def test_another_default_branch_of_the_product_changes_nothing_of_the_plan(scene: Scene) -> None:
    number, line = await half_approved(scene)
    before = await bot_comments(scene, number)
    await renamed_branch(scene, scene.cast.product)
    assert len(await bot_comments(scene, number)) == len(before)
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "state:completed" in await labels(scene, number)


async def renamed_branch(scene: Scene, place: Place) -> None:
    """The owner renames the default branch to `trunk`."""
    await scene.cast.olga.http.post(f"{place.path}/branches/main/rename", {"new_name": "trunk"})
    await scene.settle()


async def test_another_default_branch_of_the_operations_repository_asks_for_a_new_plan(scene: Scene) -> None:
    number, line = await half_approved(scene)
    await renamed_branch(scene, scene.cast.operations)
    said = await last_words(scene, number)
    assert "default branch is `trunk` now, no longer `main`" in said
    assert "/plan" in said
    assert "approval_stale" in await refused(scene, scene.cast.bert, number, line)

    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number), await sticky(scene, number)
    line = f"/approve {await token(scene, number)}"
    await says(scene, scene.cast.bert, number, line)
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert runs(scene)[-1].conclusion == "success"


async def test_what_is_done_stays_done_whatever_its_repository_is_called(scene: Scene) -> None:
    number = await carried_out(scene)
    before = await bot_comments(scene, number)
    await changed(scene, scene.cast.product, name="shop")
    assert await bot_comments(scene, number) == before
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)


async def test_what_was_done_is_taken_back_from_another_default_branch_too(scene: Scene) -> None:
    number = await carried_out(scene)
    await renamed_branch(scene, scene.cast.operations)
    assert "default branch" not in await last_words(scene, number)
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert served(scene) is None
    await nothing_is_stuck(scene)


async def test_an_issue_that_was_edited_while_nothing_could_be_heard_is_planned_anew_by_hand(scene: Scene) -> None:
    number, line = await half_approved(scene)
    chosen(scene)
    [one] = scene.story.sandbox.world.installations.values()
    scene.story.exclude(one, scene.cast.product)
    await scene.settle()
    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(contact_email="new@acme.example"))
    scene.story.include(one, scene.cast.product)
    await scene.settle()
    said = await last_words(scene, number)
    assert "The issue was edited, so this plan" in said
    assert "void" in said
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number)
    assert await open_issue(scene) > number
    assert line not in await sticky(scene, number)
