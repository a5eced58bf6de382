"""`millwright validate` on a policy above an organisation's defaults, and who decides where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.bot.cli.conftest import ACME, POLICY, Millwright

DEFAULT = """\
approvers: {teams: [board]}
approval: {expiry_hours: 24}
gates:
  - {name: acceptance, before: end, count: 2}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "policy.yml").write_text(POLICY)
    (tmp_path / "default.yml").write_text(DEFAULT)
    return tmp_path


def test_defaults_are_checked_by_themselves_and_below_a_policy(millwright: Millwright, files: Path) -> None:
    said = millwright("validate", "default.yml")
    assert (said.code, said.out) == (0, "default.yml: good defaults\n")
    said = millwright("validate", "policy.yml", "--default", "default.yml")
    assert (said.code, said.out) == (0, "policy.yml: a good policy\n")


def test_a_fault_bears_the_name_and_line_of_the_file_it_is_in(millwright: Millwright, files: Path) -> None:
    (files / "default.yml").write_text(DEFAULT.replace("before: end", "before: moon"))
    said = millwright("validate", "policy.yml", "--default", "default.yml")
    assert said.code == 1
    assert said.out.startswith("default.yml:4: gates.0.before names `moon`, which is no place; write one of:")
    assert millwright("validate", "default.yml").code == 0, "by itself it knows no places"
    (files / "default.yml").write_text("operations: acme/ops\nmode: autos\n")
    said = millwright("validate", "--as", "defaults", "default.yml")
    assert [line.partition(" ")[0] for line in said.out.splitlines()] == ["default.yml:1:", "default.yml:2:"]
    assert "write it into the policy of the operations repository" in said.out


def test_who_decides_where_is_told_for_a_risk(millwright: Millwright, files: Path) -> None:
    said = millwright("validate", "policy.yml", "--default", "default.yml", "--gates", "HIGH")
    assert said.code == 0
    assert said.out.splitlines()[1:] == [
        "acme/www (WWW), HIGH",
        "  plan             2 approvals by team board, not the author; each counts for 24 hours",
        "  acceptance       2 approvals by team board, not the author, before end; each counts for 24 hours",
    ]
    said = millwright("validate", "policy.yml", "--gates", "all")
    assert [line for line in said.out.splitlines() if line.startswith("acme")] == [
        f"acme/www (WWW), {level}" for level in ("LOW", "MEDIUM", "HIGH", "CRITICAL")
    ]
    assert "  production       1 approval by maintain role or more, not the author, before production" in said.out


def test_it_is_said_where_the_policy_itself_approves(millwright: Millwright, files: Path) -> None:
    (files / "policy.yml").write_text(f"{POLICY}mode: auto\n")
    lines = millwright("validate", "policy.yml", "--gates", "all").out.splitlines()
    assert [line for line in lines if "itself" in line] == [
        "acme/www (WWW), LOW: the policy itself approves the plan"
    ]


def test_a_bad_policy_tells_no_gates(millwright: Millwright, files: Path) -> None:
    (files / "policy.yml").write_text(f"{POLICY}mode: autos\n")
    said = millwright("validate", "policy.yml", "--gates", "all")
    assert (said.code, len(said.out.splitlines())) == (1, 1)


@pytest.mark.parametrize("option", [("--gates", "LOW"), ("--default", "default.yml")])
def test_what_goes_with_a_policy_is_refused_for_anything_else(
    millwright: Millwright, files: Path, option: tuple[str, str]
) -> None:
    said = millwright("validate", ACME, *option)
    assert said.code == 2
    assert "go with a policy" in said.err


def test_the_defaults_have_a_schema_of_their_own(millwright: Millwright) -> None:
    schema = json.loads(millwright("validate", "--schema", "defaults").out)
    check = Draft202012Validator(schema)
    assert not list(check.iter_errors({"mode": "auto", "gates": [{"name": "x", "before": "end"}]}))
    assert list(check.iter_errors({"operations": "acme/ops"}))


def test_plan_and_workflow_stand_on_the_defaults_too(millwright: Millwright, files: Path, url: str) -> None:
    broken = "workflow: {runs_on: [ubuntu-latest]}\n"
    (files / "default.yml").write_text(broken)
    actions, key = f"millwright-dev/millwright@{'b' * 40}", f"SHA256:{'a' * 64}"
    asked = ("workflow", "policy.yml", "--url", "https://bot.example", "--key", key, "--actions", actions)
    said = millwright(*asked, "--default", "default.yml")
    assert said.code == 1
    assert "default.yml:1: workflow.runs_on names no self-hosted runner" in said.err
    said = millwright("plan", ACME, "--policy", "policy.yml", "--default", "default.yml", "--date", "2026-01-31")
    assert said.code == 1
    assert "default.yml:1: workflow.runs_on" in said.out + said.err
    (files / "default.yml").write_text("workflow: {runs_on: [self-hosted, large]}\n")
    assert "[self-hosted, large]" in millwright(*asked, "--default", "default.yml").out
