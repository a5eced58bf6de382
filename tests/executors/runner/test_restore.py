"""A copy takes back everything that came after it, at once; without one only people decide on what is lost."""

from __future__ import annotations

from pathlib import Path

from executors.protocol.envelope import envelope_of
from executors.protocol.history import outstanding, unsettled
from executors.protocol.journal import Intent, Result
from tests.executors.legs import plan_of
from tests.executors.runner.office import COPY, LIVE, TWO, carry, office, plan, steps


def restores(ended) -> list[Intent]:
    return [
        line.body
        for line in ended.lines
        if isinstance(line.body, Intent) and line.body.operation["op"] == "restore_copy"
    ]


def test_one_copy_is_made_for_all_steps_of_the_leg(tmp_path: Path) -> None:
    firm = office(tmp_path)
    assert carry(firm, plan()).outcome == "completed"
    assert firm.applied == ["copy_database", "install_module"] * 2
    assert firm.databases == {LIVE: {"base", "mail", "crm", "sale"}, COPY: {"base"}}


def test_a_failed_leg_restores_the_copy_by_itself(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="refused")
    ended = carry(firm, plan())
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert firm.databases == {LIVE: {"base"}}
    assert [intent.undoes for intent in restores(ended)] == [("crm/1/1", "crm/1/0")]
    assert outstanding(ended.lines) == []


def test_half_an_installation_is_taken_back_with_the_rest(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="half")
    ended = carry(firm, plan())
    assert ended.outcome == "rolled_back"
    assert firm.databases == {LIVE: {"base"}}
    assert restores(ended)[0].undoes[0] == "sales/1/1"


def test_without_a_copy_a_failed_leg_stays_as_it_is_and_says_so(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="half")
    ended = carry(firm, plan(snapshot=False))
    assert ended.outcome == "failed"
    assert firm.databases[LIVE] == {"base", "mail", "crm", "sale"}
    assert [line.split("#")[1] for line in ended.residue] == [
        "sale: is taken back only when somebody decides so",
        "crm: is taken back only when somebody decides so",
    ]


def test_a_decided_rollback_without_a_copy_takes_back_the_halves_too(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="half")
    failed = carry(firm, plan(snapshot=False))
    ended = carry(firm, plan(snapshot=False), "rollback", failed.lines)
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert firm.databases == {LIVE: {"base"}}


def test_where_others_have_worked_the_copy_stays_and_a_failed_leg_touches_nothing(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="refused")
    firm.others_worked = True
    ended = carry(firm, plan())
    assert ended.outcome == "failed"
    assert "others have worked" in ended.residue[0]
    assert firm.databases == {LIVE: {"base", "mail", "crm"}, COPY: {"base"}}


