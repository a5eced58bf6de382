"""Pull requests over real git: heads follow pushes, forks, reviews, merges."""

import asyncio

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World


async def test_the_head_follows_a_push(world: World) -> None:
    first = await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    pull = await world.writer.open_pull(world.widgets, "feature")
    second = await world.writer.push(world.widgets, {"a.txt": "two\n"}, "feature")
    await world.story.settle()
    assert pull["head"]["sha"] == first
    assert (await world.bot().get(f"{world.widgets.path}/pulls/{pull['number']}"))["head"]["sha"] == second
    told = world.mailbox.of("pull_request.synchronize")[0]
    assert (told["before"], told["after"]) == (first, second)
    assert await world.widgets.git.sha(f"refs/pull/{pull['number']}/head") == second


async def test_files_are_those_that_git_sees(world: World) -> None:
    await world.writer.push(world.widgets, {"docs/a.txt": "one\ntwo\n", "README.md": None}, "feature")
    pull = await world.writer.open_pull(world.widgets, "feature")
    files = {f["filename"]: f for f in await world.bot().get(f"{world.widgets.path}/pulls/{pull['number']}/files")}
    assert files["docs/a.txt"]["patch"] == "@@ -0,0 +1,2 @@\n+one\n+two"
    assert (files["docs/a.txt"]["status"], files["README.md"]["status"]) == ("added", "removed")
    assert (pull["additions"], pull["deletions"], pull["changed_files"]) == (2, 1, 2)


async def test_a_comment_on_a_pull_request_names_it(world: World) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    pull = await world.writer.open_pull(world.widgets, "feature")
    await world.writer.comment(world.widgets, pull["number"], "hi")
    await world.story.settle()
    assert "pull_request" in world.mailbox.of("issue_comment.created")[0]["issue"]


async def test_a_fork_proposes_without_rights(world: World) -> None:
    fork = world.story.fork(world.widgets, world.outsider)
    await world.outsider.push(fork, {"a.txt": "one\n"}, "feature")
    pull = await world.outsider.open_pull(world.widgets, "outsider:feature")
    assert pull["head"]["repo"]["fork"] is True
    assert pull["changed_files"] == 1
    with pytest.raises(Refused):
        await world.outsider.push(world.widgets, {"a.txt": "one\n"}, "feature")


async def test_nothing_new_and_twice_are_refused(world: World) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    results = await asyncio.gather(
        *(world.writer.open_pull(world.widgets, "feature") for _ in range(2)), return_exceptions=True
    )
    refused = next(r for r in results if isinstance(r, Refused))
    assert refused.body["errors"][0]["message"] == "A pull request already exists for acme:feature."
    with pytest.raises(Refused, match="No commits between main and main"):
        await world.writer.open_pull(world.widgets, "main")


async def test_an_author_cannot_approve_and_a_dismissed_review_says_so(world: World) -> None:
    sha = await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    with pytest.raises(Refused, match="Can not approve your own pull request"):
        await world.writer.review(world.widgets, number, "APPROVE")
    review = await world.admin.review(world.widgets, number, "APPROVE")
    assert (review["state"], review["commit_id"]) == ("APPROVED", sha)
    path = f"{world.widgets.path}/pulls/{number}/reviews/{review['id']}/dismissals"
    assert (await world.writer.http.put(path, {"message": "stale"}))["state"] == "DISMISSED"
    await world.story.settle()
    assert world.mailbox.of("pull_request_review.submitted")[0]["review"]["state"] == "approved"
    assert world.mailbox.of("pull_request_review.dismissed")[0]["review"]["state"] == "dismissed"


async def test_a_merge_moves_the_base_and_closes(world: World) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    merged = await world.writer.merge(world.widgets, number)
    assert await world.widgets.head() == merged["sha"]
    assert await world.widgets.read("a.txt") == "one\n"
    await world.story.settle()
    closed = world.mailbox.of("pull_request.closed")[0]["pull_request"]
    assert (closed["merged"], closed["merge_commit_sha"]) == (True, merged["sha"])


async def test_a_conflict_is_not_mergeable(world: World) -> None:
    await world.writer.push(world.widgets, {"README.md": "theirs\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    await world.writer.push(world.widgets, {"README.md": "ours\n"})
    assert (await world.bot().get(f"{world.widgets.path}/pulls/{number}"))["mergeable_state"] == "dirty"
    with pytest.raises(Refused) as refused:
        await world.writer.merge(world.widgets, number)
    assert refused.value.status == 405


async def test_deleting_the_head_closes_the_pull_request(world: World) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    await world.writer.http.delete(f"{world.widgets.path}/git/refs/heads/feature")
    assert (await world.bot().get(f"{world.widgets.path}/pulls/{number}"))["state"] == "closed"
