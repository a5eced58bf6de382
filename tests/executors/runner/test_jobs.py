"""The verbs as the composite actions run them, against a bot's door over real HTTP."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from executors.__main__ import main
from executors.protocol.journal import LegFinished
from executors.runner.bundle import Report
from executors.runner.job import summary_of
from executors.world import web_root
from tests.executors.door import Door, open_door, refusal
from tests.executors.legs import deploy, plan_of, site, spec_of

FUTURE = "2999-01-01T00:00:00+00:00"


def spec(tmp_path: Path, verb: str = "execute", **changes):
    plan = plan_of(site(), deploy(tmp_path / "www"))
    return spec_of(plan, verb, **{"expires_at": FUTURE, **changes})


def verb(name: str, environ) -> tuple[int, str]:
    stream = io.StringIO()
    return main([name], environ, stream), stream.getvalue()


def test_admit_tells_a_human_what_is_about_to_happen_and_who_decided(tmp_path):
    with open_door(spec(tmp_path)) as door:
        code, said = verb("admit", door.environ(tmp_path))
    assert code == 0
    assert (tmp_path / "output").read_text() == "environment=\nverb=execute\n"
    for word in ("ACME-7", "alice", "LOW", door.spec.plan.token, "website", "deploy"):
        assert word in said
    assert [claim.job for claim in door.claims] == ["admit"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nonce": "f" * 32}, "another nonce"),
        ({"run_id": 1}, "another run id"),
        ({"case": "R2/I2"}, "another case"),
        ({"expires_at": "2020-01-01T00:00:00+00:00"}, "expired"),
        ({"expires_at": "2999-01-01T00:00:00"}, "no time with an offset"),
        ({"digest": "0" * 64}, "not the approved"),
        ({"environment": "production"}, "environment"),
        ({"steps": ("website", "other")}, "not in leg"),
        ({"steps": ()}, "no step"),
    ],
)
def test_a_spec_that_is_not_for_this_job_is_refused_by_both_jobs(tmp_path, changes, words):
    with open_door(spec(tmp_path, **changes)) as door:
        environ = door.environ(tmp_path)
        for name in ("admit", "execute"):
            code, said = verb(name, environ)
            assert code == 1
            assert words in said
            assert "::error" in said
    assert not (tmp_path / "output").exists()
    assert not (tmp_path / "www").exists()


def test_a_dry_run_is_never_carried_out(tmp_path):
    plan = plan_of(site(), dry_run=True)
    with open_door(spec_of(plan, expires_at=FUTURE)) as door:
        assert verb("admit", door.environ(tmp_path))[0] == 1


def test_a_refused_claim_is_said_in_the_bots_words(tmp_path):
    with open_door(
        spec(tmp_path), lambda p, _n: refusal(409, "claimed_already") if "claim" in p else None
    ) as door:
        code, said = verb("admit", door.environ(tmp_path))
    assert code == 1
    assert "claimed_already" in said


def carried_out(door: Door, tmp_path: Path, name: str = "execute") -> tuple[int, str]:
    return verb(name, door.environ(tmp_path))


def test_execute_and_report_hand_in_all_that_the_artifact_holds(tmp_path):
    with open_door(spec(tmp_path)) as door:
        code, said = carried_out(door, tmp_path)
        assert code == 0, said
        assert verb("report", door.environ(tmp_path, MILLWRIGHT_ARTIFACT_DIGEST="ab" * 32))[0] == 0
    bundle = tmp_path / "millwright" / "bundle"
    there = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    assert {"journal.jsonl", "report.json", "cost.json", "logs.txt", "steps/website/files/index.html"} <= there
    handed = door.done[0]
    assert {file.path for file in handed.files} == there
    assert all(hashlib.sha256((bundle / f.path).read_bytes()).hexdigest() == f.sha256 for f in handed.files)
    assert handed.outcome == "completed"
    assert handed.artifact == "millwright-main"
    assert handed.artifact_digest == "sha256:" + "ab" * 32
    assert handed.lines == len(door.lines) == len((bundle / "journal.jsonl").read_text().splitlines())
    assert isinstance(door.lines[-1].body, LegFinished)
    assert "completed" in (tmp_path / "summary").read_text()
    assert json.loads((bundle / "cost.json").read_text())["total"] == "unknown"


def test_the_session_key_is_kept_from_others_and_out_of_the_bundle(tmp_path):
    with open_door(spec(tmp_path)) as door:
        _, said = carried_out(door, tmp_path)
        state = tmp_path / "millwright" / "state"
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert stat.S_IMODE((state / "session.json").stat().st_mode) == 0o600
        verb("report", door.environ(tmp_path))
    assert not (state / "session.json").exists()
    bundle = tmp_path / "millwright" / "bundle"
    for path in bundle.rglob("*"):
        assert not path.is_file() or b"session-key" not in path.read_bytes()
        assert not path.is_file() or b"app-token" not in path.read_bytes()
    shown = [line for line in said.splitlines() if "session-key" in line or "app-token" in line]
    assert shown == ["::add-mask::session-key", "::add-mask::app-token"]


def test_a_workflow_that_starts_another_verb_than_the_spec_says_is_stopped(tmp_path):
    with open_door(spec(tmp_path, "preview")) as door:
        code, said = carried_out(door, tmp_path, "execute")
    assert code == 1
    assert "the workflow started execute" in said
    assert not (tmp_path / "www").exists()


def test_a_failed_leg_ends_the_job_as_failed_and_is_reported_as_such(tmp_path):
    plan = plan_of(site(), deploy(tmp_path / "www", "http://127.0.0.1:9/", retries=0))
    with open_door(spec_of(plan, expires_at=FUTURE)) as door:
        code, said = carried_out(door, tmp_path)
        verb("report", door.environ(tmp_path))
    assert code == 1
    assert "::error title=deploy%3A failed::" in said
    assert door.done[0].outcome == "rolled_back"
    assert web_root.served(tmp_path / "www") is None


def test_a_run_that_died_is_reported_as_failed(tmp_path):
    with open_door(spec(tmp_path)) as door:
        carried_out(door, tmp_path)
        (tmp_path / "millwright" / "bundle" / "report.json").unlink()
        assert verb("report", door.environ(tmp_path))[0] == 0
    assert door.done[0].outcome == "failed"


def test_a_job_that_claimed_nothing_has_nothing_to_report(tmp_path):
    with open_door(spec(tmp_path)) as door:
        code, said = verb("report", door.environ(tmp_path))
    assert (code, door.done) == (0, [])
    assert "Nothing was claimed" in said


def test_a_preview_then_a_rollback_by_their_verbs(tmp_path):
    with open_door(spec(tmp_path, "preview")) as door:
        assert carried_out(door, tmp_path / "one", "preview")[0] == 0
    with open_door(spec(tmp_path)) as door:
        assert carried_out(door, tmp_path / "two")[0] == 0
    assert web_root.served(tmp_path / "www")
    with open_door(spec(tmp_path, "rollback", journal=tuple(door.lines))) as back:
        assert carried_out(back, tmp_path / "three", "rollback")[0] == 0
    assert web_root.served(tmp_path / "www") is None


def test_an_unknown_verb_says_which_there_are():
    code, said = verb("explode", {})
    assert code == 2
    assert "admit|preview|execute|rollback|report" in said


def test_a_summary_holds_foreign_text_as_text():
    report = Report(
        case="c",
        leg="main",
        verb="execute",
        display_id="<b>@all</b>",
        token="v1-000000000000",
        digest="0" * 64,
        outcome="failed",
        error="[click](http://evil.example) ::error::x",
        residue=("| x |",),
        sent=1,
        steps=(),
        findings=(),
        seconds="1",
    )
    told = summary_of(report, "millwright-main")
    assert "<b>" not in told
    assert "](http" not in told
    assert "@all" not in told


@pytest.mark.parametrize("module", ["executors.admit", "executors.runner"])
def test_what_an_actions_step_imports_stays_light(module):
    heavy = "github requests jinja2 aiohttp sqlalchemy slack_bolt yaml"
    script = f"import sys, {module}; sys.exit(' '.join(set('{heavy}'.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
