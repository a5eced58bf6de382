"""Repositories that are renamed, archived, transferred or deleted, and branches that are renamed."""

from typing import Any

import pytest

from bot.sandbox.client import Client, Refused
from tests.sandbox.conftest import World
from tests.sandbox.published import held

ARCHIVED = "Repository was archived so is read-only."


async def test_what_was_renamed_redirects_readers_by_301_and_writers_by_307(world: World) -> None:
    old = world.widgets.path
    await held(world.admin.http, "PATCH", old, {"name": "gadgets"})
    home = f"{world.story.sandbox.url}/repositories/{world.widgets.id}"
    read = await world.bot().ask("GET", old)
    assert (read.status, read.headers["Location"], read.body["url"]) == (301, home, home)
    write = await world.bot().ask("POST", f"{old}/issues", {"title": "Site"})
    assert (write.status, write.headers["Location"]) == (307, f"{home}/issues")
    assert write.body["message"] == "Temporary Redirect"
    made = await world.bot().post(write.headers["Location"], {"title": "Site"})
    assert made["repository_url"].endswith("/repos/acme/gadgets")
    assert (await world.bot().get(read.headers["Location"]))["full_name"] == "acme/gadgets"


async def test_a_name_that_is_taken_again_redirects_no_more(world: World) -> None:
    await world.admin.http.patch(world.widgets.path, {"name": "gadgets"})
    imposter = world.story.repository("acme/widgets")
    assert (await world.outsider.http.get("/repos/acme/widgets"))["id"] == imposter.id


async def test_a_private_repository_does_not_say_where_it_went(world: World) -> None:
    world.vault.grant(world.admin, "admin")
    await world.admin.http.patch(world.vault.path, {"name": "cellar"})
    assert (await world.outsider.http.ask("GET", "/repos/acme/vault")).status == 404
    assert (await world.admin.http.ask("GET", "/repos/acme/vault")).status == 301


async def _each_write(world: World, client: Client) -> list[tuple[str, str, Any]]:
    """One write of every kind that the App has permission for."""
    issue = await world.admin.open_issue(world.widgets, "Site")
    comment = await world.admin.comment(world.widgets, issue["number"], "hi")
    sha = await world.widgets.head()
    one = f"/issues/{issue['number']}"
    return [
        ("POST", "/issues", {"title": "x"}), ("PATCH", one, {"title": "x"}),
        ("POST", f"{one}/comments", {"body": "x"}), ("PATCH", f"/issues/comments/{comment['id']}", {"body": "x"}),
        ("DELETE", f"/issues/comments/{comment['id']}", None), ("POST", f"{one}/labels", {"labels": ["bug"]}),
        ("POST", f"{one}/reactions", {"content": "eyes"}), ("POST", "/labels", {"name": "x"}),
        ("POST", "/check-runs", {"name": "x", "head_sha": sha}),
        ("POST", "/git/refs", {"ref": "refs/heads/x", "sha": sha}),
        ("POST", "/git/blobs", {"content": "x"}), ("POST", "/deployments", {"ref": "main"}),
        ("PUT", "/contents/x", {"message": "x", "content": ""}), ("POST", "/releases", {"tag_name": "v1"}),
        ("POST", "/actions/workflows/x.yml/dispatches", {"ref": "main"}),
    ]  # fmt: skip


async def test_nothing_is_written_to_an_archived_repository_and_all_is_read(world: World) -> None:
    bot = world.bot()
    writes = await _each_write(world, bot)
    await held(world.admin.http, "PATCH", world.widgets.path, {"archived": True})
    for method, path, body in writes:
        answer = await bot.ask(method, world.widgets.path + path, body)
        assert (answer.status, answer.body["message"]) == (403, ARCHIVED), path
    with pytest.raises(Refused, match="archived"):
        await world.admin.http.patch(world.widgets.path, {"name": "gadgets"})
    assert (await bot.get(world.widgets.path))["archived"] is True
    assert len(await bot.get(f"{world.widgets.path}/issues")) == 1
    await held(world.admin.http, "PATCH", world.widgets.path, {"archived": False})
    assert (await bot.ask("POST", f"{world.widgets.path}/issues", {"title": "x"})).status == 201


async def test_a_transfer_is_told_to_the_new_owner_alone_and_the_old_installation_loses_it(world: World) -> None:
    other = world.story.organisation("other")
    other.admit(world.admin)
    world.vault.grant(world.admin, "admin")
    team = world.acme.team("operators", world.writer)
    world.acme.assign(team, world.vault, "write")
    world.story.include(world.installation, world.vault)
    bot, old = world.bot(), world.vault.path
    assert (await bot.get(old))["private"] is True
    shown = await held(world.admin.http, "POST", f"{old}/transfer", {"new_owner": "other"}, 202)
    assert shown["full_name"] == "acme/vault"
    await world.story.settle()
    assert "repository.transferred" not in world.mailbox.names()
    taken = world.mailbox.of("installation_repositories.removed")[0]
    assert [r["id"] for r in taken["repositories_removed"]] == [world.vault.id]
    for path in (old, world.vault.path, f"/repositories/{world.vault.id}"):
        assert (await bot.ask("GET", path)).status == 404
    assert (await world.writer.http.ask("GET", world.vault.path)).status == 404
    assert (await world.admin.http.ask("GET", old)).status == 301
    # An installation on the new owner is told of the next one.
    world.story.install(world.app, other)
    world.widgets.grant(world.admin, "admin")
    await world.admin.http.post(f"{world.widgets.path}/transfer", {"new_owner": "other"})
    await world.story.settle()
    told = world.mailbox.of("repository.transferred")[0]
    assert told["changes"]["owner"]["from"]["organization"]["login"] == "acme"
    assert told["repository"]["full_name"] == "other/widgets"


