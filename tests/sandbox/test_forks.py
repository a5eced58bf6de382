"""Pull requests from forks, commits that everybody in the network can name, and pull requests opened again."""

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World


async def test_an_app_hears_of_a_forks_pull_request_from_its_opening_to_its_end(world: World) -> None:
    fork = world.story.fork(world.widgets, world.outsider)
    first = await world.outsider.push(fork, {"a.txt": "one\n"}, "feature")
    pull = await world.outsider.open_pull(world.widgets, "outsider:feature")
    second = await world.outsider.push(fork, {"a.txt": "two\n"}, "feature")
    path = f"{world.widgets.path}/pulls/{pull['number']}"
    for state in ("closed", "open"):
        await world.outsider.http.patch(path, {"state": state})
    await world.story.settle()
    moved = world.mailbox.of("pull_request.synchronize")[0]
    assert (moved["before"], moved["after"]) == (first, second)
    for action in ("opened", "synchronize", "closed", "reopened"):
        told = world.mailbox.of(f"pull_request.{action}")[0]["pull_request"]
        assert (told["head"]["repo"]["id"], told["base"]["repo"]["id"]) == (fork.id, world.widgets.id)
    assert [f["filename"] for f in await world.bot().get(f"{path}/files")] == ["a.txt"]
    for ref in (second, f"refs/pull/{pull['number']}/head"):
        shown = await world.bot().get(f"{world.widgets.path}/contents/a.txt", ref=ref)
        assert shown["sha"] == (await world.bot().get(f"{world.widgets.path}/contents/a.txt", ref=second))["sha"]
    assert (await world.bot().ask("GET", f"{world.widgets.path}/contents/a.txt?ref=feature")).status == 404


async def test_a_commit_that_only_a_fork_has_can_be_named_in_the_base_by_its_hash_alone(world: World) -> None:
    fork = world.story.fork(world.widgets, world.outsider)
    sha = await world.outsider.push(fork, {"a.txt": "theirs\n"}, "feature")
    assert (await world.bot().get(f"{world.widgets.path}/contents/a.txt", ref=sha))["path"] == "a.txt"
    assert (await world.bot().get(f"{world.widgets.path}/git/commits/{sha}"))["sha"] == sha
    heads = await world.bot().get(f"{world.widgets.path}/branches")
    assert sha not in [branch["commit"]["sha"] for branch in heads]
    compared = await world.bot().get(f"{world.widgets.path}/compare/main...{sha}")
    assert compared["status"] == "ahead"


async def test_a_check_run_on_a_forks_commit_names_no_pull_request(world: World) -> None:
    fork = world.story.fork(world.widgets, world.outsider)
    theirs = await world.outsider.push(fork, {"a.txt": "one\n"}, "feature")
    await world.outsider.open_pull(world.widgets, "outsider:feature")
    ours = await world.writer.push(world.widgets, {"b.txt": "one\n"}, "own")
    pull = await world.writer.open_pull(world.widgets, "own")
    for sha, expected in ((theirs, []), (ours, [pull["number"]])):
        made = await world.bot().post(f"{world.widgets.path}/check-runs", {"name": "plan", "head_sha": sha})
        assert [one["number"] for one in made["pull_requests"]] == expected


async def test_what_was_pushed_while_it_was_closed_is_in_it_when_it_opens_and_no_synchronize_told(
    world: World,
) -> None:
    first = await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    path = f"{world.widgets.path}/pulls/{number}"
    await world.writer.http.patch(path, {"state": "closed"})
    second = await world.writer.push(world.widgets, {"a.txt": "two\n"}, "feature")
    assert (await world.bot().get(path))["head"]["sha"] == first
    await world.writer.http.patch(path, {"state": "open"})
    await world.story.settle()
    assert "pull_request.synchronize" not in world.mailbox.names()
    assert world.mailbox.of("pull_request.reopened")[0]["pull_request"]["head"]["sha"] == second
    assert await world.widgets.git.sha(f"refs/pull/{number}/head") == second


@pytest.mark.parametrize("end", ["deleted", "rewritten"])
async def test_a_pull_request_whose_branch_is_gone_or_rewritten_is_not_opened_again(
    world: World, end: str
) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    path, ref = f"{world.widgets.path}/pulls/{number}", f"{world.widgets.path}/git/refs/heads/feature"
    await world.writer.http.patch(path, {"state": "closed"})
    await world.writer.http.delete(ref)
    if end == "rewritten":
        await world.writer.push(world.widgets, {"a.txt": "other\n"}, "feature")
    with pytest.raises(Refused, match="state cannot be changed") as refused:
        await world.writer.http.patch(path, {"state": "open"})
    assert refused.value.status == 422
    assert (await world.bot().get(path))["state"] == "closed"


async def test_a_pull_request_outlives_the_fork_it_came_from(world: World) -> None:
    fork = world.story.fork(world.widgets, world.outsider)
    sha = await world.outsider.push(fork, {"a.txt": "one\n"}, "feature")
    number = (await world.outsider.open_pull(world.widgets, "outsider:feature"))["number"]
    await world.outsider.push(fork, {"b.txt": "one\n"}, "other")
    closed = (await world.outsider.open_pull(world.widgets, "outsider:other"))["number"]
    await world.outsider.http.patch(f"{world.widgets.path}/pulls/{closed}", {"state": "closed"})
    await world.outsider.http.delete(fork.path)
    await world.writer.label(world.widgets, number, "bug")
    await world.story.settle()
    assert world.mailbox.of("pull_request.labeled")[0]["pull_request"]["head"]["repo"] is None
    shown = await world.bot().get(f"{world.widgets.path}/pulls/{number}")
    assert (shown["head"]["repo"], shown["head"]["sha"], shown["state"]) == (None, sha, "open")
    with pytest.raises(Refused, match="has been deleted"):
        await world.outsider.http.patch(f"{world.widgets.path}/pulls/{closed}", {"state": "open"})
