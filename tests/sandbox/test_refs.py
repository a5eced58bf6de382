"""Refs that are neither branches nor tags: made, found, moved, removed as GitHub describes, and told to nobody."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World
from tests.sandbox.published import held

REF = "refs/millwright/101/I_kwDOAAApuScf"


async def made(world: World, text: str, parents: list[str]) -> str:
    """A commit with one file that was sent inside its tree."""
    place, http = world.widgets.path, world.admin.http
    entry = {"path": "segments/1.jsonl", "mode": "100644", "type": "blob", "content": text}
    tree = await held(http, "POST", f"{place}/git/trees", {"tree": [entry]}, 201)
    what = {"message": "Anchor", "tree": tree["sha"], "parents": parents}
    return str((await held(http, "POST", f"{place}/git/commits", what, 201))["sha"])


async def test_a_ref_of_our_own_is_made_found_moved_and_removed(world: World) -> None:
    place, http = world.widgets.path, world.admin.http
    first = await made(world, "one\n", [])
    second = await made(world, "two\n", [first])
    await held(http, "POST", f"{place}/git/refs", {"ref": REF, "sha": first}, 201)
    found = await http.get(f"{place}/git/matching-refs/millwright/")
    assert [(one["ref"], one["object"]["sha"], one["object"]["type"]) for one in found] == [(REF, first, "commit")]
    assert await http.get(f"{place}/git/matching-refs/millwright/101/I_kw") == found, "a prefix is enough"
    assert await http.get(f"{place}/git/matching-refs/millwright/102") == []
    path = f"{place}/git/{REF}"
    await held(http, "PATCH", path, {"sha": second})
    with pytest.raises(Refused, match="not a fast forward"):
        await http.patch(path, {"sha": first})
    await held(http, "PATCH", path, {"sha": first, "force": True})
    await http.delete(path)
    assert await http.get(f"{place}/git/matching-refs/millwright/") == []


async def test_nobody_is_told_of_it_and_it_is_no_branch(world: World) -> None:
    place, http = world.widgets.path, world.admin.http
    await world.story.settle()
    before = len(world.story.sandbox.webhooks.log)
    commit = await made(world, "one\n", [])
    await http.post(f"{place}/git/refs", {"ref": REF, "sha": commit})
    await http.delete(f"{place}/git/{REF}")
    await world.story.settle()
    assert len(world.story.sandbox.webhooks.log) == before
    assert all("millwright" not in one["name"] for one in await http.get(f"{place}/branches"))


@pytest.mark.parametrize(
    "name", ["refs/millwright/case:101:I_1", "refs/millwright/a..b", "refs/millwright", "x/y/z"]
)
async def test_a_name_that_git_takes_for_none_is_refused(world: World, name: str) -> None:
    commit = await made(world, "one\n", [])
    with pytest.raises(Refused):
        await world.admin.http.post(f"{world.widgets.path}/git/refs", {"ref": name, "sha": commit})


async def test_who_may_only_read_makes_none(world: World) -> None:
    commit = await made(world, "one\n", [])
    answer = await world.outsider.http.ask("POST", f"{world.widgets.path}/git/refs", {"ref": REF, "sha": commit})
    assert answer.status in {403, 404}