async def test_a_transfer_takes_admin_here_a_place_there_and_a_free_name(world: World) -> None:
    other = world.story.organisation("other")
    path = f"{world.widgets.path}/transfer"
    assert (await world.writer.http.ask("POST", path, {"new_owner": "other"})).status == 403
    assert (await world.admin.http.ask("POST", path, {"new_owner": "other"})).status == 422
    other.admit(world.admin)
    world.story.repository("other/widgets")
    assert (await world.admin.http.ask("POST", path, {"new_owner": "other"})).status == 422
    assert world.widgets.full_name == "acme/widgets"


async def test_a_deleted_repository_is_gone_for_all_and_no_app_hears_of_its_deletion(world: World) -> None:
    assert (await world.writer.http.ask("DELETE", world.widgets.path)).status == 403
    await held(world.admin.http, "DELETE", world.widgets.path, status=204)
    await world.story.settle()
    assert not [n for n in world.mailbox.names() if n.startswith("repository.")]
    assert len(world.mailbox.of("installation_repositories.removed")) == 1
    for client in (world.bot(), world.admin.http):
        assert (await client.ask("GET", world.widgets.path)).status == 404
        assert (await client.ask("GET", f"/repositories/{world.widgets.id}")).status == 404
    again = world.story.repository("acme/widgets")
    assert again.id != world.widgets.id


async def test_an_installation_on_everything_does_not_reach_what_was_deleted(world: World) -> None:
    world.installation.repository_ids = None
    await world.admin.http.delete(world.widgets.path)
    reached = await world.bot().get("/installation/repositories")
    assert [one["id"] for one in reached["repositories"]] == [world.vault.id]


async def test_renaming_the_default_branch_redirects_its_page_and_nothing_else(world: World) -> None:
    sha = await world.widgets.head()
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    path = f"{world.widgets.path}/branches/main/rename"
    assert (await world.writer.http.ask("POST", path, {"new_name": "trunk"})).status == 403
    renamed = await held(world.admin.http, "POST", path, {"new_name": "trunk"}, 201)
    assert (renamed["name"], renamed["commit"]["sha"]) == ("trunk", sha)
    assert await world.widgets.git.text("symbolic-ref", "HEAD") == "refs/heads/trunk"
    await world.story.settle()
    assert world.mailbox.of("repository.edited")[0]["changes"] == {"default_branch": {"from": "main"}}
    assert world.mailbox.of("pull_request.edited")[0]["changes"]["base"]["ref"] == {"from": "main"}
    bot = world.bot()
    assert (await bot.get(f"{world.widgets.path}/pulls/{number}"))["base"]["ref"] == "trunk"
    moved = await bot.ask("GET", f"{world.widgets.path}/branches/main")
    assert (moved.status, moved.headers["Location"].endswith("/branches/trunk")) == (301, True)
    assert (await bot.ask("GET", f"{world.widgets.path}/git/ref/heads/main")).status == 404
    assert (await bot.ask("GET", f"{world.widgets.path}/contents/README.md?ref=main")).status == 404
    assert (await bot.get(f"{world.widgets.path}/contents/README.md"))["path"] == "README.md"
    # A new branch of that name ends the redirect.
    await world.writer.push(world.widgets, {"b.txt": "two\n"}, "main")
    assert (await bot.ask("GET", f"{world.widgets.path}/branches/main")).status == 200


async def test_a_workflow_is_not_dispatched_on_a_branch_that_was_renamed(world: World) -> None:
    text = "on: workflow_dispatch\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n"
    place = world.story.repository("acme/ops", files={".github/workflows/go.yml": text})
    place.grant(world.admin, "admin")
    await world.admin.http.post(f"{place.path}/branches/main/rename", {"new_name": "trunk"})
    path = f"{place.path}/actions/workflows/go.yml/dispatches"
    answer = await world.admin.http.ask("POST", path, {"ref": "main"})
    assert (answer.status, answer.body["message"]) == (422, "No ref found for: main")


@pytest.mark.parametrize(
    ("old", "new", "status"), [("none", "x", 404), ("main", "feature", 422), ("main", "a b", 422)]
)
async def test_a_branch_is_renamed_from_what_is_there_to_what_is_free(
    world: World, old: str, new: str, status: int
) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    answer = await world.admin.http.ask("POST", f"{world.widgets.path}/branches/{old}/rename", {"new_name": new})
    assert answer.status == status
    assert await world.widgets.head("main")


async def test_renaming_the_head_of_a_pull_request_closes_it(world: World) -> None:
    await world.writer.push(world.widgets, {"a.txt": "one\n"}, "feature")
    number = (await world.writer.open_pull(world.widgets, "feature"))["number"]
    await world.writer.http.post(f"{world.widgets.path}/branches/feature/rename", {"new_name": "better"})
    assert (await world.bot().get(f"{world.widgets.path}/pulls/{number}"))["state"] == "closed"
