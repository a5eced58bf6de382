"""A backup of before is restored, and the business goes on: nothing is said twice that was said since."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.lost import begin_again, lose_database, millwright
from tests.stories.test_doors import redeliver
from tests.stories.words import bot_comments, planned, says, state, sticky
from tests.stories.world import page


async def test_what_was_answered_since_the_backup_is_not_answered_again(scene: Scene) -> None:
    number, line = await planned(scene)
    copy = str(scene.folder / "copy.zip")
    said = await millwright(scene, "backup", copy)
    assert said.code == 0, said.text
    await says(scene, scene.cast.bert, number, "/status")
    before = await bot_comments(scene, number)

    await lose_database(scene)
    said = await millwright(scene, "restore", copy)
    assert said.code == 0, said.text
    await begin_again(scene)
    log = scene.story.sandbox.webhooks.log
    asked = next(
        one for one in log if one.event == "issue_comment" and one.payload["comment"]["body"] == "/status"
    )
    assert await redeliver(scene, asked) == 202, "the copy has not seen it"
    await scene.settle()

    after = await bot_comments(scene, number)
    assert len(after) == len(before), "the comment came again, and its answer stands there"
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
