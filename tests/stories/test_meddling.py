"""People meddle on GitHub: with the bot's comments, its pull request, its check runs, or all at the same time."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import (
    ACME,
    acme,
    bot_comments,
    checks,
    comments,
    last_words,
    open_issue,
    planned,
    pulls,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import caught, change_policy, page, quiet, runs

TWO = "approval:\n  MEDIUM: {count: 2}\n"


async def test_an_approval_on_the_pull_request_counts_and_a_reviews_words_are_no_command(scene: Scene) -> None:
    number, line = await planned(scene)
    [pull] = await pulls(scene)
    await scene.cast.bert.review(scene.cast.product, pull["number"], "COMMENT", line)
    await scene.settle()
    assert await state(scene, number) == "validated", "a review's body is never a command"

    await says(scene, scene.cast.bert, pull["number"], line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_push_to_the_plan_pull_request_voids_what_was_approved_there(scene: Scene) -> None:
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert "1 of 2" in await last_words(scene, number)
    [pull] = await pulls(scene)
    await scene.cast.olga.push(scene.cast.product, {"smuggled.txt": "in"}, branch=pull["head"]["ref"])
    await scene.settle()
    said = await last_words(scene, number)
    assert "Approvals are void" in said
    assert "olga pushed" in said

    carl = scene.story.person("carl")
    scene.cast.product.grant(carl, "maintain")
    await says(scene, carl, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "validated", "bert's approval does not count any more"
    assert len(runs(scene)) == 1


async def test_a_comment_that_copies_the_bots_is_never_taken_for_it(scene: Scene) -> None:
    number, line = await planned(scene)
    true = await sticky(scene, number)
    ours = next(c for c in await comments(scene, number) if c["user"]["login"] == "millwright[bot]")
    fake = true.replace("MEDIUM", "LOW")
    await scene.cast.mallory.comment(scene.cast.product, number, fake)
    await scene.cast.bert.edit_comment(scene.cast.product, ours["id"], "Nothing to see here.")
    await scene.settle()

    await says(scene, scene.cast.bert, number, line)
    shown = await sticky(scene, number)
    assert "Done" in shown, shown
    theirs = [c["body"] for c in await comments(scene, number) if c["user"]["login"] == "mallory"]
    assert theirs == [fake]


async def test_a_sticky_comment_that_was_deleted_is_written_again(scene: Scene) -> None:
    number, _ = await planned(scene)
    ours = next(c for c in await comments(scene, number) if c["user"]["login"] == "millwright[bot]")
    await scene.cast.bert.delete_comment(scene.cast.product, ours["id"])
    await scene.settle()
    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(contact_email="x@acme.example"))
    await scene.settle()
    assert "Plan v2" in await sticky(scene, number)
    assert len(await bot_comments(scene, number)) == 1


async def test_a_check_run_that_is_asked_for_again_runs_nothing_again(scene: Scene) -> None:
    number, _ = await planned(scene)
    plan = (await checks(scene))["millwright / plan"]
    path = f"{scene.cast.product.path}/check-runs/{plan['id']}/rerequest"
    await scene.cast.bert.http.post(path)
    await scene.settle()
    again = (await checks(scene))["millwright / plan"]
    assert (again["status"], again["conclusion"]) == ("completed", plan["conclusion"])
    assert len(runs(scene)) == 1
    assert await state(scene, number) == "validated"


async def test_two_runs_on_one_environment_never_undo_each_other(scene: Scene) -> None:
    first = await open_issue(scene)
    second = await open_issue(scene, acme(business_name="Beta Beratung GmbH"))
    bert, product = scene.cast.bert, scene.cast.product
    assert "approval_stale" in await says(scene, bert, first, f"/approve {await token(scene, second)}")
    async with caught(scene) as arrived:
        await bert.comment(product, first, f"/approve {await token(scene, first)}")
        await arrived()
        await bert.comment(product, second, f"/approve {await token(scene, second)}")
        await quiet(scene)
    states = {await state(scene, first), await state(scene, second)}
    assert states <= {"completed", "failed", "rolled_back"}
    assert "completed" in states
    winner = "Acme" if await state(scene, first) == "completed" else "Beta"
    if states != {"completed"}:
        assert winner in page(scene)
        loser = second if winner == "Acme" else first
        assert "when people approved" in await sticky(scene, loser) or "expected" in await sticky(scene, loser)


async def test_status_cost_and_help_are_answered_at_any_time(scene: Scene) -> None:
    number, line = await planned(scene)
    reader = scene.story.person("reader")
    scene.cast.product.grant(reader, "read")
    assert "validated" in await says(scene, reader, number, "/status")
    told = await says(scene, reader, number, "/help")
    assert "/approve" in told
    assert "✅" in told
    assert line in await says(scene, scene.cast.bert, number, "/STATUS")
    assert ACME.splitlines()[0].split(": ")[1] in await sticky(scene, number)
