"""What is erased is gone from the anchor too: its blobs, and the history that held them (T52)."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.lost import begin_again, held, lose_database, rebuild, the_ref
from tests.stories.words import carried_out, says, state, sticky


async def test_erasing_rewrites_the_anchor_and_the_ledger_stays_whole(scene: Scene) -> None:
    scene.cast.product.grant(scene.cast.olga, "admin")
    number = await carried_out(scene)
    ref, before = await the_ref(scene)
    files = await held(scene, before)
    personal = {path: data for path, data in files.items() if path.startswith("blobs/")}
    assert any(b"Acme Consulting" in data for data in personal.values())

    asked = await says(scene, scene.cast.olga, number, "/erase")
    assert "operations repository" in asked
    line = next(one for one in asked.splitlines() if one.startswith("/erase v"))
    await says(scene, scene.cast.olga, number, line)
    assert "Personal data erased" in await sticky(scene, number)

    same, after = await the_ref(scene)
    assert same == ref
    git = scene.story.sandbox.git(scene.cast.operations.repository)
    assert (await git.commit(after)).parents == (), "no history leads back to it"
    left = await held(scene, after)
    assert not any(path.startswith("blobs/") for path in left)
    assert not any(b"Acme Consulting" in data for data in left.values())

    await lose_database(scene)
    said = await rebuild(scene)
    assert said.code == 0, said.text
    await begin_again(scene)
    assert await state(scene, number) == "completed"
    assert "the chain is whole" in await says(scene, scene.cast.olga, number, "/audit"), "the ledger stayed"
