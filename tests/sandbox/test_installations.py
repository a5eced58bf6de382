"""An installation that is suspended, narrowed, removed, or given more."""

from tests.sandbox.conftest import World


async def test_a_suspension_by_the_owner_refuses_tokens_and_their_making_and_silences_all_else(
    world: World,
) -> None:
    bot, tokens = world.bot(), f"/app/installations/{world.installation.id}/access_tokens"
    world.acme.admit(world.admin, "admin")
    world.story.suspend(world.installation, world.admin)
    for client, method, path in ((bot, "GET", world.widgets.path), (world.signed(), "POST", tokens)):
        answer = await client.ask(method, path)
        assert (answer.status, answer.body["message"]) == (403, "This installation has been suspended")
    await world.outsider.open_issue(world.widgets, "Unheard")
    world.acme.admit(world.writer)
    await world.story.settle()
    told = world.mailbox.of("installation.suspend")[0]
    assert told["sender"]["login"] == "admin"
    assert told["installation"]["suspended_at"]
    assert "issues.opened" not in world.mailbox.names()
    world.story.unsuspend(world.installation, world.admin)
    assert (await bot.get(world.widgets.path))["id"] == world.widgets.id
    await world.story.settle()
    assert world.mailbox.of("installation.unsuspend")[0]["installation"]["suspended_at"] is None
    heard = [told["membership"]["user"]["login"] for told in world.mailbox.of("organization.member_added")]
    assert heard == ["admin"]  # From before the suspension; of the writer nobody told.


async def test_a_repository_that_is_taken_away_is_404_for_old_tokens_and_422_for_new(world: World) -> None:
    world.story.include(world.installation, world.vault)
    bot = world.bot(None, world.vault)
    assert (await bot.get(world.vault.path))["private"] is True
    world.story.exclude(world.installation, world.vault)
    assert (await bot.ask("GET", world.vault.path)).status == 404
    assert (await bot.ask("POST", f"{world.vault.path}/issues", {"title": "x"})).status == 404
    path = f"/app/installations/{world.installation.id}/access_tokens"
    answer = await world.signed().ask("POST", path, {"repository_ids": [world.vault.id]})
    assert answer.status == 422
    await world.story.settle()
    told = world.mailbox.of("installation_repositories.removed")[0]
    assert [r["full_name"] for r in told["repositories_removed"]] == ["acme/vault"]


async def test_after_the_end_tokens_are_bad_credentials_and_there_is_nothing_to_make_one_of(world: World) -> None:
    bot = world.bot()
    world.story.uninstall(world.installation, world.admin)
    answer = await bot.ask("GET", world.widgets.path)
    assert (answer.status, answer.body["message"]) == (401, "Bad credentials")
    path = f"/app/installations/{world.installation.id}"
    assert (await world.signed().ask("POST", f"{path}/access_tokens")).status == 404
    assert (await world.signed().ask("GET", path)).status == 404
    await world.story.settle()
    told = world.mailbox.of("installation.deleted")[0]
    assert (told["sender"]["login"], [r["id"] for r in told["repositories"]]) == ("admin", [world.widgets.id])


async def test_new_permissions_are_there_once_the_owner_accepts(world: World) -> None:
    world.app.permissions["administration"] = "write"
    world.app.events.append("team_add")
    path = f"/app/installations/{world.installation.id}/access_tokens"
    wanted = {"permissions": {"administration": "write"}}
    assert (await world.signed().ask("POST", path, wanted)).status == 422
    world.story.accept(world.installation, world.admin)
    made = await world.signed().post(path, wanted)
    assert made["permissions"]["administration"] == "write"
    await world.story.settle()
    told = world.mailbox.of("installation.new_permissions_accepted")[0]
    assert told["installation"]["permissions"]["administration"] == "write"
    assert "team_add" in told["installation"]["events"]


async def test_a_token_never_holds_more_than_its_installation_does_now(world: World) -> None:
    bot = world.bot()
    world.installation.permissions["issues"] = "read"
    assert (await bot.get(f"{world.widgets.path}/issues")) == []
    assert (await bot.ask("POST", f"{world.widgets.path}/issues", {"title": "x"})).status == 403
