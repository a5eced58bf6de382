"""T57: code that we did not ship looks for everything that is ours, and finds a job that has nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.cli.demo.operations import SECRET
from bot.cli.demo.scene import Scene
from bot.sandbox.actions.model import JobRun, Run
from executors.protocol.foreign import MOST_BYTES, MOST_FILES, MOST_OUTPUT
from tests.attacks.hostile import BEACON, POLICY, SCRIPT, SOURCE
from tests.stories.words import planned, says, state, sticky
from tests.stories.world import change_policy, page, runs


async def attacked(scene: Scene) -> Run:
    """A plan with the hostile check is approved and carried out; returns the run of the check."""
    await scene.cast.olga.push(scene.cast.product, {SCRIPT: SOURCE}, message="A check")
    await change_policy(scene, POLICY)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    logs = "\n".join(f"{job.key}: {text}" for run in runs(scene) for job in run.jobs for text in job.log[-20:])
    assert await state(scene, number) == "completed", logs[-4000:] + await sticky(scene, number)
    return runs(scene)[1]


def ours(scene: Scene) -> set[str]:
    """Every key that lets somebody in: tokens, session keys, secrets of environments, keys of the bot."""
    found = {value for value, token in scene.story.sandbox.world.tokens.items() if token.kind != "user"}
    places = scene.cast.operations.repository.environments.values()
    found |= {place.secrets[SECRET] for place in places if SECRET in place.secrets}
    masked = [
        line for run in runs(scene) for job in run.jobs for line in job.log if line.startswith("::add-mask::")
    ]
    found |= {line.removeprefix("::add-mask::") for line in masked} - {"Acme"}
    found |= {job.token for run in runs(scene) for job in run.jobs if job.key != "build"}
    return found | {*scene.keys.secrets, scene.cast.app.webhook_secret, scene.cast.app.private_key}


def artifact(scene: Scene, run: Run, name: str) -> dict[str, bytes]:
    """The files of one artifact of the run."""
    found = next(one for one in scene.story.sandbox.actions.storage.of(run) if one.name == name)
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def heard(job: JobRun) -> list[str]:
    """The workflow commands in the log that the runner listens to."""
    found, deaf = [], ""
    for line in job.log:
        if deaf:
            deaf = "" if line == f"::{deaf}::" else deaf
        elif stop := re.fullmatch(r"::stop-commands::([0-9a-f]{32})", line):
            deaf = stop[1]
        elif line.startswith("::"):
            found.append(line)
    return found


def left_running() -> list[str]:
    """The processes that carry the beacon."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if BEACON.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


def nothing_is_found(scene: Scene, run: Run, loot: dict[str, Any]) -> None:
    """What it saw holds no key of ours, and nobody gave it an identity."""
    assert set(loot["own"]) <= {"PATH", "LANG", "HOME", "TMPDIR", "CI", "LC_CTYPE"}
    assert loot["parents"], "it did read the environment of the processes that started it"
    assert any("GITHUB_RUN_ID" in seen for seen in loot["parents"])
    assert loot["files"], "it did read the job's files"
    assert loot["oidc"]
    assert all(said.startswith("refused 4") for said in loot["oidc"]), loot["oidc"]
    whole = json.dumps(loot)
    assert len(ours(scene)) > 8
    for key in ours(scene):
        assert key not in whole
    environments = json.dumps([loot["own"], loot["parents"]])
    for name in ("MILLWRIGHT_KEY", "MILLWRIGHT_NONCE", "ACTIONS_ID_TOKEN_REQUEST", SECRET):
        assert name not in environments
    assert str(run.inputs["nonce"]) not in json.dumps(loot["own"])


async def test_it_finds_nothing_of_ours_and_nothing_of_it_is_believed(scene: Scene) -> None:
    run = await attacked(scene)
    left = artifact(scene, run, "millwright-checks")
    base = "steps/check-hostile/files"
    nothing_is_found(scene, run, json.loads(left[f"{base}/files/loot.json"]))
    assert left_running() == []

    build = run.job("build")
    assert (build.environment, dict(build.permissions)) == ("", {})
    assert heard(build) == []
    kept = next(one for one in scene.story.sandbox.actions.storage.of(run) if "result" in one.name)
    assert build.outputs == {"result": kept.digest}
    assert not re.search("evil", json.dumps([build.summary, run.job("report").outputs, run.job("report").log]))

    result = json.loads(left[f"{base}/result.json"])
    files = {one["path"]: one["size"] for one in result["files"]}
    assert result["exit_code"] == 0
    assert ".hidden" in files
    assert not {"link", "folder", "pipe", "big"} & {path.split("/")[0] for path in files}
    assert len(files) <= MOST_FILES
    assert sum(files.values()) <= MOST_BYTES
    assert result["left_out"]
    assert result["printed"] > 3_000_000
    assert len(left[f"{base}/output.txt"]) <= MOST_OUTPUT
    assert left[f"{base}/output.txt"].endswith(b"the last line\n")
    assert "Acme Consulting" in page(scene)


@pytest.mark.act
@pytest.mark.parametrize("runner", ["act"])
async def test_the_real_workflow_gives_it_nothing_either(scene: Scene, runner: str) -> None:
    assert scene.story.sandbox.actions.runner == runner
    run = await attacked(scene)
    left = artifact(scene, run, "millwright-checks")
    nothing_is_found(scene, run, json.loads(left["steps/check-hostile/files/files/loot.json"]))
    assert left_running() == []
    assert run.job("build").outputs["result"] != "0" * 64
    assert "Acme Consulting" in page(scene)
