"""What the runs of several legs handed in becomes one set of files: nothing of an earlier run or leg is lost."""

from __future__ import annotations

from bot.domain.case import LegRun
from bot.perform.pack import files_of, logs_of
from tests.samples_erp import ERP_PLAN


def run(leg: str, verb: str = "execute") -> LegRun:
    return LegRun(leg, verb, "0" * 32, "2026-01-02T03:04:05.000006Z", version=1)  # type: ignore[arg-type]


def test_the_files_of_every_leg_are_kept() -> None:
    bundles = [
        (run("erp"), {"steps/erp-modules/after.json": b"{}", "report.json": b""}),
        (run("website"), {"steps/website/files/index.html": b"<!doctype html>"}),
    ]
    assert files_of(ERP_PLAN, bundles) == {
        "erp-modules": {"after.json": b"{}"},
        "website": {"files/index.html": b"<!doctype html>"},
    }


def test_of_a_run_tried_again_the_first_look_before_and_the_last_one_after_count() -> None:
    first = {"steps/erp-modules/before.json": b"1", "steps/erp-modules/after.json": b"1"}
    again = {"steps/erp-modules/before.json": b"2", "steps/erp-modules/after.json": b"2"}
    kept = files_of(ERP_PLAN, [(run("erp"), first), (run("erp"), again)])
    assert kept["erp-modules"] == {"before.json": b"1", "after.json": b"2"}


def test_what_a_rollback_leaves_stands_beside_what_was_done() -> None:
    done, back = {"steps/erp-modules/after.json": b"done"}, {"steps/erp-modules/after.json": b"back"}
    kept = files_of(ERP_PLAN, [(run("erp"), done), (run("erp", "rollback"), back)])
    assert kept["erp-modules"] == {"after.json": b"done", "rollback/after.json": b"back"}


def test_a_step_that_the_plan_does_not_have_leaves_nothing() -> None:
    assert files_of(ERP_PLAN, [(run("erp"), {"steps/other/x": b"", "steps/erp-users": b""})]) == {}


def test_the_logs_of_a_leg_follow_one_another_without_the_runners_journal() -> None:
    bundles = [
        (run("erp"), {"odoo.jsonl": b"1\n", "journal.jsonl": b"x\n", "steps/erp-users/a.jsonl": b""}),
        (run("erp", "rollback"), {"odoo.jsonl": b"2\n"}),
    ]
    assert logs_of(bundles) == {"erp": {"odoo.jsonl": b"1\n2\n"}}


def test_a_line_that_a_killed_run_cut_off_does_not_swallow_the_next_runs_first() -> None:
    bundles = [(run("erp"), {"odoo.jsonl": b'1\n{"n":2,"wi'}), (run("erp"), {"odoo.jsonl": b"3\n"})]
    assert logs_of(bundles) == {"erp": {"odoo.jsonl": b'1\n{"n":2,"wi\n3\n'}}


def test_a_leg_that_asked_nothing_of_the_world_has_no_logs() -> None:
    assert logs_of([(run("website"), {"journal.jsonl": b"x\n"})]) == {}
