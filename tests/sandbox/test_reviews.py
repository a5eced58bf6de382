"""Reviews: who gives and edits them, on which commit they stand, how their state is written."""

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World
from tests.sandbox.published import held


async def _proposed(world: World) -> int:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    return int((await world.writer.open_pull(world.widgets, "feature"))["number"])


@pytest.mark.parametrize(
    ("event", "state"),
    [("APPROVE", "APPROVED"), ("REQUEST_CHANGES", "CHANGES_REQUESTED"), ("COMMENT", "COMMENTED")],
)
async def test_a_state_is_upper_case_in_answers_and_lower_case_in_webhooks(
    world: World, event: str, state: str
) -> None:
    number = await _proposed(world)
    made = await world.admin.review(world.widgets, number, event, "words")
    shown = await held(world.bot(), "GET", f"{world.widgets.path}/pulls/{number}/reviews/{made['id']}")
    assert shown["state"] == state
    await world.story.settle()
    assert world.mailbox.of("pull_request_review.submitted")[0]["review"]["state"] == state.lower()


async def test_an_edit_tells_what_stood_there_and_leaves_state_and_commit(world: World) -> None:
    number = await _proposed(world)
    given = await world.admin.review(world.widgets, number, "APPROVE", "one")
    head = await world.writer.push(world.widgets, {"a.txt": "two\n"}, "feature")
    path = f"{world.widgets.path}/pulls/{number}/reviews/{given['id']}"
    shown = await held(world.admin.http, "PUT", path, {"body": "two"})
    assert (shown["state"], shown["body"]) == ("APPROVED", "two")
    assert shown["commit_id"] == given["commit_id"] != head
    await world.story.settle()
    told = world.mailbox.of("pull_request_review.edited")[0]
    assert told["changes"] == {"body": {"from": "one"}}
    assert (told["review"]["state"], told["review"]["commit_id"]) == ("approved", given["commit_id"])
    assert told["pull_request"]["head"]["sha"] == head


async def test_a_review_is_edited_by_its_author_or_with_write_and_the_sender_says_who(world: World) -> None:
    number = await _proposed(world)
    given = await world.triager.review(world.widgets, number, "COMMENT", "one")
    with pytest.raises(Refused) as refused:
        await world.outsider.edit_review(world.widgets, number, given["id"], "approve")
    assert refused.value.status == 403
    await world.writer.edit_review(world.widgets, number, given["id"], "approve")
    await world.story.settle()
    told = world.mailbox.of("pull_request_review.edited")[0]
    assert (told["sender"]["login"], told["review"]["user"]["login"]) == ("writer", "triager")


async def test_a_commenting_review_cannot_be_emptied(world: World) -> None:
    number = await _proposed(world)
    given = await world.admin.review(world.widgets, number, "COMMENT", "one")
    with pytest.raises(Refused) as refused:
        await world.admin.edit_review(world.widgets, number, given["id"], " ")
    assert refused.value.status == 422


async def test_who_cannot_read_cannot_review(world: World) -> None:
    world.vault.grant(world.writer, "write")
    await world.writer.push(world.vault, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.vault, "feature"))["number"]
    with pytest.raises(Refused) as refused:
        await world.outsider.review(world.vault, number, "APPROVE")
    assert refused.value.status == 404
    world.vault.grant(world.outsider, "read")
    assert (await world.outsider.review(world.vault, number, "APPROVE"))["state"] == "APPROVED"


async def test_a_dismissal_takes_write(world: World) -> None:
    number = await _proposed(world)
    given = await world.admin.review(world.widgets, number, "APPROVE")
    path = f"{world.widgets.path}/pulls/{number}/reviews/{given['id']}/dismissals"
    assert (await world.triager.http.ask("PUT", path, {"message": "stale"})).status == 403
    shown = await held(world.writer.http, "PUT", path, {"message": "stale"})
    assert shown["state"] == "DISMISSED"
