"""A hostile writer of the operations repository, over the whole house: what is noticed, mended, left out (T49)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bot.cli.demo.scene import Scene
from tests.stories.lost import begin_again, held, lose_database, move, put, rebuild, refs, the_ref
from tests.stories.words import carried_out, planned, says, state, sticky
from tests.stories.world import page


def types(scene: Scene) -> list[str]:
    """The types of every ledger line, as the database has them."""
    with closing(sqlite3.connect(scene.folder / "millwright.db")) as database:
        rows = database.execute("SELECT raw FROM ledger ORDER BY id").fetchall()
    return [bytes(raw).partition(b'"type":"')[2].partition(b'"')[0].decode() for (raw,) in rows]


async def test_an_anchor_that_was_changed_or_put_back_is_named_and_left_out(scene: Scene) -> None:
    number = await carried_out(scene)
    ref, completed = await the_ref(scene)
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    _, newest = await the_ref(scene)
    await lose_database(scene)

    await move(scene, ref, completed)
    said = await rebuild(scene, "--dry-run")
    assert said.code == 1
    assert "LEFT OUT" in said.text
    assert "not the newest" in said.text
    assert "/actions/runs/" in said.text, "the rollback's run, which it does not know"
    accepted = await rebuild(scene, "--dry-run", "--older")
    assert accepted.code == 0, accepted.text

    files = await held(scene, newest)
    await put(scene, {path: data.replace(b"capability", b"capabilitY") for path, data in files.items()}, ref)
    said = await rebuild(scene)
    assert said.code == 1
    assert "not those that were signed" in said.text
    await lose_files(scene)

    await move(scene, ref, newest)
    said = await rebuild(scene)
    assert said.code == 0, said.text
    await begin_again(scene)
    assert await state(scene, number) == "rolled_back"


async def lose_files(scene: Scene) -> None:
    """The database that was made of what was believed goes again."""
    for path in scene.folder.glob("millwright.db*"):
        path.unlink()


async def test_while_the_database_is_there_a_ref_that_somebody_moved_is_noted_and_mended(scene: Scene) -> None:
    number = await carried_out(scene)
    ref, newest = await the_ref(scene)
    commit = await scene.story.sandbox.git(scene.cast.operations.repository).commit(newest)
    await move(scene, ref, commit.parents[0])
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back"
    assert "anchor.disturbed" in types(scene)
    await lose_database(scene)
    assert (await rebuild(scene, "--dry-run")).code == 0
    await begin_again(scene)


async def test_who_stands_in_an_anchors_way_does_not_stop_the_work(scene: Scene) -> None:
    number, line = await planned(scene)
    blocking = f"refs/millwright/{scene.cast.product.repository.id}"
    await move(scene, blocking, await scene.cast.operations.head())
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert "effect.failed" in types(scene), "it is noted, and tried again by a timer"
    assert list(await refs(scene)) == [blocking]
    path = f"{scene.cast.operations.path}/git/{blocking}"
    await scene.cast.olga.http.delete(path)
    await says(scene, scene.cast.bert, number, "/rollback")
    ref, commit = await the_ref(scene)
    assert ref.startswith(f"{blocking}/")
    assert b"evidence.sealed" in b"".join((await held(scene, commit)).values()), "all, from the first line on"


async def test_what_few_may_read_is_not_anchored_where_everybody_can(scene: Scene) -> None:
    scene.cast.operations.repository.private = False
    scene.cast.product.repository.private = True
    await carried_out(scene)
    assert await refs(scene) == {}
    assert "anchor.refused" in types(scene)
