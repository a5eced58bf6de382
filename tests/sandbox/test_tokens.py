"""Who may call, and in which words the others are refused."""

import pytest

from bot.sandbox.client import Refused
from bot.sandbox.identity import job_token
from tests.sandbox.conftest import World


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": 9_999_999_999}, "'Expiration time' claim ('exp') is too far in the future"),
        ({"exp": 1}, "'Expiration time' claim ('exp') must be a numeric value"),
        ({"iat": 9_999_999_999}, "'Issued at' claim ('iat') must be an Integer"),
    ],
)
async def test_a_jwt_with_wrong_times_is_refused_in_githubs_words(world: World, claims: dict, words: str) -> None:
    answer = await world.signed(**claims).ask("GET", "/app")
    assert answer.status == 401
    assert answer.body["message"].startswith(words)


async def test_a_jwt_of_a_stranger_is_no_integration(world: World) -> None:
    assert (await world.signed(iss="1").ask("GET", "/app")).body["message"] == "Integration not found"


async def test_a_jwt_signed_by_another_key_cannot_be_decoded(world: World) -> None:
    other = world.story.app("other", {}, [])
    world.app.private_key, key = other.private_key, world.app.private_key
    answer = await world.signed().ask("GET", "/app")
    world.app.private_key = key
    assert (answer.status, answer.body["message"]) == (401, "A JSON web token could not be decoded")


async def test_an_unknown_token_is_bad_credentials(world: World) -> None:
    answer = await world.story.client("ghs_nothing").ask("GET", world.widgets.path)
    assert (answer.status, answer.body["message"]) == (401, "Bad credentials")


async def test_an_installation_token_dies_after_an_hour(world: World) -> None:
    made = await world.signed().post(f"/app/installations/{world.installation.id}/access_tokens")
    bot = world.story.client(made["token"])
    await bot.get(world.widgets.path)
    world.clock.now += 3601
    with pytest.raises(Refused, match="Bad credentials"):
        await bot.get(world.widgets.path)


async def test_a_token_is_narrowed_to_permissions_and_repositories(world: World) -> None:
    path = f"/app/installations/{world.installation.id}/access_tokens"
    wanted = {"repository_ids": [world.widgets.id], "permissions": {"issues": "read"}}
    made = await world.signed().post(path, wanted)
    assert made["permissions"] == {"issues": "read", "metadata": "read"}
    bot = world.story.client(made["token"])
    await bot.get(f"{world.widgets.path}/issues")
    answer = await bot.ask("POST", f"{world.widgets.path}/issues", {"title": "no"})
    assert (answer.status, answer.body["message"]) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize("wanted", [{"permissions": {"issues": "admin"}}, {"permissions": {"pages": "read"}}])
async def test_a_token_cannot_hold_more_than_its_installation(world: World, wanted: dict) -> None:
    path = f"/app/installations/{world.installation.id}/access_tokens"
    answer = await world.signed().ask("POST", path, wanted)
    assert answer.status == 422
    assert answer.body["message"] == "The permissions requested are not granted to this installation."


async def test_a_token_cannot_reach_what_its_installation_does_not(world: World) -> None:
    path = f"/app/installations/{world.installation.id}/access_tokens"
    answer = await world.signed().ask("POST", path, {"repository_ids": [world.vault.id]})
    assert answer.status == 422
    assert (await world.bot().ask("GET", world.vault.path)).status == 404


async def test_a_private_repository_does_not_exist_for_outsiders(world: World) -> None:
    assert (await world.outsider.http.ask("GET", world.vault.path)).status == 404
    assert (await world.outsider.http.ask("POST", f"{world.vault.path}/issues", {"title": "x"})).status == 404


async def test_a_check_run_needs_checks_write(world: World) -> None:
    sha = await world.widgets.head()
    bot = world.bot({"issues": "write"})
    answer = await bot.ask("POST", f"{world.widgets.path}/check-runs", {"name": "x", "head_sha": sha})
    assert (answer.status, answer.body["message"]) == (403, "Resource not accessible by integration")


async def test_a_job_token_acts_as_github_actions_on_its_own_repository_only(world: World) -> None:
    token = job_token(world.story.sandbox.world, world.widgets.repository, {"issues": "write"})
    job = world.story.client(token.value)
    issue = await job.post(f"{world.widgets.path}/issues", {"title": "from a job"})
    assert issue["user"]["login"] == "github-actions[bot]"
    assert (await job.ask("GET", world.vault.path)).status == 404


async def test_a_suspended_installation_is_refused(world: World) -> None:
    bot, app = world.bot(), world.signed()
    await app.put(f"/app/installations/{world.installation.id}/suspended")
    answer = await bot.ask("GET", world.widgets.path)
    assert (answer.status, answer.body["message"]) == (403, "This installation has been suspended")


async def test_permission_follows_the_role_at_once(world: World) -> None:
    path = f"{world.widgets.path}/collaborators/triager/permission"
    assert (await world.bot().get(path))["role_name"] == "triage"
    assert (await world.bot().get(path))["permission"] == "read"
    world.widgets.grant(world.triager, "none")
    assert (await world.bot().get(path))["role_name"] == "read"


async def test_a_team_gives_its_role_to_its_members(world: World) -> None:
    team = world.acme.team("operators", world.outsider)
    team.repositories[world.vault.id] = "maintain"
    assert world.story.sandbox.world.role(world.vault.repository, world.outsider.id) == "maintain"
    member = await world.bot().get("/orgs/acme/teams/operators/memberships/outsider")
    assert member["state"] == "active"
    assert (await world.bot().ask("GET", "/orgs/acme/teams/operators/memberships/writer")).status == 404


async def test_a_jwt_is_taken_where_an_app_speaks_for_itself_and_nowhere_else(world: World) -> None:
    app = world.signed()
    assert (await app.ask("GET", "/app")).status == 200
    assert (await app.ask("GET", f"{world.widgets.path}/installation")).status == 200
    for path in (world.widgets.path, f"{world.widgets.path}/issues", "/users/millwright[bot]"):
        assert (await app.ask("GET", path)).status == 401
