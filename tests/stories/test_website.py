"""The main job, end to end over HTTP: a labelled issue becomes an approved, executed, evidenced website."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from bot.cli.demo.scene import Scene
from tests.stories.words import (
    bot_comments,
    carried_out,
    checks,
    deployment_states,
    labels,
    open_issue,
    pulls,
    says,
    sticky,
    token,
)
from tests.stories.world import page, runs


async def test_an_issue_becomes_a_website(scene: Scene) -> None:
    number = await open_issue(scene)
    shown = await sticky(scene, number)
    assert "Plan v1" in shown
    assert "not available in this release" in shown
    line = f"/approve {await token(scene, number)}"

    assert "no_role" in await says(scene, scene.cast.mallory, number, line)
    assert "self_approval" in await says(scene, scene.cast.anna, number, line)
    assert not (scene.site.root / "current").exists()

    await says(scene, scene.cast.bert, number, line)
    assert "Done" in await sticky(scene, number), await sticky(scene, number)
    assert "state:completed" in await labels(scene, number)
    assert "Acme Consulting" in page(scene)

    issue = await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    # the sticky comment, two refusals, one approval noted: everything else is an edit of the first
    assert len(await bot_comments(scene, number)) == 4


async def test_what_was_done_can_be_read_on_github(scene: Scene) -> None:
    await carried_out(scene)

    [pull] = await pulls(scene)
    assert (pull["state"], pull["merged_at"]) == ("closed", None)
    found = await checks(scene)
    assert set(found) == {"millwright / plan", "millwright / run", "millwright / cost"}
    assert {name: run["conclusion"] for name, run in found.items()} == {
        "millwright / plan": "success",
        "millwright / run": "success",
        "millwright / cost": "neutral",
    }
    run = found["millwright / run"]
    annotations = await scene.cast.anna.http.get(f"{scene.cast.product.path}/check-runs/{run['id']}/annotations")
    assert {"form_without_endpoint"} <= {annotation["title"] for annotation in annotations}, annotations
    cost = found["millwright / cost"]["output"]["summary"]
    assert cost.count("preview") + cost.count("execute") >= 4, cost
    assert "0.008 USD" in cost

    assert (await deployment_states(scene))[-1] == "success"
    [deployment] = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments")
    statuses = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments/{deployment['id']}/statuses")
    assert statuses[0]["environment_url"] == scene.site.url
    assert [run.conclusion for run in runs(scene)] == ["success", "success"]


async def test_the_evidence_says_who_allowed_it_and_is_authentic(scene: Scene, tmp_path: Path) -> None:
    await carried_out(scene)
    data = await downloaded_pack(scene)

    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        (tmp_path / "verify.py").write_bytes(pack.read("verify.py"))
        ledger = [json.loads(line) for line in pack.read("audit_events.jsonl").splitlines()]
        decisions = json.loads(pack.read("approvals.json"))
        names = set(pack.namelist())
        shown = pack.read("index.html").decode()
    [given] = [line for line in ledger if line["type"] == "approval.given"]
    assert given["actor"]["id"] == scene.cast.bert.id
    assert [(one["login"], one["verdict"]) for one in decisions] == [("bert", "approved")]
    assert any(name.endswith("_website/files/index.html") for name in names), len(names)
    assert {"risk_assessment.pdf", "approvals.intoto.jsonl"} <= names
    assert "No screenshots: switched off by MILLWRIGHT_BROWSER." in shown

    assert "AUTHENTIC\n" in verified(tmp_path, data, scene.keys.fingerprint)
    assert verified(tmp_path, data, f"SHA256:{'0' * 64}").startswith("TAMPERED")
    place = data.index(b"approval.given")
    forged = data[:place] + b"approval.taken" + data[place + 14 :]
    assert verified(tmp_path, forged, scene.keys.fingerprint).startswith("TAMPERED")


async def downloaded_pack(scene: Scene) -> bytes:
    """The newest evidence pack, as a reader of the repository downloads it."""
    [release, *_] = await scene.cast.anna.http.get(f"{scene.cast.product.path}/releases")
    [asset] = release["assets"]
    there = await scene.cast.anna.http.ask("GET", asset["url"], Accept="application/octet-stream")
    anonymous = scene.story.client("")
    answer = await anonymous.ask("GET", there.headers["Location"])
    assert answer.status == 200
    return bytes(answer.body)


def verified(folder: Path, pack: bytes, key: str) -> str:
    """What the verifier taken from the pack prints."""
    (folder / "pack.zip").write_bytes(pack)
    command = [sys.executable, "-I", "verify.py", "pack.zip", "--key", key]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
