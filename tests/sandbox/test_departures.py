"""Issues that are transferred or deleted, and comments that are hidden: what only the web and GraphQL can do."""

import pytest

from bot.sandbox.answers import Refusal
from bot.sandbox.places import Place
from tests.sandbox.conftest import World
from tests.sandbox.published import held


@pytest.fixture
async def gadgets(world: World) -> Place:
    """Another repository of the same owner, in which the writer may write and the App is installed."""
    place = world.story.repository("acme/gadgets")
    place.grant(world.writer, "write")
    world.story.include(world.installation, place)
    return place


async def test_a_transferred_issue_is_another_one_elsewhere_and_its_number_redirects(
    world: World, gadgets: Place
) -> None:
    old = await world.admin.open_issue(world.widgets, "Site", "body", ["bug", "capability:business"])
    comment = await world.outsider.comment(world.widgets, old["number"], "hi")
    await world.outsider.open_issue(gadgets, "Other")
    new = await world.widgets.transfer_issue(world.writer, old["number"], gadgets)
    await world.story.settle()
    left = world.mailbox.of("issues.transferred")[0]
    assert (left["repository"]["name"], left["issue"]["id"]) == ("widgets", old["id"])
    assert left["changes"]["new_issue"]["number"] == new.number == 2
    assert left["changes"]["new_repository"]["id"] == gadgets.id
    came = next(told for told in world.mailbox.of("issues.opened") if "changes" in told)
    assert (came["repository"]["name"], came["changes"]["old_issue"]["node_id"]) == ("gadgets", old["node_id"])
    assert came["issue"]["node_id"] != old["node_id"]
    path, home = f"{world.widgets.path}/issues/{old['number']}", f"/repositories/{gadgets.id}/issues/2"
    moved = await world.bot().ask("GET", path)
    assert (moved.status, moved.headers["Location"]) == (301, world.story.sandbox.url + home)
    assert (await world.bot().ask("PATCH", path, {"title": "x"})).status == 301
    shown = await held(world.bot(), "GET", f"{gadgets.path}/issues/2")
    assert ([label["name"] for label in shown["labels"]], shown["comments"]) == (["bug"], 1)
    assert shown["user"]["login"] == "admin"
    copies = await world.bot().get(f"{gadgets.path}/issues/2/comments")
    assert [(one["body"], one["id"] == comment["id"]) for one in copies] == [("hi", False)]
    assert (await world.bot().ask("GET", f"{world.widgets.path}/issues/comments/{comment['id']}")).status == 404


async def test_who_may_not_read_the_new_place_does_not_learn_of_it(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    for place in (world.widgets, world.vault):
        place.grant(world.admin, "admin")
    await world.widgets.transfer_issue(world.admin, issue["number"], world.vault)
    assert (await world.outsider.http.ask("GET", f"{world.widgets.path}/issues/1")).status == 404
    assert (await world.bot().ask("GET", f"{world.widgets.path}/issues/1")).status == 404
    assert (await world.admin.http.ask("GET", f"{world.widgets.path}/issues/1")).status == 301
    assert (await world.outsider.open_issue(world.widgets, "Next"))["number"] == 2


async def test_a_transfer_takes_write_on_both_one_owner_and_no_pull_request(world: World, gadgets: Place) -> None:
    await world.outsider.open_issue(world.widgets, "Site")
    world.story.organisation("other")
    elsewhere = world.story.repository("other/widgets")
    elsewhere.grant(world.writer, "write")
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    pull = await world.writer.open_pull(world.widgets, "feature")
    world.vault.grant(world.writer, "write")
    private = await world.writer.open_issue(world.vault, "Secret")
    for who, place, number, to in (
        (world.outsider, world.widgets, 1, gadgets), (world.triager, world.widgets, 1, gadgets),
        (world.writer, world.widgets, 1, elsewhere), (world.writer, world.widgets, pull["number"], gadgets),
        (world.writer, world.vault, private["number"], gadgets), (world.writer, world.widgets, 99, gadgets),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            await place.transfer_issue(who, number, to)
    assert (await world.bot().get(f"{world.widgets.path}/issues/1"))["title"] == "Site"


async def test_a_deleted_issue_is_410_and_its_number_is_never_given_again(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    with pytest.raises(Refusal):
        await world.widgets.delete_issue(world.writer, issue["number"])
    await world.widgets.delete_issue(world.admin, issue["number"])
    await world.story.settle()
    told = world.mailbox.of("issues.deleted")[0]
    assert (told["issue"]["id"], told["sender"]["login"]) == (issue["id"], "admin")
    path = f"{world.widgets.path}/issues/{issue['number']}"
    await held(world.bot(), "GET", path, status=410)
    await held(world.bot(), "POST", f"{path}/comments", {"body": "x"}, 410)
    assert (await world.outsider.open_issue(world.widgets, "Next"))["number"] == 2


async def test_a_hidden_comment_says_why_and_no_webhook_does(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    comment = await world.outsider.comment(world.widgets, issue["number"], "/approve")
    assert comment["minimized"] is None
    await world.story.settle()
    heard = len(world.mailbox.received)
    world.widgets.minimize(world.writer, comment["id"], "off-topic")
    path = f"{world.widgets.path}/issues/comments/{comment['id']}"
    shown = await held(world.bot(), "GET", path)
    assert (shown["minimized"], shown["body"]) == ({"reason": "off-topic"}, "/approve")
    world.widgets.unminimize(world.writer, comment["id"])
    assert (await held(world.bot(), "GET", path))["minimized"] is None
    await world.story.settle()
    assert len(world.mailbox.received) == heard


async def test_a_comment_is_hidden_by_people_with_write_alone_and_for_a_reason_there_is(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    comment = await world.outsider.comment(world.widgets, issue["number"], "hi")
    for who, reason in ((world.outsider, "outdated"), (world.triager, "outdated"), (world.writer, "boring")):
        with pytest.raises(Refusal):
            world.widgets.minimize(who, comment["id"], reason)
    await world.writer.delete_comment(world.widgets, comment["id"])
    assert (await world.bot().ask("GET", f"{world.widgets.path}/issues/comments/{comment['id']}")).status == 404
    with pytest.raises(Refusal):
        world.widgets.minimize(world.writer, comment["id"])
