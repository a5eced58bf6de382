"""Issues, labels, comments and reactions, with the webhooks that tell of them."""

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World


async def test_an_issue_opened_with_labels_fires_opened_and_one_labeled_each(world: World) -> None:
    await world.admin.open_issue(world.widgets, "Site", "body", ["bug", "capability:business"])
    await world.story.settle()
    issues = [name for name in world.mailbox.names() if name.startswith("issues.")]
    assert sorted(issues) == ["issues.labeled", "issues.labeled", "issues.opened"]
    opened = world.mailbox.of("issues.opened")[0]
    assert [label["name"] for label in opened["issue"]["labels"]] == ["bug", "capability:business"]
    assert opened["installation"]["id"] == world.installation.id


async def test_labels_of_people_without_triage_are_dropped_silently(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site", "", ["bug"])
    assert issue["labels"] == []
    assert issue["author_association"] == "NONE"


async def test_an_issue_form_labels_whoever_the_author_is(world: World) -> None:
    issue = await world.widgets.form(world.outsider, "Site", "body", ["capability:business"])
    assert issue.labels == ["capability:business"]


async def test_an_outsider_cannot_label(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    with pytest.raises(Refused) as refused:
        await world.outsider.label(world.widgets, issue["number"], "bug")
    assert refused.value.status == 403
    await world.triager.label(world.widgets, issue["number"], "bug")


async def test_an_edit_tells_what_stood_there(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Old", "was")
    await world.outsider.edit_issue(world.widgets, issue["number"], title="New", body="is")
    await world.story.settle()
    edited = world.mailbox.of("issues.edited")[0]
    assert edited["changes"] == {"title": {"from": "Old"}, "body": {"from": "was"}}
    assert edited["sender"]["id"] == world.outsider.id


async def test_nobody_else_edits_an_issue_without_write(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Old", "was")
    with pytest.raises(Refused):
        await world.triager.edit_issue(world.widgets, issue["number"], body="is")
    await world.writer.edit_issue(world.widgets, issue["number"], body="is")


async def test_a_body_may_have_65536_characters_and_no_more(world: World) -> None:
    issue = await world.bot().post(f"{world.widgets.path}/issues", {"title": "x", "body": "a" * 65_536})
    path = f"{world.widgets.path}/issues/{issue['number']}/comments"
    answer = await world.bot().ask("POST", path, {"body": "a" * 65_537})
    assert answer.status == 422
    assert answer.body["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"
    answer = await world.bot().ask("POST", f"{world.widgets.path}/issues", {"title": "x", "body": "a" * 65_537})
    assert answer.body["errors"][0]["message"] == "body is too long (maximum is 65536 characters)"


async def test_a_comment_of_an_app_says_so(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    comment = await world.bot().post(f"{world.widgets.path}/issues/{issue['number']}/comments", {"body": "plan"})
    assert comment["performed_via_github_app"]["id"] == world.app.id
    assert (comment["user"]["login"], comment["user"]["type"]) == ("millwright[bot]", "Bot")
    own = await world.outsider.comment(world.widgets, issue["number"], "thanks")
    assert own["performed_via_github_app"] is None


async def test_writers_may_edit_and_delete_the_comments_of_others(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    comment = await world.outsider.comment(world.widgets, issue["number"], "/approve")
    with pytest.raises(Refused):
        await world.triager.edit_comment(world.widgets, comment["id"], "no")
    await world.writer.edit_comment(world.widgets, comment["id"], "yes")
    await world.writer.delete_comment(world.widgets, comment["id"])
    await world.story.settle()
    assert world.mailbox.of("issue_comment.edited")[0]["changes"] == {"body": {"from": "/approve"}}
    assert world.mailbox.of("issue_comment.deleted")[0]["comment"]["user"]["login"] == "outsider"


async def test_a_reaction_is_made_once(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    path = f"{world.widgets.path}/issues/{issue['number']}/reactions"
    assert (await world.bot().ask("POST", path, {"content": "eyes"})).status == 201
    assert (await world.bot().ask("POST", path, {"content": "eyes"})).status == 200
    assert (await world.bot().get(f"{world.widgets.path}/issues/1"))["reactions"]["eyes"] == 1


async def test_a_list_comes_in_pages_with_links(world: World) -> None:
    for number in range(5):
        await world.outsider.open_issue(world.widgets, f"Issue {number}")
    answer = await world.bot().ask("GET", f"{world.widgets.path}/issues", query={"per_page": "2", "page": "2"})
    assert [issue["number"] for issue in answer.body] == [3, 2]
    assert 'rel="next"' in answer.headers["Link"]
    assert "page=3" in answer.headers["Link"]


async def test_an_unchanged_answer_is_304(world: World) -> None:
    issue = await world.outsider.open_issue(world.widgets, "Site")
    path = f"{world.widgets.path}/issues/{issue['number']}"
    bot = world.bot()
    first = await bot.ask("GET", path)
    again = await bot.ask("GET", path, If_None_Match=first.headers["ETag"])
    assert again.status == 304
    of_another_token = await world.bot().ask("GET", path, If_None_Match=first.headers["ETag"])
    assert of_another_token.status == 200
    await world.outsider.comment(world.widgets, issue["number"], "hi")
    assert (await bot.ask("GET", path, If_None_Match=first.headers["ETag"])).status == 200


async def test_an_archived_repository_is_read_only(world: World) -> None:
    await world.admin.http.patch(world.widgets.path, {"archived": True})
    answer = await world.bot().ask("POST", f"{world.widgets.path}/issues", {"title": "x"})
    assert (answer.status, answer.body["message"]) == (403, "Repository was archived so is read-only.")


async def test_a_renamed_repository_keeps_its_number_and_files(world: World) -> None:
    await world.admin.http.patch(world.widgets.path, {"name": "gadgets"})
    await world.story.settle()
    assert world.mailbox.of("repository.renamed")[0]["changes"] == {"repository": {"name": {"from": "widgets"}}}
    moved = await world.bot().ask("GET", "/repos/acme/widgets/issues")
    assert (moved.status, moved.headers["Location"]) == (
        301,
        f"{world.story.sandbox.url}/repositories/{world.widgets.id}/issues",
    )
    shown = await world.bot().get("/repos/acme/gadgets")
    assert shown["id"] == world.widgets.id
    assert (await world.bot().get("/repos/acme/gadgets/contents/README.md"))["encoding"] == "base64"
