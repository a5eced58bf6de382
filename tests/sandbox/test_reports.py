"""Check runs, deployments and releases."""

import hashlib
from typing import Any

import pytest

from bot.sandbox.answers import Refusal
from bot.sandbox.client import Refused
from bot.sandbox.identity import installation_token
from tests.sandbox.conftest import World


async def check(world: World, **more: Any) -> Any:
    wanted = {"name": "plan", "head_sha": await world.widgets.head(), **more}
    return await world.bot().post(f"{world.widgets.path}/check-runs", wanted)


def note(n: int) -> dict[str, object]:
    return {"path": "a", "start_line": n, "end_line": n, "annotation_level": "notice", "message": f"m{n}"}


async def test_annotations_are_appended_fifty_at_a_time(world: World) -> None:
    run = await check(world, output={"title": "t", "summary": "s", "annotations": [note(n) for n in range(50)]})
    path = f"{world.widgets.path}/check-runs/{run['id']}"
    await world.bot().patch(path, {"output": {"summary": "s2", "annotations": [note(50)]}})
    assert (await world.bot().get(path))["output"]["annotations_count"] == 51
    page = await world.bot().get(f"{path}/annotations", per_page="100")
    assert [one["message"] for one in page] == [f"m{n}" for n in range(51)]
    with pytest.raises(Refused, match="No more than 50 items are allowed; 51 were supplied"):
        await world.bot().patch(path, {"output": {"summary": "s", "annotations": [note(n) for n in range(51)]}})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"output": {"title": "t", "summary": "a" * 65_536}},
            "Only 65535 characters are allowed; 65536 were supplied.",
        ),
        (
            {"actions": [{"label": "a" * 21, "description": "d", "identifier": "i"}]},
            "Only 20 characters are allowed",
        ),
        (
            {"actions": [{"label": "l", "description": "d" * 41, "identifier": "i"}]},
            "Only 40 characters are allowed",
        ),
        (
            {"actions": [{"label": "l", "description": "d", "identifier": "i" * 21}]},
            "Only 20 characters are allowed",
        ),
        ({"status": "completed"}, '"conclusion" wasn\'t supplied.'),
        ({"head_sha": "0" * 40}, "No commit found for SHA"),
    ],
)
async def test_what_github_refuses_is_refused(world: World, more: dict, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        await check(world, **more)
    assert refused.value.status == 422


async def test_only_its_own_app_changes_a_check_run(world: World) -> None:
    run = await check(world)
    path = f"{world.widgets.path}/check-runs/{run['id']}"
    other = world.story.app("other", {"checks": "write"}, [])
    token = installation_token(world.story.sandbox.world, world.story.install(other, world.acme))
    answer = await world.story.client(token.value).ask("PATCH", path, {"conclusion": "success"})
    assert answer.status == 403
    assert "can only be modified by the GitHub App that created it" in answer.body["message"]
    answer = await world.admin.http.ask("PATCH", path, {"conclusion": "success"})
    assert (answer.status, answer.body["message"]) == (403, "You must authenticate via a GitHub App.")


async def test_a_check_run_is_completed_asked_for_again_and_pressed(world: World) -> None:
    run = await check(world, actions=[{"label": "Go", "description": "Go on", "identifier": "go"}])
    await world.bot().patch(f"{world.widgets.path}/check-runs/{run['id']}", {"conclusion": "failure"})
    await world.writer.http.post(f"{world.widgets.path}/check-runs/{run['id']}/rerequest")
    world.widgets.press(world.writer, run["id"], "go")
    await world.story.settle()
    names = [name for name in world.mailbox.names() if name.startswith("check_run")]
    assert sorted(names) == [
        "check_run.completed", "check_run.created", "check_run.requested_action", "check_run.rerequested",
    ]  # fmt: skip
    assert world.mailbox.of("check_run.requested_action")[0]["requested_action"] == {"identifier": "go"}


async def test_a_deployment_is_followed_by_statuses(world: World) -> None:
    bot, path = world.bot(), f"{world.widgets.path}/deployments"
    made = [await bot.post(path, {"ref": "main", "environment": "prod"}) for _ in range(2)]
    for one in made:
        await bot.post(
            f"{path}/{one['id']}/statuses", {"state": "success", "environment_url": "https://a.example"}
        )
    states = [s["state"] for s in await bot.get(f"{path}/{made[0]['id']}/statuses")]
    assert states == ["inactive", "success"]
    await world.story.settle()
    assert len(world.mailbox.of("deployment.created")) == 2


async def test_a_red_check_stops_a_deployment_unless_told_otherwise(world: World) -> None:
    await check(world, conclusion="failure")
    path = f"{world.widgets.path}/deployments"
    with pytest.raises(Refused, match="Commit status checks failed for main"):
        await world.bot().post(path, {"ref": "main"})
    await world.bot().post(path, {"ref": "main", "required_contexts": []})


async def test_an_asset_is_uploaded_and_fetched_by_redirect_without_authorization(world: World) -> None:
    bot = world.bot()
    release = await bot.post(f"{world.widgets.path}/releases", {"tag_name": "v1"})
    assert await world.widgets.git.sha("refs/tags/v1") == await world.widgets.head()
    upload = release["upload_url"].split("{")[0]
    asset = (await bot.ask("POST", upload, b"pack", query={"name": "pack.zip"})).body
    assert asset["digest"] == "sha256:" + hashlib.sha256(b"pack").hexdigest()
    redirect = await bot.ask("GET", asset["url"], Accept="application/octet-stream")
    assert redirect.status == 302
    assert (await bot.ask("GET", redirect.headers["Location"])).status == 400
    assert (await world.story.client("").ask("GET", redirect.headers["Location"])).body == b"pack"


async def test_a_draft_release_is_hidden_and_makes_no_tag(world: World) -> None:
    release = await world.bot().post(f"{world.widgets.path}/releases", {"tag_name": "v1", "draft": True})
    path = f"{world.widgets.path}/releases/{release['id']}"
    assert (await world.outsider.http.ask("GET", path)).status == 404
    assert await world.widgets.git.sha("refs/tags/v1") is None
    await world.bot().patch(path, {"draft": False})
    assert (await world.outsider.http.get(path))["draft"] is False
    assert await world.widgets.git.sha("refs/tags/v1") is not None


async def test_an_environment_shows_names_of_secrets_only(world: World) -> None:
    world.widgets.environment("prod", {"KEY": "hush"}, branch_policy=["main"])
    shown = await world.bot().get(f"{world.widgets.path}/environments/prod")
    assert shown["deployment_branch_policy"] == {"protected_branches": False, "custom_branch_policies": True}
    assert "hush" not in str(shown)
    assert (await world.bot().ask("GET", f"{world.widgets.path}/environments/prod/secrets")).status == 403


async def test_rerunning_all_checks_queues_the_suite_until_its_app_moves(world: World) -> None:
    sha = await world.widgets.head()
    bot, path = world.bot(), f"{world.widgets.path}/check-runs"
    run = await bot.post(path, {"name": "plan", "head_sha": sha, "conclusion": "success"})
    suite = run["check_suite"]["id"]
    with pytest.raises(Refusal):
        world.widgets.rerun_checks(world.triager, suite)
    world.widgets.rerun_checks(world.writer, suite)
    await world.story.settle()
    told = world.mailbox.of("check_suite.rerequested")[0]
    assert (told["check_suite"]["id"], told["check_suite"]["head_sha"]) == (suite, sha)
    assert (told["check_suite"]["status"], told["check_suite"]["conclusion"]) == ("queued", None)
    assert told["sender"]["login"] == "writer"
    listed = await bot.get(f"{world.widgets.path}/check-suites/{suite}/check-runs")
    assert [one["id"] for one in listed["check_runs"]] == [run["id"]]
    await bot.patch(f"{path}/{run['id']}", {"conclusion": "failure"})
    shown = await bot.get(f"{world.widgets.path}/check-suites/{suite}")
    assert (shown["status"], shown["conclusion"]) == ("completed", "failure")


async def test_a_button_is_pressed_by_people_with_write_alone(world: World) -> None:
    action = {"label": "Go", "description": "d", "identifier": "go"}
    body = {"name": "plan", "head_sha": await world.widgets.head(), "actions": [action], "conclusion": "success"}
    run = await world.bot().post(f"{world.widgets.path}/check-runs", body)
    for who in (world.outsider, world.triager):
        with pytest.raises(Refusal):
            world.widgets.press(who, run["id"], "go")
    world.widgets.press(world.writer, run["id"], "go")
    await world.story.settle()
    assert [t["sender"]["login"] for t in world.mailbox.of("check_run.requested_action")] == ["writer"]
