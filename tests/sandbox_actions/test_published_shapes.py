"""What Actions says and answers fits GitHub's published descriptions."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from openapi_schema_validator import OAS30Validator

from tests.contract.descriptions import rest, webhook_faults

from .scene import INPUTS, UPLOAD, Scene

JOBS = f"""
jobs:
  one:
    runs-on: ubuntu-latest
    environment: prod
    steps:
      - run: echo 1 > "$RUNNER_TEMP/a"
      - uses: {UPLOAD}
        with: {{name: bundle, path: "${{{{ runner.temp }}}}/a"}}
"""


def answer_faults(method: str, path: str, status: str, answer: Any) -> list[str]:
    description = rest()
    operation = description.operation(method, path)
    assert operation is not None, path
    schema = description.resolve(operation["responses"][status])["content"]["application/json"]["schema"]
    whole = {**schema, "components": description.document["components"]}
    return [f"{error.json_path}: {error.message[:200]}" for error in OAS30Validator(whole).iter_errors(answer)]


async def test_every_webhook_of_a_run_fits(scene: Scene) -> None:
    async def heard(_: web.Request) -> web.Response:
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/", heard)
    scene.installation.events += ["workflow_dispatch", "check_suite"]
    scene.installation.permissions["contents"] = "read"
    async with TestServer(app) as server:
        scene.app.webhook_url = str(server.make_url("/"))
        await scene.run(JOBS)
    log = scene.sandbox.webhooks.log
    expected = {"workflow_dispatch", "workflow_run", "workflow_job", "check_run", "check_suite"}
    assert {one.event for one in log} == expected | {"deployment", "deployment_status"}
    faults = [fault for one in log for fault in webhook_faults(one.event, one.payload)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "path",
    [
        "/workflows",
        "/workflows/millwright.yml",
        "/workflows/millwright.yml/runs",
        "/runs",
        "/runs/{run}",
        "/runs/{run}/jobs",
        "/runs/{run}/attempts/1/jobs",
        "/jobs/{job}",
        "/runs/{run}/artifacts",
        "/artifacts",
        "/artifacts/{artifact}",
    ],
)
async def test_every_answer_fits(scene: Scene, path: str) -> None:
    run = await scene.run(JOBS)
    (made,) = scene.sandbox.actions.storage.of(run)
    path = path.format(run=run.id, job=run.job("one").id, artifact=made.id)
    status, answer = await scene.call("GET", path)
    assert status == 200
    assert answer_faults("GET", f"/repos/acme/ops/actions{path}", "200", answer) == []


async def test_a_dispatch_with_details_fits(scene: Scene) -> None:
    await scene.workflow(JOBS)
    path = "/workflows/millwright.yml/dispatches"
    _, answer = await scene.call("POST", path, ref="main", inputs=INPUTS, return_run_details=True)
    assert answer_faults("POST", f"/repos/acme/ops/actions{path}", "200", answer) == []
    await scene.sandbox.actions.settle()
    for one in scene.sandbox.requests:
        if one.path.startswith("/repos"):
            assert rest().faults(one.method, one.path, one.query, one.content_type, one.body) == []
