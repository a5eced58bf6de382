"""The App is suspended, loses a repository, or is uninstalled: nothing goes on, nothing is lost, it comes back."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from bot.sandbox.state import Installation
from tests.stories.test_life_repository import chosen, half_approved, nothing_is_stuck, ours
from tests.stories.words import bot_comments, last_words, planned, refused, says, state, sticky, token
from tests.stories.world import caught, page, restart_bot, runs, served, while_it_runs


def installation(scene: Scene) -> Installation:
    """The App on the organisation."""
    [one] = scene.story.sandbox.world.installations.values()
    return one


async def test_a_suspended_app_holds_everything_and_goes_on_where_it_was(scene: Scene) -> None:
    number, line = await half_approved(scene)
    shown, wrote = await bot_comments(scene, number), len(ours(scene))
    scene.story.suspend(installation(scene), scene.cast.olga)
    await scene.settle()
    await scene.cast.olga.comment(scene.cast.product, number, line)
    await scene.settle()
    assert ours(scene)[wrote:] == []
    assert await bot_comments(scene, number) == shown

    scene.story.unsuspend(installation(scene), scene.cast.olga)
    await scene.settle()
    assert await state(scene, number) == "validated"
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_a_suspended_app_stops_what_runs_and_settles_it_when_it_is_back(scene: Scene) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        scene.story.suspend(installation(scene), scene.cast.olga)
        await scene.story.settle()
        await scene.bot.settle()
    assert served(scene) is None
    await restart_bot(scene)
    scene.cast.app.webhook_url = f"{scene.bot.url}/github"
    scene.story.unsuspend(installation(scene), scene.cast.olga)
    await scene.settle()
    assert await state(scene, number) == "cancelled", await sticky(scene, number)
    assert "suspended by olga" in await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_an_approval_taken_back_while_the_app_was_suspended_does_not_count(scene: Scene) -> None:
    number, line = await half_approved(scene)
    [said] = [
        c["id"]
        for c in await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}/comments")
        if c["body"] == line
    ]
    scene.story.suspend(installation(scene))
    await scene.settle()
    await scene.cast.bert.delete_comment(scene.cast.product, said)
    scene.story.unsuspend(installation(scene))
    await scene.settle()
    assert "void" in await last_words(scene, number)
    assert "1 of 2" in await says(scene, scene.cast.olga, number, line)
    assert len(runs(scene)) == 1


async def test_an_issue_closed_while_the_app_was_suspended_ends_its_case(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    scene.story.suspend(installation(scene))
    await scene.settle()
    await scene.cast.anna.edit_issue(scene.cast.product, number, state="closed")
    scene.story.unsuspend(installation(scene))
    await scene.settle()
    assert await state(scene, number) == "cancelled"
    assert "closed meanwhile" in await sticky(scene, number)


async def test_a_product_taken_from_the_app_is_frozen_until_it_is_given_back(scene: Scene) -> None:
    chosen(scene)
    number, line = await half_approved(scene)
    wrote = len(ours(scene))
    scene.story.exclude(installation(scene), scene.cast.product)
    await scene.settle()
    assert ours(scene)[wrote:] == []

    scene.story.include(installation(scene), scene.cast.product)
    await scene.settle()
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_operations_taken_from_the_app_are_missed_by_every_case(scene: Scene) -> None:
    chosen(scene)
    number, line = await half_approved(scene)
    scene.story.exclude(installation(scene), scene.cast.operations)
    await scene.settle()
    assert await state(scene, number) == "held"
    assert "not installed on the operations repository" in await sticky(scene, number)
    assert "no_policy" in await refused(scene, scene.cast.olga, number, line)
    scene.story.include(installation(scene), scene.cast.operations)
    await scene.settle()
    assert await state(scene, number) == "validated"
    await says(scene, scene.cast.olga, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    await nothing_is_stuck(scene)


async def test_a_job_of_a_frozen_case_claims_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    async with caught(scene) as arrived:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await arrived()
        scene.story.suspend(installation(scene))
        await scene.story.settle()
        await scene.bot.settle()
    assert served(scene) is None
    assert "Acme" not in page(scene)


async def test_an_uninstalled_app_ends_what_waits_and_says_so_when_it_is_back(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    wrote = len(ours(scene))
    scene.story.uninstall(installation(scene), scene.cast.olga)
    await scene.settle()
    assert ours(scene)[wrote:] == []

    scene.story.install(scene.cast.app, scene.cast.organisation)
    await scene.settle()
    assert await state(scene, number) == "cancelled"
    assert "uninstalled by olga" in await sticky(scene, number)
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v2" in await sticky(scene, number), await sticky(scene, number)
    await nothing_is_stuck(scene)
