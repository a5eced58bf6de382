"""What a run tells the world: webhooks, check runs, deployments; and how our own verbs are called."""

import sys
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.state import ACTIONS_APP_ID

from .scene import Scene

PROD = "jobs: {one: {runs-on: ubuntu-latest, environment: prod, steps: [{run: echo}]}}"
VERB = """
jobs:
  admit:
    runs-on: ubuntu-latest
    permissions: {id-token: write}
    steps:
      - uses: acme/millwright/actions/setup@TOOLS_SHA
      - id: admit
        uses: acme/millwright/actions/admit@TOOLS_SHA
        with: {case: "${{ inputs.case }}", leg: "${{ inputs.leg }}", key-print: abc}
      - run: echo "got ${{ steps.admit.outputs.environment }}"
"""
STAND_IN = """\
import os, sys
names = ["MILLWRIGHT_CASE", "MILLWRIGHT_LEG", "MILLWRIGHT_KEY_PRINT", "GITHUB_REPOSITORY", "GITHUB_API_URL"]
print(sys.argv[1], *[os.environ[name] for name in names], "ACTIONS_ID_TOKEN_REQUEST_URL" in os.environ)
open(os.environ["GITHUB_OUTPUT"], "a").write("environment=prod\\n")
"""


async def test_webhooks_tell_of_the_run_in_order(scene: Scene) -> None:
    async def heard(_: web.Request) -> web.Response:
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/", heard)
    async with TestServer(app) as server:
        scene.app.webhook_url, scene.app.webhook_secret = str(server.make_url("/")), "s" * 32
        run = await scene.run(PROD)
    log = scene.sandbox.webhooks.log
    told = [(one.event, one.action) for one in log]
    assert [action for event, action in told if event == "workflow_run"] == [
        "requested",
        "in_progress",
        "completed",
    ]
    assert [action for event, action in told if event == "workflow_job"] == ["queued", "in_progress", "completed"]
    assert [action for event, action in told if event == "check_run"] == ["created", "completed"]
    states = [one.payload["deployment_status"]["state"] for one in log if one.event == "deployment_status"]
    assert states == ["in_progress", "success"]
    last = [one.payload for one in log if one.event == "workflow_run"][-1]
    assert (last["workflow_run"]["id"], last["workflow_run"]["conclusion"]) == (run.id, "success")
    assert last["workflow"]["path"] == ".github/workflows/millwright.yml"


async def test_a_job_has_a_check_run_of_the_actions_app_and_its_environment_a_deployment(scene: Scene) -> None:
    run = await scene.run(PROD)
    job = run.job("one")
    check = scene.ops.check_runs[job.id]
    assert (check.app_id, check.status, check.conclusion) == (ACTIONS_APP_ID, "completed", "success")
    _, shown = await scene.call("GET", f"/jobs/{job.id}")
    assert shown["check_run_url"].endswith(f"/check-runs/{job.id}")
    assert [step["conclusion"] for step in shown["steps"]] == ["success"]
    (made,) = scene.ops.deployments.values()
    assert (made.environment, made.sha, [one.state for one in made.statuses]) == (
        "prod",
        run.sha,
        ["in_progress", "success"],
    )


async def test_an_environment_that_is_not_there_is_made(scene: Scene) -> None:
    run = await scene.run(PROD.replace("prod", "new"))
    assert run.conclusion == "success"
    assert scene.ops.environments["new"].secrets == {}


async def test_our_verbs_get_their_inputs_as_variables(scene: Scene, tmp_path: Path) -> None:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    scene.sandbox.actions.workshop.verbs = (sys.executable, "-I", str(script))
    run = await scene.run(VERB)
    assert run.conclusion == "success", run.job("admit").log
    assert f"admit C1 L1 abc acme/ops {scene.sandbox.url} True" in run.job("admit").log
    assert "got prod" in run.job("admit").log
