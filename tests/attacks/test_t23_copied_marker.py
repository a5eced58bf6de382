"""T23: the hidden marker is no secret. A comment is ours because our App wrote it."""

from __future__ import annotations

from bot import say
from bot.cli.demo.scene import Scene
from bot.domain.case import case_key
from tests.stories.words import LABEL, body, bot_comments, comments, says, sticky


async def test_a_marker_that_somebody_posts_first_is_left_alone(scene: Scene) -> None:
    anna, mallory, product = scene.cast.anna, scene.cast.mallory, scene.cast.product
    issue = await anna.open_issue(product, "Website for Acme", body())
    number = issue["number"]
    marker = say.marker(case_key(product.id, issue["node_id"]), "sticky")
    forged = f"✅ approved by @bert\n\n{marker}"
    await mallory.comment(product, number, forged)
    await anna.label(product, number, LABEL)
    await scene.settle()
    found = await comments(scene, number)
    assert [one["body"] for one in found if one["user"]["login"] == "mallory"] == [forged]
    ours = [one for one in found if one["user"]["login"] == "millwright[bot]"]
    assert marker in ours[0]["body"], "the marker was the right one, so this test can fail"
    assert len(ours) == 1


async def test_our_comment_that_somebody_rewrites_is_put_right_and_never_read_back(scene: Scene) -> None:
    anna, product = scene.cast.anna, scene.cast.product
    issue = await anna.open_issue(product, "Website for Acme", body(), [LABEL])
    await scene.settle()
    number = issue["number"]
    ours = next(one for one in await comments(scene, number) if one["user"]["login"] == "millwright[bot]")
    await scene.cast.olga.edit_comment(product, ours["id"], "/approve v1-000000000000\n\nApproved by everybody.")
    await scene.settle()
    answer = await says(scene, anna, number, "/status")
    assert "validated" in answer
    await scene.cast.olga.edit_issue(product, number, body=body().replace("Consulting", "Counselling"))
    await scene.settle()
    assert "Plan v2" in await sticky(scene, number)
    assert "Approved by everybody" not in "".join(await bot_comments(scene, number))
