"""A pull request that touches the policy gets a check run: mistakes by line, the workflow, what would change."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.scene import Scene
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.people import Participant
from bot.sandbox.places import Place
from tests.stories.test_defaults import POLICY, defaults
from tests.stories.words import planned, says, state
from tests.stories.world import runs

NAME = "millwright / policy"


async def proposed(scene: Scene, files: dict[str, str | None], branch: str = "change") -> dict[str, Any]:
    """Olga proposes these files in the operations repository; the pull request."""
    await scene.cast.olga.push(scene.cast.operations, files, branch=branch)
    pull: dict[str, Any] = await scene.cast.olga.open_pull(scene.cast.operations, branch)
    await scene.settle()
    return pull


async def policy_now(scene: Scene) -> str:
    return await scene.cast.operations.read(POLICY) or ""


async def checks_on(scene: Scene, place: Place, sha: str, who: Participant | None = None) -> list[dict[str, Any]]:
    """Our check runs on a commit, each with its annotations."""
    http = (who or scene.cast.olga).http
    found = (await http.get(f"{place.path}/commits/{sha}/check-runs", filter="all"))["check_runs"]
    return [one | {"notes": await http.get(f"{place.path}/check-runs/{one['id']}/annotations")} for one in found]


async def check(scene: Scene, pull: dict[str, Any]) -> dict[str, Any]:
    """The one check run on the pull request's head as it is now."""
    place = scene.cast.operations
    now = await scene.cast.olga.http.get(f"{place.path}/pulls/{pull['number']}")
    [found] = await checks_on(scene, place, now["head"]["sha"])
    assert found["name"] == NAME
    return found


async def test_a_mistake_is_an_annotation_at_its_line_until_it_is_corrected(scene: Scene) -> None:
    text = await policy_now(scene)
    pull = await proposed(scene, {POLICY: f"{text}mode: autos\nsurprise: 1\n"})
    found, line = await check(scene, pull), text.count("\n") + 1
    assert found["conclusion"] == "failure"
    assert [(one["path"], one["start_line"], one["annotation_level"]) for one in found["notes"]] == [
        (POLICY, line, "failure"),
        (POLICY, line + 1, "failure"),
    ]
    assert "mode is none of the values allowed; write 'auto'" in found["notes"][0]["message"]
    assert "2 mistakes" in found["output"]["title"]

    await scene.cast.olga.push(scene.cast.operations, {POLICY: f"{text}mode: checkpoints\n"}, branch="change")
    await scene.settle()
    found = await check(scene, pull)
    assert (found["conclusion"], found["notes"]) == ("success", [])
    assert "nobody decides differently" in found["output"]["title"]


async def test_a_workflow_that_the_policy_does_not_give_fails_until_it_is_generated_anew(scene: Scene) -> None:
    text = (await policy_now(scene)).replace("secrets: [SITE_KEY]", "secrets: [SITE_KEY, CDN_KEY]")
    pull = await proposed(scene, {POLICY: text})
    found = await check(scene, pull)
    assert found["conclusion"] == "failure"
    [note] = found["notes"]
    workflow = await scene.cast.operations.read(WORKFLOW) or ""
    assert note["path"] == WORKFLOW
    assert "SITE_KEY" in workflow.splitlines()[note["start_line"] - 1], "where the new secret would stand"
    assert "CDN_KEY: ${{ secrets.CDN_KEY }}" in note["message"]
    assert f"millwright workflow {POLICY} --url {scene.bot.url} --key {scene.keys.fingerprint}" in note["message"]

    line = "          SITE_KEY: ${{ secrets.SITE_KEY }}\n"
    anew = workflow.replace(line, line.replace("SITE", "CDN") + line)
    await scene.cast.olga.push(scene.cast.operations, {WORKFLOW: anew}, branch="change")
    await scene.settle()
    assert (await check(scene, pull))["conclusion"] == "success"


async def test_a_workflow_of_another_bot_or_key_fails(scene: Scene) -> None:
    workflow = await scene.cast.operations.read(WORKFLOW) or ""
    other = workflow.replace(scene.keys.fingerprint, "SHA256:" + "0" * 64)
    found = await check(scene, await proposed(scene, {WORKFLOW: other}))
    assert found["conclusion"] == "failure"
    assert "none of this bot's" in found["notes"][0]["message"]
    other = workflow.replace(scene.bot.url, "https://evil.example")
    found = await check(scene, await proposed(scene, {WORKFLOW: other}, "elsewhere"))
    assert [one["path"] for one in found["notes"]] == [WORKFLOW]
    assert scene.bot.url in found["notes"][0]["message"]


async def test_what_would_ask_for_less_is_marked_and_plans_that_become_stale_are_named(scene: Scene) -> None:
    number, line = await planned(scene)
    text = await policy_now(scene)
    weaker = text.replace("[maintain, admin]", "[write]") + "approval: {HIGH: {count: 1}}\nsolo: true\n"
    found = await check(scene, await proposed(scene, {POLICY: weaker}))
    assert found["conclusion"] == "neutral"
    assert "less than before" in found["output"]["title"]
    assert "new: write role or more" in found["output"]["text"]
    assert "`solo` | no | yes | ⚠️" in found["output"]["text"]
    assert "1 open plan** rests on rules that change here: it is made again" in found["output"]["summary"]
    assert f"`WEB-{number}`" in found["output"]["summary"]

    higher = f"{text}gates:\n  - {{name: board, before: end, risk: CRITICAL}}\n"
    found = await check(scene, await proposed(scene, {POLICY: higher}, "higher"))
    assert (found["conclusion"], found["notes"]) == ("success", [])
    assert "No open plan has to be made again" in found["output"]["summary"]
    assert "`board`" in found["output"]["text"]
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", "a proposal changes nothing"


