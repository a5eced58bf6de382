"""The lifecycle's table is complete, its diagram is drawn from it, and nothing passes it by."""

from __future__ import annotations

import pytest

from bot.domain.cost import cost_lines
from bot.domain.effects import Tell
from bot.domain.facts import JobFacts
from bot.domain.fold import aliases, fold, needed_blobs
from bot.domain.ledger import Entry, Line
from bot.domain.lifecycle import ENDED, MOVING, TRANSITIONS, IllegalMove, Phase, can, mermaid, move
from bot.domain.prices import Prices
from tests.bot.decide.people import BOSS, of
from tests.bot.decide.scene import Scene


def test_every_phase_has_its_row() -> None:
    assert set(TRANSITIONS) == set(Phase)


def test_every_phase_but_the_first_is_reached() -> None:
    reached = {target for row in TRANSITIONS.values() for target in row.values()}
    assert reached == set(Phase)


def test_the_forward_road() -> None:
    phase = Phase.DRAFT
    for entry in ("plan.generated", "gate.passed", "execution.started", "capability.completed"):
        phase = move(phase, entry)
    assert phase is Phase.COMPLETED


@pytest.mark.parametrize("phase", list(Phase))
def test_what_says_nothing_about_the_phase_moves_nothing(phase: Phase) -> None:
    for entry in ("approval.given", "leg.claimed", "effect.performed", "evidence.sealed", "unheard.of"):
        assert move(phase, entry) is phase


@pytest.mark.parametrize("phase", list(Phase))
def test_what_is_not_in_the_row_is_an_illegal_move(phase: Phase) -> None:
    for entry in MOVING - set(TRANSITIONS[phase]):
        assert not can(phase, entry)
        with pytest.raises(IllegalMove, match=phase.value):
            move(phase, entry)


def test_nothing_executes_but_from_approved_or_what_was_approved_before() -> None:
    origins = {phase for phase, row in TRANSITIONS.items() if "execution.started" in row}
    assert origins == {Phase.APPROVED, Phase.EXECUTING, Phase.WAITING, Phase.MONITORING, Phase.FAILED}


def test_what_was_held_goes_back_to_where_it_was() -> None:
    assert move(Phase.HELD, "capability.resumed", Phase.VALIDATED) is Phase.VALIDATED


def test_what_is_refused_at_a_gate_is_where_it_was_or_has_failed() -> None:
    for end in (Phase.COMPLETED, Phase.CANCELLED, Phase.FAILED):
        assert move(end, "gate.opened") is Phase.WAITING
        assert move(Phase.WAITING, "gate.refused", end) is end
    assert move(Phase.WAITING, "gate.refused", Phase.EXECUTING) is Phase.FAILED


def test_a_gate_that_is_passed_waits_for_what_was_decided_to_begin() -> None:
    assert move(Phase.WAITING, "gate.passed") is Phase.WAITING
    assert move(Phase.WAITING, "rollback.started") is Phase.ROLLING_BACK


def test_an_end_leads_nowhere_but_to_a_new_plan_or_back() -> None:
    for phase in ENDED:
        assert set(TRANSITIONS[phase]) <= {
            "plan.superseded",
            "rollback.started",
            "gate.opened",
            "capability.cancelled",
        }


def test_the_diagram_has_every_arrow_once() -> None:
    drawn = mermaid().splitlines()
    assert drawn[0] == "stateDiagram-v2"
    arrows = [line for line in drawn if "-->" in line]
    assert len(arrows) == len(set(arrows))
    for phase, row in TRANSITIONS.items():
        for entry, target in row.items():
            to = "back" if entry == "capability.resumed" else target.value
            assert any(f"{phase.value} --> {to}:" in line and entry in line for line in arrows)


def test_a_ledger_that_breaks_the_lifecycle_is_not_folded() -> None:
    scene = Scene()
    scene.opens()
    wrong = Line(len(scene.lines) + 1, scene.lines[-1].at, Entry("capability.completed"), b"{}")
    with pytest.raises(IllegalMove):
        fold(scene.key, [*scene.lines, wrong], scene.blobs.get)


