"""Two capabilities, one environment: the second waits, and says so; people lock it; a full budget stops."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import acme, bot_comments, open_issue, planned, refused, says, state, sticky, token
from tests.stories.world import change_policy, page, quiet, restart_bot, runs, while_it_runs


async def second_issue(scene: Scene) -> tuple[int, str]:
    """Another capability of the same product: number, and the line that approves it."""
    number = await open_issue(scene, acme(contact_email="sales@acme-consulting.example"), "A better website")
    return number, f"/approve {await token(scene, number)}"


async def test_of_two_in_one_environment_the_second_waits_says_so_and_then_runs(scene: Scene) -> None:
    first, line = await planned(scene)
    second, other = await second_issue(scene)
    async with while_it_runs(scene, first, line):
        await scene.cast.bert.comment(scene.cast.product, second, other)
        await quiet(scene)
        waiting = await sticky(scene, second)
        assert "Waiting: execution of website" in waiting
        assert "Environment production is in use by WEB-1" in waiting
        assert await state(scene, second) == "approved"
        assert len(runs(scene)) == 3, "two previews and one execution"
    assert await state(scene, first) == "completed", await sticky(scene, first)
    assert len(runs(scene)) == 4
    assert "and was 'nothing' when people approved" in await sticky(scene, second), "the world is another by now"
    assert "info@acme-consulting.example" in page(scene)

    await says(scene, scene.cast.bert, second, "/plan")
    await says(scene, scene.cast.bert, second, f"/approve {await token(scene, second)}")
    assert await state(scene, second) == "completed", await sticky(scene, second)
    assert "sales@acme-consulting.example" in page(scene)


async def test_a_lock_keeps_a_leg_waiting_and_unlocking_lets_it_go(scene: Scene) -> None:
    number, line = await planned(scene)
    anna, bert, olga = scene.cast.anna, scene.cast.bert, scene.cast.olga
    assert "no_role" in await refused(scene, anna, number, "/lock I would like that")
    assert "reason_missing" in await refused(scene, bert, number, "/lock for 2h")
    noted = await says(scene, bert, number, "/lock for 2h we restore a backup")
    assert "is locked by `bert`" in noted
    assert "we restore a backup" in noted
    await says(scene, bert, number, line)
    assert "locked by bert" in await sticky(scene, number)
    assert await state(scene, number) == "approved"
    assert "locked by bert" in await says(scene, anna, number, "/status")
    assert len(runs(scene)) == 1
    await says(scene, olga, number, "/unlock production")
    assert any("was unlocked by `olga`" in text for text in await bot_comments(scene, number))
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_budget_that_is_full_stops_before_the_dispatch_until_it_is_raised(scene: Scene) -> None:
    await change_policy(scene, 'budgets:\n  warn_percent: 95\n  per_month: "0.031"\n')
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    stopped = await sticky(scene, number)
    assert "Stopped" in stopped
    assert "comes to 0.032 USD of 0.031 USD" in stopped
    assert "`budgets.per_month`" in stopped
    assert len(runs(scene)) == 1
    text = await scene.cast.operations.read(".github/millwright.yml")
    raised = text.replace('per_month: "0.031"', 'per_month: "0.033"')
    await scene.cast.olga.push(scene.cast.operations, {".github/millwright.yml": raised})
    await scene.settle()
    await says(scene, scene.cast.anna, number, "/run")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    warned = [text for text in await bot_comments(scene, number) if "95 % of the budget of this month" in text]
    assert len(warned) == 1


async def test_a_leg_that_waits_outlives_a_restart_of_the_bot(scene: Scene) -> None:
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, "/lock we restore a backup")
    await says(scene, scene.cast.bert, number, line)
    await restart_bot(scene)
    assert await state(scene, number) == "approved"
    await says(scene, scene.cast.bert, number, "/unlock")
    assert await state(scene, number) == "completed", await sticky(scene, number)
