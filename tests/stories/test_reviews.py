"""A review of the plan pull request as a door to the decision: what counts, and what takes it back."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.scene import Scene
from tests.stories.words import bot_comments, checks, newcomer, planned, pulls, says, state
from tests.stories.world import change_policy, quiet, runs

TWO = "approval:\n  MEDIUM: {count: 2}\n"


async def review(scene: Scene, who: Any, event: str, body: str = "", **more: str) -> Any:
    """Somebody reviews the newest plan pull request."""
    number = (await pulls(scene))[0]["number"]
    given = await who.review(scene.cast.product, number, event, body, **more)
    await scene.settle()
    return given


async def on_pull(scene: Scene) -> list[str]:
    """The bot's comments on the plan pull request."""
    return await bot_comments(scene, (await pulls(scene))[0]["number"])


async def dismiss(scene: Scene, given: Any) -> None:
    number = (await pulls(scene))[0]["number"]
    path = f"{scene.cast.product.path}/pulls/{number}/reviews/{given['id']}/dismissals"
    await scene.cast.olga.http.put(path, {"message": "not yet"})
    await scene.settle()


async def test_a_review_of_the_bots_own_head_approves_the_plan(scene: Scene) -> None:
    number, _ = await planned(scene)
    await review(scene, scene.cast.bert, "APPROVE", "looks good")
    assert await state(scene, number) == "completed"
    noted = next(text for text in await on_pull(scene) if "counts: 1 of 1" in text)
    assert "bert" in noted


async def test_the_author_and_those_without_the_role_do_not_approve_by_review(scene: Scene) -> None:
    number, _ = await planned(scene)
    await review(scene, scene.cast.anna, "APPROVE")
    assert "self_approval" in (await on_pull(scene))[-1]
    await review(scene, newcomer(scene, "wim", "write"), "APPROVE")
    assert "no_role" in (await on_pull(scene))[-1]
    assert await state(scene, number) == "validated"
    why = await says(scene, scene.cast.bert, number, "/why")
    assert "anna" in why
    assert "wim" in why
    plan = (await checks(scene))["millwright / plan"]["output"]["text"]
    assert '"code": "self_approval"' in plan, "machines read it in the check run"
    assert '"code": "no_role"' in plan


async def test_a_review_whose_words_are_a_command_is_no_command(scene: Scene) -> None:
    number, line = await planned(scene)
    await review(scene, scene.cast.bert, "COMMENT", line)
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1


async def test_t14_a_dismissed_review_brings_no_older_approval_back(scene: Scene) -> None:
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    given = await review(scene, scene.cast.bert, "APPROVE")
    assert "already_approved" in (await on_pull(scene))[-1]
    await says(scene, scene.cast.bert, number, "/withdraw")
    given = await review(scene, scene.cast.bert, "APPROVE")
    await dismiss(scene, given)
    why = await says(scene, scene.cast.bert, number, "/why")
    assert "0 of 2" in why
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "validated", "one of two"


async def test_t14_asking_for_changes_takes_ones_own_yes_back_and_shuts_the_gate(scene: Scene) -> None:
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    given = await review(scene, scene.cast.bert, "REQUEST_CHANGES", "the imprint")
    cleo = newcomer(scene, "cleo", "maintain")
    for who in (scene.cast.olga, cleo):
        await says(scene, who, number, line)
    assert await state(scene, number) == "validated", "two approvals, and somebody who may approve objects"
    assert "asks for changes" in await says(scene, scene.cast.bert, number, "/why")
    await dismiss(scene, given)
    assert await state(scene, number) == "completed"


async def test_t14_a_request_for_changes_by_somebody_without_a_say_is_a_remark(scene: Scene) -> None:
    number, line = await planned(scene)
    await review(scene, newcomer(scene, "wim", "write"), "REQUEST_CHANGES", "I do not like it")
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed"


async def test_t14_a_review_of_a_foreign_head_or_an_older_one_approves_nothing(scene: Scene) -> None:
    number, _ = await planned(scene)
    pull = (await pulls(scene))[0]
    head, branch = pull["head"]["sha"], pull["head"]["ref"]
    await scene.cast.olga.push(scene.cast.product, {"notes.txt": "x"}, branch=branch, message="more")
    await scene.settle()
    await review(scene, scene.cast.bert, "APPROVE")
    assert "review_stale" in (await on_pull(scene))[-1], "the head is not the bot's"
    parent = (await scene.cast.bert.http.get(f"{scene.cast.product.path}/commits/{head}"))["parents"][0]["sha"]
    await review(scene, newcomer(scene, "cleo", "maintain"), "APPROVE", commit_id=parent)
    assert "review_stale" in (await on_pull(scene))[-1]
    assert await state(scene, number) == "validated"


async def test_t14_a_dismissal_before_the_job_claims_recalls_the_run(scene: Scene) -> None:
    number, _ = await planned(scene)
    pull, room = (await pulls(scene))[0]["number"], scene.story.sandbox.actions.room
    async with room, room:
        given = await scene.cast.bert.review(scene.cast.product, pull, "APPROVE")
        await quiet(scene)
        assert await state(scene, number) == "executing"
        path = f"{scene.cast.product.path}/pulls/{pull}/reviews/{given['id']}/dismissals"
        await scene.cast.olga.http.put(path, {"message": "not yet"})
        await quiet(scene)
    await scene.settle()
    assert await state(scene, number) == "validated"
    assert not (scene.site.root / "current").exists()
