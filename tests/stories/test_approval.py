"""Who may approve, what exactly is approved, and what takes an approval back: refusals with their reason codes."""

from __future__ import annotations

import hashlib

from bot.cli.demo.scene import Scene
from bot.sandbox.client import Client
from bot.sandbox.identity import installation_token, user_token
from tests.stories.words import (
    LABEL,
    acme,
    bot_comments,
    comments,
    newcomer,
    planned,
    pulls,
    refused,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import caught, change_policy, quiet, runs

TWO = "approval:\n  MEDIUM: {count: 2}\n"


async def test_only_those_the_policy_names_can_approve(scene: Scene) -> None:
    number, line = await planned(scene)
    for role in ("read", "triage", "write"):
        person = newcomer(scene, f"{role}er", role)
        answer = await refused(scene, person, number, line)
        assert "no_role" in answer
        assert role in answer
    assert "no_role" in await refused(scene, scene.cast.mallory, number, line)
    assert "self_approval" in await refused(scene, scene.cast.anna, number, line)
    assert await state(scene, number) == "validated"

    why = await says(scene, scene.cast.bert, number, "/why")
    for login in ("reader", "triageer", "writeer", "mallory", "anna"):
        assert login in why
    assert "0 of 1" in why


async def test_an_owner_may_approve_but_not_what_they_edited(scene: Scene) -> None:
    number, line = await planned(scene)
    await scene.cast.olga.edit_issue(scene.cast.product, number, body=acme(industry="Consulting"))
    await scene.settle()
    line = f"/approve {await token(scene, number)}"
    assert "self_approval" in await refused(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "validated"


async def test_t02_bots_and_apps_approve_nothing_whatever_they_are_called(scene: Scene) -> None:
    number, line = await planned(scene)
    world, path = scene.story.sandbox.world, f"{scene.cast.product.path}/issues/{number}/comments"
    other = scene.story.app("helper", {"issues": "write"}, [])
    installed = scene.story.install(other, scene.cast.organisation)
    as_bot = scene.story.client(installation_token(world, installed).value)
    as_app_for_bert = scene.story.client(user_token(world, scene.cast.bert.account, other).value)
    ours = next(one for one in world.installations.values() if one.app_id == scene.cast.app.id)
    as_ourselves = scene.story.client(installation_token(world, ours).value)
    before = len(await bot_comments(scene, number))

    await comment(scene, as_bot, path, line)
    await comment(scene, as_ourselves, path, line)
    assert [c["body"] for c in await comments(scene, number)].count(line) == 2
    assert len(await bot_comments(scene, number)) == before + 1, "a bot is not answered; one comment is that line"
    await comment(scene, as_app_for_bert, path, line)
    assert "app_comment" in (await bot_comments(scene, number))[-1]

    someone = newcomer(scene, "maintainer-bot", "read")
    assert "no_role" in await refused(scene, someone, number, line)
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1


async def comment(scene: Scene, client: Client, path: str, text: str) -> None:
    """A comment by whoever holds the client's token."""
    await client.post(path, {"body": text})
    await scene.settle()


async def test_t13_an_approval_names_exactly_the_plan_that_stands(scene: Scene) -> None:
    number, line = await planned(scene)
    bert, good = scene.cast.bert, line.removeprefix("/approve ")
    version, digest = good.split("-")
    bare = await refused(scene, bert, number, "/approve")
    assert "token_missing" in bare
    assert line in bare, "the line to paste"
    for wrong in (
        digest,
        f"{version}-{digest[:11]}",
        f"{version}-{digest.upper()}",
        f"{good} please",
        f"{version} {digest}",
    ):
        if wrong != good:
            assert "token_malformed" in await refused(scene, bert, number, f"/approve {wrong}"), wrong
    other = "0" * 12 if digest != "0" * 12 else "1" * 12
    assert "approval_stale" in await refused(scene, bert, number, f"/approve {version}-{other}")
    assert "approval_stale" in await refused(scene, bert, number, f"/approve v2-{digest}")
    assert await state(scene, number) == "validated"


async def test_words_that_only_look_like_a_command_do_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    before = len(await bot_comments(scene, number))
    for text in (
        f"> {line}",
        f"```\n{line}\n```",
        f"    {line}",
        f"I would say\n{line}",
        f"<!--\n{line}\n-->",
        f"`{line}`",
        f" {line}",
    ):
        await scene.cast.bert.comment(scene.cast.product, number, text)
    await scene.settle()
    assert len(await bot_comments(scene, number)) == before
    assert await state(scene, number) == "validated"

    answer = await refused(scene, scene.cast.bert, number, f"{line}\n/cancel")
    assert "two_commands" in answer
    hint = await refused(scene, scene.cast.bert, number, "/aprove")
    assert "/help" in hint
    assert await state(scene, number) == "validated"


async def test_a_command_that_is_edited_in_is_no_command(scene: Scene) -> None:
    number, line = await planned(scene)
    said = await scene.cast.bert.comment(scene.cast.product, number, "Looks good to me.")
    await scene.settle()
    before = len(await bot_comments(scene, number))
    await scene.cast.bert.edit_comment(scene.cast.product, said["id"], line)
    await scene.settle()
    assert len(await bot_comments(scene, number)) == before
    assert await state(scene, number) == "validated"


async def test_an_approval_before_the_preview_is_back_is_too_early(scene: Scene) -> None:
    async with caught(scene) as arrived:
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", acme(), [LABEL])
        await arrived()
        await quiet(scene)
        number = int(issue["number"])
        assert "preview running" in await sticky(scene, number)
        [pull] = await pulls(scene)
        stored = await scene.cast.product.read(f".millwright/WEB-{number}/plan.json", pull["head"]["ref"])
        early = hashlib.sha256((stored or "").encode()).hexdigest()[:12]
        await scene.cast.bert.comment(scene.cast.product, number, f"/approve v1-{early}")
        await quiet(scene)
        assert "preview_pending" in (await bot_comments(scene, number))[-1]
    assert await token(scene, number) != f"v1-{early}"
    assert await state(scene, number) == "validated"


async def test_t11_an_approval_whose_comment_is_edited_or_deleted_is_withdrawn(scene: Scene) -> None:
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    carl, dora = newcomer(scene, "carl", "maintain"), newcomer(scene, "dora", "maintain")
    given = await scene.cast.bert.comment(scene.cast.product, number, line)
    await scene.settle()
    assert "1 of 2" in (await bot_comments(scene, number))[-1]
    assert "already_approved" in await refused(scene, scene.cast.bert, number, line)

    await dora.edit_comment(scene.cast.product, given["id"], f"{line}\nreally")  # anybody with write may edit it
    await scene.settle()
    assert "void" in (await bot_comments(scene, number))[-1]
    given = await carl.comment(scene.cast.product, number, line)
    await scene.settle()
    assert await state(scene, number) == "validated"
    await carl.delete_comment(scene.cast.product, given["id"])
    await scene.settle()
    await says(scene, dora, number, line)
    assert await state(scene, number) == "validated", "dora's is the only one of three that stands"

    await says(scene, carl, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_an_approval_withdrawn_while_the_run_waits_for_a_runner_recalls_it(scene: Scene) -> None:
    number, line = await planned(scene)
    room = scene.story.sandbox.actions.room
    async with room, room:
        given = await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        assert await state(scene, number) == "executing"
        await scene.cast.bert.delete_comment(scene.cast.product, given["id"])
        await quiet(scene)
    await scene.settle()
    assert await state(scene, number) == "validated", await sticky(scene, number)
    assert runs(scene)[-1].conclusion != "success"
    assert not (scene.site.root / "current").exists()


async def test_a_right_that_is_taken_away_before_the_job_claims_stops_it(scene: Scene) -> None:
    number, line = await planned(scene)
    room = scene.story.sandbox.actions.room
    async with room, room:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        scene.cast.product.grant(scene.cast.bert, "write")
    await scene.settle()
    assert await state(scene, number) == "validated", await sticky(scene, number)
    assert not (scene.site.root / "current").exists()
    assert runs(scene)[-1].conclusion != "success"
    said = [text for text in await bot_comments(scene, number) if "Approvals are void" in text]
    assert len(said) == 1, "it is said once in the thread"
    assert "`bert`" in said[0]
    assert "no_role" in await says(scene, scene.cast.olga, number, "/why")


async def test_a_policy_that_changes_after_the_plan_makes_the_plan_stale(scene: Scene) -> None:
    number, line = await planned(scene)
    await change_policy(scene, TWO)
    answer = await refused(scene, scene.cast.bert, number, line)
    assert "approval_stale" in answer
    assert "policy has changed" in answer
    await says(scene, scene.cast.bert, number, "/plan")
    assert await token(scene, number) != line.removeprefix("/approve ")
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert "1 of 2" in (await bot_comments(scene, number))[-1]
    assert await state(scene, number) == "validated"
