"""A policy with an Odoo on the command line: what is planned, what is to be set up, where it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli._files import plan_of
from tests.bot.cli.conftest import ACME, POLICY, Millwright

ERP = """\
  - name: erp
    kind: odoo
    url: https://erp.acme.example
    database: acme
    login: millwright@acme.example
    key: ODOO_KEY
    master: ODOO_MASTER
"""
BOT = ("--url", "https://bot.example", "--key", f"SHA256:{'a' * 64}", "--actions", f"acme/millwright@{'b' * 40}")


@pytest.fixture(autouse=True)
def policy(tmp_path: Path) -> None:
    """The policy, and Acme's briefing with the ERP in its scope."""
    named = POLICY.replace("    environment: production\n", "    environment: production\n    erp: erp\n")
    (tmp_path / "policy.yml").write_text(named + ERP, "utf-8")
    wide = ACME.read_text("utf-8").replace("scope: [website]", "scope: [website, erp]")
    (tmp_path / "wide.yaml").write_text(wide, "utf-8")


def test_a_plan_for_an_odoo_says_where_and_that_only_actions_has_the_keys(
    millwright: Millwright, tmp_path: Path
) -> None:
    asked = ("plan", "wide.yaml", "--date", "2026-01-31", "--policy", "policy.yml")
    said = millwright(*asked, "-o", "plan.json")
    assert said.code == 0
    assert [leg.id for leg in plan_of(tmp_path / "plan.json").legs] == ["erp", "website"]
    shown = " ".join(said.out.split())
    assert "environment erp: Odoo at https://erp.acme.example, database acme" in shown
    assert "Install Odoo modules" in shown
    assert "The whole database goes back" in shown.replace("│", " ")
    last = said.out.splitlines()[-1]
    assert "only jobs on GitHub Actions are given ODOO_KEY, ODOO_MASTER, WWW_KEY" in last
    assert millwright("run", "plan.json", "--yes").code != 0


def test_the_workflow_hands_over_key_and_master_and_both_environments_are_named(
    millwright: Millwright, tmp_path: Path
) -> None:
    said = millwright("workflow", "policy.yml", *BOT, "-o", "out.yml")
    assert said.code == 0
    written = (tmp_path / "out.yml").read_text("utf-8")
    for name in ("ODOO_KEY", "ODOO_MASTER", "WWW_KEY"):
        assert f"{name}: ${{{{ secrets.{name} }}}}" in written
    assert said.out.splitlines()[1:] == [
        "Environments of acme/ops with their secrets:",
        "  production: WWW_KEY",
        "  erp: ODOO_KEY, ODOO_MASTER",
        "  erp-read: ODOO_KEY of somebody who may only look, for previews",
    ]


def test_a_printed_workflow_stays_a_workflow(millwright: Millwright) -> None:
    said = millwright("workflow", "policy.yml", *BOT)
    assert "erp-read: ODOO_KEY" in said.err
    assert "erp-read" not in said.out


def test_a_mistake_in_an_odoo_is_told_with_its_line(millwright: Millwright, tmp_path: Path) -> None:
    text = (tmp_path / "policy.yml").read_text("utf-8").replace("master: ODOO_MASTER", "snapshot: true")
    (tmp_path / "policy.yml").write_text(text, "utf-8")
    said = millwright("validate", "policy.yml")
    assert said.code == 1
    assert f"policy.yml:{len(text.splitlines())}: environments.1.snapshot is wanted" in said.out
