"""The database is lost and the business goes on: from what was signed on GitHub; the rest is void, and said."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.lost import begin_again, held, lose_database, millwright, rebuild, the_ref
from tests.stories.test_gates import END, gate_token
from tests.stories.words import bot_comments, carried_out, comments, planned, says, state, sticky
from tests.stories.world import change_policy, page, runs


async def test_a_case_at_its_second_gate_goes_on_to_the_same_end(scene: Scene) -> None:
    await change_policy(scene, END)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "waiting"
    gate = f"/approve acceptance {await gate_token(scene, number, 'acceptance')}"
    await says(scene, scene.cast.anna, number, gate)
    before = len(runs(scene))

    await lose_database(scene)
    said = await rebuild(scene)
    assert said.code == 0, said.text
    assert "case:" in said.text
    await begin_again(scene)

    words = next(one for one in await bot_comments(scene, number) if "database was lost" in one)
    assert "counts no more" in words
    assert "/approve acceptance" in words, "the next line to say"
    voided = [one["html_url"] for one in await comments(scene, number) if one["body"] == gate]
    assert voided[0] in words, "for information"
    assert await state(scene, number) == "waiting"
    await says(scene, scene.cast.bert, number, gate)
    assert await state(scene, number) == "waiting", "what Anna said before is void, so it takes two again"
    await says(scene, scene.cast.anna, number, gate)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert len(runs(scene)) == before, "nothing was carried out twice"
    assert len(await bot_comments(scene, number)) == len(set(await bot_comments(scene, number)))


async def test_a_completed_case_is_known_again_and_can_be_taken_back(scene: Scene) -> None:
    number = await carried_out(scene)
    await lose_database(scene)
    said = await rebuild(scene)
    assert said.code == 0, said.text
    await begin_again(scene)
    assert await state(scene, number) == "completed"
    assert not any("database was lost" in one for one in await bot_comments(scene, number)), "nothing is void"
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert page(scene) == ""


async def test_a_case_that_passed_no_gate_begins_anew_from_its_issue(scene: Scene) -> None:
    number, _ = await planned(scene)
    await lose_database(scene)
    said = await rebuild(scene)
    assert said.code == 0, said.text
    await begin_again(scene)
    assert await state(scene, number) == "validated"
    assert page(scene) == "", "nothing but a preview was run again"


async def test_each_anchor_takes_three_writes_and_comes_before_what_it_allows(scene: Scene) -> None:
    await carried_out(scene)
    place = "/repos/acme/millwright-ops/"
    asked = [one for one in scene.story.sandbox.requests if one.path.startswith(place) and one.method != "GET"]
    writes = [one.path.removeprefix(place) for one in asked if "[bot]" in one.identity]
    dispatch = next(one for one in writes if one.endswith("/dispatches"))
    anchor = ["git/trees", "git/commits"]
    assert writes[:5] == [dispatch, *anchor, "git/refs", dispatch], "preview; anchor, then what it allows"
    assert writes[5:7] == anchor, "the end"
    assert len(writes) == 8
    assert writes[7].startswith("git/refs/millwright/")
    _, commit = await the_ref(scene)
    assert b"evidence.sealed" in b"".join((await held(scene, commit)).values()), "the end, with its evidence"


async def test_only_an_empty_database_is_filled_again(scene: Scene) -> None:
    await carried_out(scene)
    await scene.bot.stop()
    said = await rebuild(scene)
    assert said.code == 2
    assert "not empty" in said.text
    assert (await rebuild(scene, "--dry-run")).code == 0
    await begin_again(scene)


async def test_a_wrong_name_of_the_operations_repository_is_told_and_no_success(scene: Scene) -> None:
    await carried_out(scene)
    await lose_database(scene)
    said = await millwright(scene, "rebuild", "--dry-run", MILLWRIGHT_OPERATIONS="somewhere-else")
    assert said.code == 1, said.text
    assert "NOTHING FROM acme/somewhere-else: it is not there" in said.text
    await begin_again(scene)
