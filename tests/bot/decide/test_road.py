"""The happy road, from the opened issue to the closed one, effect by effect."""

from __future__ import annotations

from bot.domain.effects import (
    Answer,
    Check,
    CloseIssue,
    ClosePull,
    Deployment,
    Dispatch,
    Grant,
    OpenPull,
    Say,
    Seal,
    SetLabels,
    Tell,
    Timer,
)
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished, PlanReady
from executors.protocol.canonical import canonical
from tests.bot.decide.people import AUTHOR, BOSS, OUTSIDER, of, refusal
from tests.bot.decide.scene import Scene


def test_an_opened_issue_becomes_a_plan_whose_comment_is_the_first_write() -> None:
    scene = Scene()
    effects = scene.opens()
    case = scene.case
    assert case.plan is not None
    assert isinstance(effects[0], Say)
    assert isinstance(effects[0].message, PlanReady)
    assert [type(e) for e in effects[1:3]] == [OpenPull, Check]
    files = of(OpenPull, effects)[0].files
    assert files[".millwright/ACME-7/plan.json"] == canonical(case.plan.to_json())
    assert ".millwright/ACME-7/briefing.json" in files
    assert of(Dispatch, effects)[0].verb == "preview"
    assert of(SetLabels, effects)[-1].state == "previewing"
    assert len(of(Say, effects)) == 2
    assert case.phase is Phase.PREVIEWING


def test_a_preview_puts_its_envelope_into_the_plan_of_the_same_version() -> None:
    scene = Scene()
    scene.opens()
    before = scene.token
    effects = scene.previews()
    case = scene.case
    assert case.plan is not None
    assert case.plan.is_previewed
    assert case.plan.envelopes[0].planned[0].op == "switch_release"
    assert case.version == 1
    assert scene.token != before
    assert case.phase is Phase.VALIDATED
    assert of(OpenPull, effects)
    assert isinstance(of(Say, effects)[-1].message, PlanReady)


def test_the_right_person_approves_and_the_leg_is_dispatched_at_once() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    assert refusal(scene.says(OUTSIDER, f"/approve {scene.token}")) == "no_role"
    assert refusal(scene.says(AUTHOR, f"/approve {scene.token}")) == "self_approval"
    effects = scene.says(BOSS, f"/approve {scene.token}")
    assert of(Dispatch, effects)[0].verb == "execute"
    assert of(Timer, effects)
    assert of(Deployment, effects)[0].environment == "www"
    assert scene.case.phase is Phase.EXECUTING
    approval = scene.case.approvals[0]
    assert (approval.user, approval.basis, approval.version) == (BOSS.id, "role:maintain", 1)
    assert scene.case.plan is not None
    assert approval.digest == scene.case.plan.digest
    assert len(approval.evidence) == 64


def test_both_jobs_claim_and_the_run_goes_to_its_end() -> None:
    scene = Scene().to_approved()
    admit = scene.claims("admit")
    assert of(Grant, admit)[0].token_repositories == ()
    grant = of(Grant, scene.claims("execute"))[0]
    assert grant.spec.verb == "execute"
    assert grant.spec.approved_by == ("bert",)
    assert grant.token_repositories == (101,)
    assert grant.spec.digest == grant.spec.plan.digest


def test_a_completed_run_is_shown_sealed_and_closed() -> None:
    scene = Scene().to_approved()
    effects = scene.executes()
    kinds = [type(effect) for effect in effects if not isinstance(effect, Tell)]
    assert scene.case.phase is Phase.COMPLETED
    assert kinds[0] is Deployment
    assert of(Deployment, effects)[0].state == "success"
    assert of(Deployment, effects)[0].url == "http://127.0.0.1:8080"
    assert [check.report.name for check in of(Check, effects)] == ["run", "cost"]
    assert kinds.index(Seal) < kinds.index(Say) < kinds.index(ClosePull) < kinds.index(CloseIssue)
    finished = of(Say, effects)[0].message
    assert isinstance(finished, Finished)
    assert finished.costs[0].billed_minutes == 2
    assert finished.outcome == "completed"


def test_the_ledger_tells_the_whole_story_in_order() -> None:
    scene = Scene().to_approved()
    scene.executes()
    moves = [name for name in scene.types() if name not in {"effect.performed", "leg.journalled", "leg.claimed"}]
    expected = [
        "capability.opened",
        "plan.generated",
        "leg.queued",
        "budget.reserved",
        "preview.started",
        "leg.dispatched",
        "leg.reported",
        "spend.recorded",
        "leg.finished",
        "preview.finished",
        "approval.given",
        "gate.passed",
        "leg.queued",
        "budget.reserved",
        "execution.started",
        "leg.dispatched",
    ]
    assert moves[: len(expected)] == expected
    assert moves[-1] == "capability.completed"
    assert scene.case.run is not None
    assert scene.case.run.kept in scene.blobs


def test_journal_lines_are_acknowledged_with_go() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    from executors.protocol.journal import LegStarted

    answer = of(Answer, scene.journals(LegStarted(verb="execute")))[0]
    assert (answer.status, answer.body) == (200, {"decision": "go"})
