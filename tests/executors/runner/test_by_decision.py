"""An undecided rollback puts a copy back or changes nothing; the decision allows the difference (T50)."""

from __future__ import annotations

from pathlib import Path

from tests.executors.runner.office import COPY, LIVE, carry, office, plan


def test_an_undecided_rollback_puts_the_copy_back(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    ended = carry(firm, plan(), "rollback", done.lines, by_decision=False)
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert firm.databases == {LIVE: {"base"}}


def test_where_others_have_worked_an_undecided_rollback_touches_nothing_and_the_decided_one_follows(
    tmp_path: Path,
) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    firm.others_worked = True
    ended = carry(firm, plan(), "rollback", done.lines, by_decision=False)
    assert ended.outcome == "failed"
    assert "others have worked" in ended.residue[0]
    assert firm.databases == {LIVE: {"base", "mail", "crm", "sale"}, COPY: {"base"}}
    decided = carry(firm, plan(), "rollback", [*done.lines, *ended.lines])
    assert decided.outcome == "rolled_back"
    assert firm.databases == {LIVE: {"base"}}


def test_without_a_copy_an_undecided_rollback_says_that_somebody_must_decide(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan(snapshot=False))
    ended = carry(firm, plan(snapshot=False), "rollback", done.lines, by_decision=False)
    assert ended.outcome == "failed"
    assert all("only when somebody decides" in line for line in ended.residue)
    assert firm.databases[LIVE] == {"base", "mail", "crm", "sale"}