def test_folding_reads_the_stored_bytes_to_the_same_case() -> None:
    from bot.domain.ledger import broken_at, read_line

    scene = Scene().to_approved()
    scene.executes()
    stored = [read_line(line.raw, line.entry.alias) for line in scene.lines]
    assert fold(scene.key, stored, scene.blobs.get) == scene.case
    assert broken_at(stored) is None


def test_a_plan_whose_blob_is_not_what_the_ledger_names_is_no_plan() -> None:
    scene = Scene()
    scene.opens()
    digest = needed_blobs(scene.lines)[0]
    forged = scene.blobs[digest].replace(b"checkpoints", b"auto")
    case = fold(scene.key, scene.lines, {digest: forged}.get)
    assert case is not None
    assert case.plan is None


def test_a_case_is_found_by_its_issue_its_pull_request_and_its_runs() -> None:
    scene = Scene().to_approved()
    found = aliases(scene.case)
    assert {"issue:101:7", "pull:101:8", "run:4001", "run:4002"} <= set(found)
    assert sum(name.startswith("nonce:") for name in found) == 2


def test_an_approval_by_policy_is_recorded_as_such_and_asks_for_low_risk_legs_only() -> None:
    from dataclasses import replace

    from bot.domain.advance import advance
    from bot.domain.turn import Turn
    from executors.protocol.plan import Risk
    from tests.bot.decide.people import policy_of
    from tests.bot.domain.acme import POLICY

    scene = Scene(policy_text=POLICY + "mode: auto\n")
    scene.opens()
    scene.previews()
    policy = policy_of(scene.policy_text)
    for level, expected in (("LOW", 1), ("MEDIUM", 0)):
        assert scene.case.plan is not None
        plan = scene.case.plan.model_copy(update={"risk": Risk(level=level), "mode": "auto"})
        turn = Turn(scene.key, scene.now, replace(scene.case, plan=plan))
        advance(turn, policy, "f" * 32)
        assert [told.kind for told in of(Tell, turn.effects)] == ["names.want"] * expected
        if expected:
            assert turn.case.approvals[0].kind == "policy"


JOB = {"id": 1, "name": "Execute", "conclusion": "success", "labels": ("self-hosted", "linux")}
TIMES = [
    ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "0", 1, "0.01"),
    ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "60", 1, "0.01"),
    ("2026-01-01T00:00:00Z", "2026-01-01T00:01:01Z", "61", 2, "0.02"),
    ("2026-01-01T00:00:00Z", None, "unknown", None, None),
    ("2026-01-01T00:01:00Z", "2026-01-01T00:00:00Z", "unknown", None, None),
    ("yesterday", "today", "unknown", None, None),
]


@pytest.mark.parametrize(("start", "end", "seconds", "minutes", "amount"), TIMES)
def test_a_job_is_billed_by_the_begun_minute(
    start: str, end: str | None, seconds: str, minutes: int | None, amount: str | None
) -> None:
    job = JobFacts(**JOB, started_at=start, completed_at=end)  # type: ignore[arg-type]
    line = cost_lines([job], Prices(currency="EUR", minutes={"self-hosted": "0.01"}), "website execute")[0]
    assert (line.seconds, line.billed_minutes, line.amount) == (seconds, minutes, amount)


def test_an_unknown_price_is_unknown_and_not_nothing() -> None:
    job = JobFacts(1, "Execute", "success", "2026-01-01T00:00:00Z", "2026-01-01T00:01:01Z", ("other",))
    assert cost_lines([job], Prices(), "x")[0].amount is None


def test_a_job_that_was_skipped_costs_nothing_and_is_left_out() -> None:
    job = JobFacts(1, "Execute", "skipped", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
    assert cost_lines([job], Prices(), "x") == ()


def test_an_approver_is_known_by_id_and_not_by_name() -> None:
    from bot.domain.people import Actor

    scene = Scene()
    scene.opens()
    scene.previews()
    scene.says(Actor(4, BOSS.login), f"/approve {scene.token}")
    assert scene.case.approvals == ()