def test_a_decided_rollback_falls_back_on_the_difference_and_drops_the_copy_last(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    firm.others_worked = True
    ended = carry(firm, plan(), "rollback", done.lines)
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert firm.applied[4:] == ["restore_copy", "uninstall_modules", "uninstall_modules", "drop_copy"]
    assert firm.databases == {LIVE: {"base"}}


def test_rolling_back_to_a_step_in_the_middle_does_not_restore_what_is_to_stay(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    ended = carry(firm, plan(), "rollback", done.lines, rollback_to="crm")
    assert ended.outcome == "rolled_back"
    assert firm.databases == {LIVE: {"base", "mail", "crm"}, COPY: {"base"}}


def test_silence_leaves_the_intent_open_and_the_next_run_settles_it_by_looking(tmp_path: Path) -> None:
    firm = office(tmp_path, sale="silent")
    first = carry(firm, plan())
    assert first.outcome == "failed"
    assert firm.applied.count("restore_copy") == 0
    second = carry(firm, plan(), "execute", first.lines)
    assert second.outcome == "completed"
    assert firm.applied.count("install_module") == 2
    settled = next(line.body for line in second.lines if isinstance(line.body, Result))
    assert (settled.key, settled.ok) == ("sales/1/1", True)


def test_a_second_rollback_takes_nothing_back_twice(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    back = carry(firm, plan(), "rollback", done.lines)
    count = len(firm.applied)
    again = carry(firm, plan(), "rollback", (*done.lines, *back.lines))
    assert again.outcome == "rolled_back"
    assert len(firm.applied) == count


def test_the_preview_tells_that_a_snapshot_covers_what_comes_after_and_counts_the_copy_once(
    tmp_path: Path,
) -> None:
    firm = office(tmp_path)
    wanted = plan()
    seen = carry(firm, wanted, "preview")
    assert firm.applied == []
    found = envelope_of(seen.lines, wanted.legs[0])
    place = "odoo:erp.acme.example/firm"
    assert [(item.op, item.target, item.count, item.undo) for item in found.planned] == [
        ("copy_database", place, 1, "reversible"),
        ("install_module", f"{place}#crm", 1, "snapshot"),
        ("install_module", f"{place}#sale", 1, "snapshot"),
    ]
    assert carry(firm, wanted.previewed(found)).outcome == "completed"


def test_what_nobody_saw_coming_along_stops_the_run_even_where_it_goes_on_after_another(tmp_path: Path) -> None:
    firm = office(tmp_path, crm="silent")
    wanted = plan()
    approved = wanted.previewed(envelope_of(carry(firm, wanted, "preview").lines, wanted.legs[0]))
    first = carry(firm, approved)
    assert first.outcome == "failed"
    firm.databases[LIVE] -= {"mail"}
    more = plan_of(*steps(crm={"crm": ("mail", "crm", "spy")}, sales=TWO["sales"]))
    ended = carry(firm, more.model_copy(update={"envelopes": approved.envelopes}), "execute", first.lines)
    assert "nobody approved spy" in (ended.error or "")
    assert "spy" not in firm.databases[LIVE]


def test_another_module_than_the_approved_one_stops_the_run(tmp_path: Path) -> None:
    firm = office(tmp_path)
    wanted = plan()
    found = envelope_of(carry(firm, wanted, "preview").lines, wanted.legs[0])
    less = tuple(item for item in found.planned if not item.target.endswith("#sale"))
    ended = carry(firm, wanted.previewed(found.model_copy(update={"planned": less})))
    assert ended.outcome == "rolled_back"
    assert "sale" in (ended.error or "")
    assert firm.databases == {LIVE: {"base"}}


def test_nothing_else_is_taken_back_while_nobody_knows_how_the_restore_ended(tmp_path: Path) -> None:
    firm = office(tmp_path, restore="silent")
    done = carry(firm, plan())
    ended = carry(firm, plan(), "rollback", done.lines)
    assert firm.applied[4:] == ["restore_copy"]
    assert ended.outcome == "failed"
    assert "nobody knows yet" in ended.residue[0]
    assert [intent.operation["op"] for intent in unsettled(ended.lines)] == ["restore_copy"]
    again = carry(firm, plan(), "rollback", [*done.lines, *ended.lines])
    assert (again.outcome, again.residue) == ("rolled_back", ())
    assert firm.settled == ["restore_copy"]
    assert firm.databases == {LIVE: {"base"}}


def test_nothing_else_is_taken_back_at_a_place_where_an_undo_may_still_be_at_work(tmp_path: Path) -> None:
    firm = office(tmp_path, uninstall="silent")
    done = carry(firm, plan(snapshot=False))
    ended = carry(firm, plan(snapshot=False), "rollback", done.lines)
    assert firm.applied[2:] == ["uninstall_modules"]
    assert "left until somebody has looked" in ended.residue[1]
    again = carry(firm, plan(snapshot=False), "rollback", [*done.lines, *ended.lines])
    assert (again.outcome, again.residue) == ("rolled_back", ())
    assert firm.databases == {LIVE: {"base"}}


def test_each_attempt_at_taking_back_has_a_key_of_its_own(tmp_path: Path) -> None:
    firm = office(tmp_path)
    done = carry(firm, plan())
    firm.others_worked = True
    ended = carry(firm, plan(), "rollback", done.lines)
    keys = [line.body.key for line in ended.lines if isinstance(line.body, Intent)]
    assert len(keys) == len(set(keys)) == 4
