"""`millwright run`: a plan carried out on this machine, in a real web root over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

from bot.cli._files import plan_of
from bot.cli._journal_file import JournalFile
from bot.cli._local_site import LocalSite, served_at
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan
from tests.bot.cli.conftest import ACME, POLICY, Millwright


def tree(folder: Path) -> dict[str, str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".millwright" not in path.parts)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in found}


def journal_of(plan: Path) -> list[dict[str, object]]:
    made = plan_of(plan)
    path = plan.parent / ".millwright" / made.token / made.legs[0].id / "journal.jsonl"
    return [json.loads(line)["body"] for line in path.read_text().splitlines()]


def test_a_plan_deploys_changes_nothing_the_second_time_and_is_taken_off_again(
    millwright: Millwright, plan: Path, tmp_path: Path
) -> None:
    first = millwright("run", plan, "--yes")
    assert first.code == 0, first.out
    assert f"Done: the site is in {tmp_path / 'site' / 'current'}." in first.out
    assert "Acme Consulting GmbH" in (tmp_path / "site" / "current" / "index.html").read_text("utf-8")
    assert "sends no" not in first.out  # the headers that the site asks for are served
    deployed = tree(tmp_path / "site")

    second = millwright("run", plan, "--yes")
    assert second.code == 0
    assert "nothing had to be changed" in second.out
    assert tree(tmp_path / "site") == deployed

    back = millwright("run", plan, "--verb", "rollback", "--yes")
    assert back.code == 0
    assert "Taken back." in back.out
    assert not (tmp_path / "site" / "current").exists()
    assert tree(tmp_path / "site") == {}
    again = millwright("run", plan, "--verb", "rollback", "--yes")
    assert again.code == 0
    assert "There was nothing left to take back." in again.out


def test_a_preview_touches_nothing_but_the_build_folder(
    millwright: Millwright, plan: Path, tmp_path: Path
) -> None:
    said = millwright("run", plan, "--verb", "preview")
    assert said.code == 0
    assert "deploy: to do: 1 × store release, 1 × switch release" in said.out
    assert not (tmp_path / "site").exists()


def test_a_second_release_is_taken_back_to_the_first(millwright: Millwright, plan: Path, tmp_path: Path) -> None:
    millwright("run", plan, "--yes")
    before = (tmp_path / "site" / "current").readlink()
    text = ACME.read_text("utf-8").replace("nicht aufhält", "nie aufhält")
    (tmp_path / "changed.yaml").write_text(text, "utf-8")
    place = plan_of(plan).step("deploy").inputs["url"]
    millwright("plan", "changed.yaml", "--url", str(place), "--date", "2026-01-31", "-o", "changed.json")
    assert millwright("run", "changed.json", "--yes").code == 0
    assert (tmp_path / "site" / "current").readlink() != before
    assert millwright("run", "changed.json", "--verb", "rollback", "--yes").code == 0
    assert (tmp_path / "site" / "current").readlink() == before


def test_a_failed_check_takes_the_site_back_and_exits_with_one(
    millwright: Millwright, plan: Path, tmp_path: Path
) -> None:
    place = plan_of(plan).step("deploy").inputs["url"]
    wrong = tmp_path / "wrong" / "current"
    wrong.mkdir(parents=True)
    (wrong / "index.html").write_text("somebody else's page")
    other = served_at(wrong.parent, str(place))
    assert isinstance(other, LocalSite)
    try:
        said = millwright("run", plan, "--yes")
    finally:
        other.stop()
    assert said.code == 1
    assert "this run starts none" in said.out
    assert "answers with another page than the index.html that was built" in said.out
    assert "Failed, and taken back: everything is as it was before." in said.out
    assert not (tmp_path / "site" / "current").exists()


def test_a_web_root_that_is_not_ours_is_left_alone(millwright: Millwright, plan: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    said = millwright("run", plan, "--yes")
    assert said.code == 1
    assert "holds files that are not ours" in said.out
    assert tree(tmp_path / "site") == {"index.html": sha256(b"mine").hexdigest()}


def test_a_run_that_died_between_intent_and_result_goes_on_from_its_journal(
    millwright: Millwright, plan: Path
) -> None:
    millwright("run", plan, "--yes")
    made = plan_of(plan)
    path = plan.parent / ".millwright" / made.token / made.legs[0].id / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if b"switch_release" in line and b'"intent"' in line)
    path.write_bytes(b"".join(lines[: cut + 1]) + lines[cut + 1][:20])

    said = millwright("run", plan, "--yes")
    assert said.code == 0
    entries = journal_of(plan)
    assert entries[cut + 1]["entry"] == "leg_started"
    assert entries[cut + 1]["resumed"] == 1
    assert millwright("run", plan, "--verb", "rollback", "--yes").code == 0
    assert not (plan.parent / "site" / "current").exists()


def test_nothing_is_executed_without_the_plans_token(plan: Path) -> None:
    def typing(text: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", "run", str(plan)]
        environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        return subprocess.run(
            command, input=text, capture_output=True, text=True, cwd=plan.parent, env=environ, timeout=60
        )

    for text in ("", "yes\n", "v1-000000000000\n"):
        said = typing(text)
        assert said.returncode == 2
        assert "Nothing was done." in said.stderr
        assert not (plan.parent / "site").exists()
    said = typing(f"{plan_of(plan).token}\n")
    assert (said.returncode, (plan.parent / "site" / "current").exists()) == (0, True)


def test_serve_shows_the_site_until_it_is_told_to_stop(plan: Path) -> None:
    command = [sys.executable, "-u", "-m", "bot", "run", str(plan), "--yes", "--serve"]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=plan.parent, env=environ) as running:
        assert running.stdout is not None
        said = next(line for line in running.stdout if line.startswith("Serving "))
        place = str(plan_of(plan).step("deploy").inputs["url"])
        assert place in said
        with urllib.request.urlopen(place, timeout=10) as answer:
            assert b"Acme Consulting GmbH" in answer.read()
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
    assert running.returncode == 0


def test_one_run_at_a_time_has_the_journal(millwright: Millwright, plan: Path) -> None:
    made = plan_of(plan)
    with JournalFile(plan.parent / ".millwright" / made.token / made.legs[0].id):
        said = millwright("run", plan, "--yes")
    assert said.code == 2
    assert "another run of this plan is under way" in said.err


def test_pictures_come_from_the_content_folder_and_a_wrong_one_fails(
    millwright: Millwright, tmp_path: Path, url: str
) -> None:
    drawing = BytesIO()
    Pillow.new("RGB", (480, 160), "#1e40af").save(drawing, "PNG")
    png = drawing.getvalue()
    (tmp_path / "assets" / "images").mkdir(parents=True)
    (tmp_path / "assets" / "images" / "logo.png").write_bytes(png)
    logo = f"  logo: {{path: images/logo.png, sha256: {sha256(png).hexdigest()}, alt: Acme}}\n"
    text = ACME.read_text("utf-8").replace("  content:\n", f"{logo}  content:\n", 1)
    (tmp_path / "logo.yaml").write_text(text, "utf-8")
    assert millwright("plan", "logo.yaml", "--url", url, "-o", "logo.json").code == 0
    without = millwright("run", "logo.json", "--yes")
    assert without.code == 1
    assert "images/logo.png" in without.out
    assert millwright("run", "logo.json", "--yes", "--content", "assets").code == 0
    assert {path.name.split("-")[0] for path in (tmp_path / "site" / "current").rglob("*.webp")} == {"logo"}


def test_the_next_command_of_a_plan_with_pictures_names_the_folder_of_the_briefing(
    millwright: Millwright, tmp_path: Path, url: str
) -> None:
    example = ACME.with_name("dr_schmidt_dental.yaml")
    said = millwright("plan", example, "--url", url, "-o", "plan.json")
    command = said.out.strip().splitlines()[-1].removeprefix("Next: millwright ")
    assert command == f"run plan.json --content {ACME.parent}"
    assert millwright(*command.split(), "--yes").code == 0
    assert list((tmp_path / "site" / "current").rglob("*.webp"))


@pytest.mark.parametrize("verb", ["execute", "rollback"])
def test_a_plan_that_needs_secrets_is_refused_here(millwright: Millwright, tmp_path: Path, verb: str) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    millwright("plan", ACME, "--policy", "policy.yml", "-o", "plan.json")
    said = millwright("run", "plan.json", "--yes", "--verb", verb)
    assert said.code == 2
    assert "this plan needs the secrets WWW_KEY" in said.err


def test_a_dry_run_is_never_carried_out(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "dry.yaml").write_text(ACME.read_text("utf-8").replace("dry_run: false", "dry_run: true"), "utf-8")
    assert "dry run" in millwright("plan", "dry.yaml", "-o", "plan.json").out
    said = millwright("run", "plan.json", "--yes")
    assert said.code == 2
    assert "it is a dry run" in said.err


def test_a_plan_that_was_changed_by_hand_has_another_token(millwright: Millwright, plan: Path) -> None:
    made = plan_of(plan)
    changed = Plan.model_validate(made.to_json() | {"title": "Somebody else"})
    plan.write_bytes(canonical(changed.to_json()))
    assert plan_of(plan).token != made.token
    said = millwright("run", plan, "--verb", "rollback", "--yes")
    assert said.code == 2
    assert "nothing to take back" in said.err


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("acme.yaml", "business_name: Acme\n", "is no plan; `millwright plan"),
        ("plan.json", '{"schema":"millwright/plan/v1"}', "not a Plan"),
        ("plan.json", "{", "plan.json is no plan: JSON"),
    ],
)
def test_what_is_no_plan_is_refused_by_name(
    millwright: Millwright, tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text)
    said = millwright("run", name, "--yes")
    assert said.code == 2
    assert words in said.err
