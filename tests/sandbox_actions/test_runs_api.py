"""Runs over REST: dispatch, look, cancel, run again, delete, die."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.actions.model import Run
from bot.sandbox.answers import Refusal

from .scene import INPUTS, WORKFLOW, Scene

QUICK = "jobs: {one: {runs-on: ubuntu-latest, steps: [{run: echo}]}}"
SLOW = "jobs: {one: {runs-on: x, steps: [{run: sleep 600}]}, two: {needs: one, runs-on: x, steps: [{run: y}]}}"
PROD = "jobs: {one: {runs-on: ubuntu-latest, environment: prod, steps: [{run: echo}]}}"
# Fails in its first attempt only, by what it finds outside its own folder.
FLAKY = """
jobs:
  admit:
    runs-on: ubuntu-latest
    outputs: {word: "${{ steps.a.outputs.word }}"}
    steps: [{id: a, run: 'echo "word=attempt-$GITHUB_RUN_ATTEMPT" >> "$GITHUB_OUTPUT"'}]
  execute:
    needs: admit
    environment: prod
    runs-on: ubuntu-latest
    steps:
      - env: {WORD: "${{ needs.admit.outputs.word }}", KEY: "${{ secrets.DEPLOY_KEY }}"}
        run: echo "$WORD ${#KEY} in $GITHUB_RUN_ATTEMPT"; test "$GITHUB_RUN_ATTEMPT" = 2