async def test_a_strangers_fork_is_read_and_nothing_more(scene: Scene) -> None:
    scene.cast.operations.repository.private = False
    mallory, operations = scene.cast.mallory, scene.cast.operations
    fork = scene.story.fork(operations, mallory)
    text = await policy_now(scene)
    await mallory.push(fork, {POLICY: f"{text}solo: perhaps\n"}, branch="mine")
    asked = len(scene.story.sandbox.requests)
    pull = await mallory.open_pull(operations, "mallory:mine")
    await scene.settle()
    found = await check(scene, pull)
    assert (found["conclusion"], len(found["notes"])) == ("failure", 1)
    made = [one for one in scene.story.sandbox.requests[asked:] if one.method not in {"GET", "HEAD"}]
    written = {
        (one.method, one.path) for one in made if "access_tokens" not in one.path and "/pulls" not in one.path
    }
    assert written == {("POST", f"{operations.path}/check-runs")}
    said = await scene.cast.olga.http.get(f"{operations.path}/issues/{pull['number']}/comments")
    assert (said, runs(scene)) == ([], [])


async def test_pull_requests_about_other_things_get_no_check_run(scene: Scene) -> None:
    pull = await proposed(scene, {"README.md": "# Ours\n"})
    assert await checks_on(scene, scene.cast.operations, pull["head"]["sha"]) == []
    bert, product = scene.cast.bert, scene.cast.product
    sha = await bert.push(product, {POLICY: "not: ours\n"}, branch="elsewhere")
    await bert.open_pull(product, "elsewhere")
    await scene.settle()
    assert await checks_on(scene, product, sha) == []


async def test_a_change_of_the_defaults_is_checked_with_the_policy_above_them(scene: Scene) -> None:
    place = await defaults(scene, "mode: checkpoints\n")
    await planned(scene)
    olga = scene.cast.olga
    sha = await olga.push(place, {POLICY: "mode: auto\napproval: {MEDIUM: {count: 2}}\n"}, branch="strict")
    await olga.open_pull(place, "strict")
    await scene.settle()
    [found] = await checks_on(scene, place, sha)
    assert (found["name"], found["conclusion"]) == (NAME, "neutral")
    assert "`mode` | checkpoints | auto | ⚠️" in found["output"]["text"]
    assert "2 approvals by maintain role or more" in found["output"]["text"]
    assert "1 open plan" in found["output"]["summary"]

    sha = await olga.push(place, {POLICY: "\ngates:\n  - {name: x, before: moon}\n"}, branch="broken")
    await olga.open_pull(place, "broken")
    await scene.settle()
    [found] = await checks_on(scene, place, sha)
    assert [(one["path"], one["start_line"]) for one in found["notes"]] == [(POLICY, 3)]
    assert "names `moon`, which is no place" in found["notes"][0]["message"]


async def test_asked_for_again_it_says_what_is_true_by_now(scene: Scene) -> None:
    text = await policy_now(scene)
    pull = await proposed(scene, {POLICY: f"{text}gates:\n  - {{name: board, before: end}}\n"})
    first = await check(scene, pull)
    assert first["conclusion"] == "success"
    path = f"{scene.cast.operations.path}/check-runs/{first['id']}/rerequest"
    await scene.cast.olga.http.post(path)
    await scene.settle()
    again = await check(scene, pull)
    assert (again["id"], again["status"], again["conclusion"]) == (first["id"], "completed", "success")

    await defaults(scene, "modus: 1\n")
    await scene.cast.olga.http.post(path)
    await scene.settle()
    http, sha = scene.cast.olga.http, again["head_sha"]
    latest = (await http.get(f"{scene.cast.operations.path}/commits/{sha}/check-runs"))["check_runs"]
    assert [one["conclusion"] for one in latest] == ["failure"]
    assert "acme/.github:.github/millwright.yml" in latest[0]["output"]["summary"]


async def test_annotations_that_are_true_no_more_do_not_stay(scene: Scene) -> None:
    text = (await policy_now(scene)).partition("prices:")[0]
    pull = await proposed(scene, {POLICY: f'{text}budgets: {{per_case: "20.00"}}\n'})
    first = await check(scene, pull)
    assert [one["message"].partition(",")[0] for one in first["notes"]] == ["budgets.per_case is a limit"]
    await defaults(scene, 'prices: {minutes: {self-hosted: "0.002"}}\n')
    olga, place = scene.cast.olga, scene.cast.operations
    await olga.http.post(f"{place.path}/check-runs/{first['id']}/rerequest")
    await scene.settle()
    latest = (await olga.http.get(f"{place.path}/commits/{first['head_sha']}/check-runs"))["check_runs"]
    assert [(one["conclusion"], one["output"]["annotations_count"]) for one in latest] == [("success", 0)]


async def test_lines_of_codeowners_that_github_skips_are_warned_of(scene: Scene) -> None:
    pull = await proposed(scene, {".github/CODEOWNERS": "* @acme/ops\n!secret @olga\n"})
    found = await check(scene, pull)
    assert [(one["path"], one["start_line"], one["annotation_level"]) for one in found["notes"]] == [
        (".github/CODEOWNERS", 2, "warning")
    ]
    assert found["conclusion"] == "success"