"""


async def until_in_progress(scene: Scene, run: Run) -> None:
    async with asyncio.timeout(20):
        while not any(step.status == "in_progress" for job in run.jobs for step in job.steps):
            await asyncio.sleep(0)


async def test_a_dispatch_answers_with_the_run_when_asked_to(scene: Scene) -> None:
    await scene.workflow(QUICK)
    path = "/workflows/millwright.yml/dispatches"
    assert (await scene.call("POST", path, ref="main", inputs=INPUTS))[0] == 204
    status, told = await scene.call("POST", path, ref="main", inputs=INPUTS, return_run_details=True)
    assert status == 200
    assert told["run_url"].endswith(f"/repos/acme/ops/actions/runs/{told['workflow_run_id']}")
    await scene.sandbox.actions.settle()
    status, run = await scene.call("GET", f"/runs/{told['workflow_run_id']}")
    assert (run["run_number"], run["conclusion"]) == (2, "success")
    assert run["display_title"] == "millwright C1 L1 N1"
    assert run["actor"]["login"] == "millwright[bot]"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"ref": "nowhere", "inputs": INPUTS}, 422, "No ref found for: nowhere"),
        ({"ref": "main"}, 422, "Required input 'case' not provided"),
        ({"ref": "main", "inputs": {**INPUTS, "x": "1"}}, 422, 'Unexpected inputs provided: ["x"]'),
        ({"inputs": INPUTS}, 422, 'Invalid request.\n\n"ref" wasn\'t supplied.'),
    ],
)
async def test_a_wrong_dispatch_is_refused(scene: Scene, body: dict[str, Any], status: int, words: str) -> None:
    await scene.workflow(QUICK)
    answer = await scene.call("POST", "/workflows/millwright.yml/dispatches", **body)
    assert (answer[0], answer[1]["message"]) == (status, words)


async def test_who_may_only_read_cannot_dispatch_or_delete(scene: Scene) -> None:
    run = await scene.run(QUICK)
    body = {"ref": "main", "inputs": INPUTS}
    assert (await scene.call("POST", "/workflows/millwright.yml/dispatches", scene.reader, **body))[0] == 403
    assert (await scene.call("DELETE", f"/runs/{run.id}", scene.reader))[0] == 403
    assert (await scene.call("GET", f"/runs/{run.id}", scene.reader))[0] == 200


async def test_an_unknown_workflow_is_not_found(scene: Scene) -> None:
    assert (await scene.call("POST", "/workflows/none.yml/dispatches", ref="main"))[0] == 404


async def test_a_person_dispatches_by_hand_and_is_the_actor(scene: Scene) -> None:
    await scene.workflow(QUICK)
    body = {"ref": "main", "inputs": INPUTS, "return_run_details": True}
    status, told = await scene.call("POST", "/workflows/millwright.yml/dispatches", scene.alice, **body)
    run = scene.sandbox.actions.runs[told["workflow_run_id"]]
    assert (status, run.actor_id) == (200, scene.alice.id)
    await scene.sandbox.actions.settle()


async def test_runs_are_listed_newest_first_and_filtered(scene: Scene) -> None:
    first, second = await scene.run(QUICK), await scene.run(QUICK)
    _, everything = await scene.call("GET", "/runs")
    assert [run["id"] for run in everything["workflow_runs"]] == [second.id, first.id]
    for query, count in [
        ("actor=millwright%5Bbot%5D&event=workflow_dispatch", 2),
        ("actor=alice", 0),
        ("event=push", 0),
        ("status=success", 2),
        ("status=queued", 0),
        (f"created=%3E%3D{first.created_at}", 2),
        ("created=%3E2999-01-01", 0),
        ("created=2000-01-01..2001-01-01", 0),
    ]:
        assert (await scene.call("GET", f"/workflows/millwright.yml/runs?{query}"))[1]["total_count"] == count, (
            query
        )


async def test_workflows_are_listed_with_a_number_that_works(scene: Scene) -> None:
    run = await scene.run(QUICK)
    _, listed = await scene.call("GET", "/workflows")
    (only,) = listed["workflows"]
    assert (only["path"], only["name"], only["id"]) == (WORKFLOW, "Millwright", run.workflow_id)
    assert (await scene.call("GET", f"/workflows/{only['id']}/runs"))[1]["total_count"] == 1


async def test_a_cancelled_run_stops_its_job_and_begins_no_other(both: Scene) -> None:
    await both.workflow(SLOW)
    run = await both.dispatch()
    await until_in_progress(both, run)
    assert (await both.call("POST", f"/runs/{run.id}/cancel"))[0] == 202
    await both.sandbox.actions.settle()
    assert (run.conclusion, [job.conclusion for job in run.jobs]) == ("cancelled", ["cancelled", "cancelled"])
    assert (await both.call("POST", f"/runs/{run.id}/cancel"))[0] == 409


async def test_a_killed_run_ends_as_a_failure(both: Scene) -> None:
    await both.workflow(SLOW)
    run = await both.dispatch()
    await until_in_progress(both, run)
    both.sandbox.actions.kill(run.id)
    await both.sandbox.actions.settle()
    assert (run.conclusion, [job.conclusion for job in run.jobs]) == ("failure", ["failure", "skipped"])


async def test_failed_jobs_run_again_with_the_old_outputs_and_the_secrets(scene: Scene) -> None:
    run = await scene.run(FLAKY)
    assert run.conclusion == "failure"
    assert (await scene.call("POST", f"/runs/{run.id}/rerun-failed-jobs", scene.alice))[0] == 201
    await scene.sandbox.actions.settle()
    assert (run.conclusion, run.attempt) == ("success", 2)
    assert "attempt-1 12 in 2" in run.job("execute").log
    _, jobs = await scene.call("GET", f"/runs/{run.id}/jobs")
    assert sorted((job["name"], job["run_attempt"]) for job in jobs["jobs"]) == [("admit", 1), ("execute", 2)]
    assert (await scene.call("GET", f"/runs/{run.id}/jobs?filter=all"))[1]["total_count"] == 3
    _, shown = await scene.call("GET", f"/runs/{run.id}")
    assert (shown["actor"]["login"], shown["triggering_actor"]["login"]) == ("millwright[bot]", "alice")


async def test_a_whole_run_runs_again_as_another_attempt(scene: Scene) -> None:
    run = await scene.run(FLAKY)
    assert (await scene.call("POST", f"/runs/{run.id}/rerun"))[0] == 201
    await scene.sandbox.actions.settle()
    assert "attempt-2 12 in 2" in run.job("execute").log


async def test_a_deleted_run_is_gone_and_can_be_dispatched_anew(scene: Scene) -> None:
    run = await scene.run(QUICK)
    assert (await scene.call("DELETE", f"/runs/{run.id}", scene.alice))[0] == 204
    assert (await scene.call("GET", f"/runs/{run.id}"))[0] == 404
    assert (await scene.call("GET", "/runs"))[1]["total_count"] == 0
    again = await scene.dispatch()
    await scene.sandbox.actions.settle()
    assert again.id != run.id


async def test_an_environment_refuses_a_job_from_another_branch(scene: Scene) -> None:
    await scene.workflow(PROD)
    await scene.workflow(PROD, branch="evil")
    good, bad = await scene.dispatch(), await scene.dispatch("evil")
    await scene.sandbox.actions.settle()
    assert (good.conclusion, bad.conclusion) == ("success", "failure")
    assert 'Branch "evil" is not allowed to deploy to prod' in bad.job("one").log[0]
    assert bad.job("one").steps == []


async def test_no_more_than_two_runs_are_under_way(scene: Scene) -> None:
    await scene.workflow(SLOW)
    runs = [await scene.dispatch() for _ in range(3)]
    for run in runs[:2]:
        await until_in_progress(scene, run)
    assert [run.status for run in runs] == ["in_progress", "in_progress", "queued"]


async def test_the_sandbox_refuses_tokens_to_jobs_that_may_not_have_them(scene: Scene) -> None:
    run = await scene.run(QUICK)
    issuer, job = scene.sandbox.actions.issuer, run.job("one")
    with pytest.raises(Refusal) as refused:
        issuer.token_for(run, job, "x")
    assert refused.value.status == 403
    job.permissions = {"id-token": "write"}
    with pytest.raises(Refusal) as refused:
        issuer.token_for(run, job, "x")
    assert refused.value.status == 401


async def test_a_job_that_runs_in_spite_of_a_cancel_can_be_cancelled_too(scene: Scene) -> None:
    await scene.workflow(
        SLOW.replace("needs: one,", "needs: one, if: always(),").replace("run: y", "run: sleep 600")
    )
    run = await scene.dispatch()
    await until_in_progress(scene, run)
    scene.sandbox.actions.cancel(run)
    async with asyncio.timeout(20):
        while run.job("two").status != "in_progress":
            await asyncio.sleep(0)
    scene.sandbox.actions.cancel(run)
    await scene.sandbox.actions.settle()
    assert [job.conclusion for job in run.jobs] == ["cancelled", "cancelled"]


async def test_tokens_are_given_over_http_to_nobody_but_running_jobs(scene: Scene) -> None:
    jobs = "jobs: {one: {runs-on: x, permissions: {id-token: write}, steps: [{run: sleep 600}]}}"
    await scene.workflow(jobs)
    run = await scene.dispatch()
    await until_in_progress(scene, run)
    base = scene.sandbox.actions.issuer.url
    async with scene.session.get(f"{base}/.well-known/openid-configuration") as answer:
        found = await answer.json()
    assert found["issuer"] == base
    async with scene.session.get(found["jwks_uri"]) as answer:
        assert [key["alg"] for key in (await answer.json())["keys"]] == ["RS256"]
    for token, status in [(run.job("one").token, 200), ("guessed", 401), ("", 401)]:
        headers = {"Authorization": f"Bearer {token}"}
        async with scene.session.get(f"{base}/token?audience=x", headers=headers) as answer:
            assert answer.status == status, token
