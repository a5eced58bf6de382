"""Holding and resuming: nothing new begins, nobody decides, what runs goes on to its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.effects import CancelRun, Dispatch, Effect, Record, Say
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import PlanReady, Progress
from bot.domain.people import NOBODY
from bot.domain.replies import Awaited, Held
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, TRIAGER, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import COPIED, ONE, approved, erp_done, website_done, whole_run
from tests.bot.domain.acme import POLICY

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
GATED = POLICY + "gates:\n  - {name: release, before: www}\n"


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


def sticky(effects: list[Effect]) -> object:
    """The message that the sticky comment shows in the end."""
    return [say.message for say in of(Say, effects) if say.to == "sticky"][-1]


def test_a_plan_that_is_held_is_approved_by_nobody_until_it_is_resumed() -> None:
    scene = validated()
    effects = scene.says(BOSS, "/hold the customer asks for two more days")
    assert scene.case.phase is Phase.HELD
    shown = sticky(effects)
    assert isinstance(shown, Held)
    assert (shown.by, shown.why) == (BOSS.login, "the customer asks for two more days")
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "held"
    assert not scene.case.approvals

    effects = scene.says(LEAD, "/resume")
    assert scene.case.phase is Phase.VALIDATED
    assert isinstance(sticky(effects), PlanReady)
    assert of(Dispatch, scene.says(BOSS, f"/approve {scene.token}"))


def test_holding_takes_the_write_role_and_is_done_once() -> None:
    scene = validated()
    assert refusal(scene.says(TRIAGER, "/hold")) == "no_role"
    assert refusal(scene.says(BOSS, "/resume")) == "not_held"
    scene.says(BOSS, "/hold")
    assert refusal(scene.says(LEAD, "/hold")) == "already_held"
    assert refusal(scene.says(TRIAGER, "/resume")) == "no_role"


def test_a_run_that_no_job_has_claimed_is_recalled_and_dispatched_anew_afterwards() -> None:
    scene = Scene().to_approved()
    effects = scene.says(LEAD, "/hold")
    assert of(CancelRun, effects)
    assert scene.case.phase is Phase.HELD
    assert scene.case.run is not None
    assert not scene.case.run.open
    assert [one.login for one in scene.case.approvals] == [BOSS.login], "what was approved stays approved"
    assert of(Dispatch, scene.says(BOSS, "/resume"))
    assert scene.case.phase is Phase.EXECUTING


def test_a_run_under_way_goes_on_and_the_next_leg_waits() -> None:
    scene = approved(COPIED + ONE)
    scene.claims("admit")
    scene.claims("execute", environment="erp")
    effects = scene.says(LEAD, "/hold look at the books first")
    assert scene.case.phase is Phase.EXECUTING
    assert not of(CancelRun, effects)
    assert isinstance(sticky(effects), Progress)
    effects = whole_run_from_here(scene)
    assert scene.case.phase is Phase.HELD
    assert not of(Dispatch, effects), "the website's leg is not begun"
    shown = sticky(effects)
    assert isinstance(shown, Held)
    assert (shown.by, shown.why) == (LEAD.login, "look at the books first")

    effects = scene.says(BOSS, "/resume")
    assert [one.leg for one in of(Dispatch, effects)] == ["website"]
    whole_run(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED


def whole_run_from_here(scene: Scene) -> list[Effect]:
    """The claimed run journals what the ERP's leg does and ends well."""
    from executors.protocol.journal import LegFinished, LegStarted

    scene.journals(LegStarted(verb="execute"), *erp_done(scene), LegFinished(outcome="completed"))
    scene.done("completed")
    return scene.ends()


def test_a_hold_that_still_waits_for_a_run_can_be_taken_back() -> None:
    scene = approved(COPIED + ONE)
    scene.claims("admit")
    scene.claims("execute", environment="erp")
    scene.says(LEAD, "/hold")
    assert refusal(scene.says(BOSS, "/hold")) == "already_held"
    scene.says(BOSS, "/resume")
    assert not scene.case.hold
    effects = whole_run_from_here(scene)
    assert [one.leg for one in of(Dispatch, effects)] == ["website"]


def test_a_gate_that_was_to_be_opened_waits_too() -> None:
    scene = approved(COPIED + ONE + "gates:\n  - {name: release, before: www}\n")
    scene.claims("admit")
    scene.claims("execute", environment="erp")
    scene.says(LEAD, "/hold")
    whole_run_from_here(scene)
    assert scene.case.phase is Phase.HELD
    assert scene.case.gate is None
    scene.says(LEAD, "/resume")
    assert scene.case.phase is Phase.WAITING
    assert scene.case.gate is not None
    assert scene.case.gate.name == "release"


def test_the_end_of_the_last_leg_is_the_end() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.says(LEAD, "/hold")
    from executors.protocol.journal import LegFinished, LegStarted

    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="completed"))
    scene.done("completed")
    scene.ends()
    assert scene.case.phase is Phase.COMPLETED
    assert not scene.case.hold


def test_a_preview_under_way_comes_back_and_then_it_is_held() -> None:
    scene = Scene()
    scene.opens()
    scene.says(BOSS, "/hold")
    assert scene.case.phase is Phase.PREVIEWING
    scene.previews()
    assert scene.case.phase is Phase.HELD
    assert scene.case.preview == "done"
    scene.says(BOSS, "/resume")
    assert scene.case.phase is Phase.VALIDATED


def test_what_failed_is_held_as_failed() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.says(LEAD, "/hold")
    scene.ends("failure")
    assert scene.case.phase is Phase.HELD
    assert refusal(scene.says(BOSS, "/retry")) == "wrong_phase"
    scene.says(BOSS, "/resume")
    assert scene.case.phase is Phase.FAILED
    assert of(Dispatch, scene.says(BOSS, "/retry"))


def test_an_edit_of_what_is_held_makes_the_new_version_and_stays_held() -> None:
    scene = validated()
    scene.says(BOSS, "/hold not yet")
    effects = scene.edits(OTHER)
    assert scene.case.version == 2
    assert scene.case.phase is Phase.HELD
    shown = sticky(effects)
    assert isinstance(shown, Held)
    assert (shown.by, shown.why) == (BOSS.login, "not yet")
    assert not of(Dispatch, effects), "not even a preview is begun"
    assert of(Dispatch, scene.says(BOSS, "/resume")), "the preview of the new version"
    assert scene.case.phase is Phase.PREVIEWING


def test_an_edit_with_faults_stays_held_and_resuming_says_what_is_awaited() -> None:
    scene = validated()
    scene.says(BOSS, "/hold")
    scene.edits("nothing")
    assert scene.case.phase is Phase.HELD
    effects = scene.says(BOSS, "/resume")
    assert scene.case.phase is Phase.DRAFT
    shown = sticky(effects)
    assert isinstance(shown, Awaited)
    assert "edit the issue" in shown.line


def test_an_edit_that_changes_nothing_of_the_plan_keeps_the_approvals() -> None:
    scene = validated(policy_text=POLICY + "approval:\n  MEDIUM: {count: 2}\n  LOW: {count: 2}\n")
    scene.says(BOSS, f"/approve {scene.token}")
    scene.says(BOSS, "/hold")
    scene.edits(scene.body + "\nthank you\n")
    assert scene.case.version == 1
    assert [one.login for one in scene.case.approvals] == [BOSS.login]


def test_approvals_grow_old_while_it_is_held() -> None:
    scene = Scene().to_approved()
    scene.says(LEAD, "/hold")
    scene.due("approval-expiry", timedelta(hours=100))
    assert not scene.case.approvals
    scene.says(LEAD, "/resume")
    assert scene.case.phase is Phase.VALIDATED


@pytest.mark.parametrize(("words", "phase"), [("/cancel", Phase.CANCELLED), ("/reject no", Phase.REJECTED)])
def test_what_is_held_can_be_ended(words: str, phase: Phase) -> None:
    scene = validated(policy_text=GATED)
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.case.gate is not None
    scene.says(BOSS, "/hold")
    scene.says(BOSS, words)
    assert scene.case.phase is phase
    assert scene.case.gate is None


def test_what_is_held_half_done_is_cancelled_and_taken_back_but_not_rejected() -> None:
    scene = approved(COPIED + ONE)
    scene.claims("admit")
    scene.claims("execute", environment="erp")
    scene.says(LEAD, "/hold")
    whole_run_from_here(scene)
    assert refusal(scene.says(BOSS, "/reject no")) == "held"
    scene.says(BOSS, "/cancel")
    assert scene.case.phase is Phase.CANCELLED
    assert of(Dispatch, scene.says(BOSS, "/rollback"))[0].verb == "rollback"


def test_the_issues_end_is_an_end_for_what_is_held_at_a_gate() -> None:
    scene = validated(policy_text=GATED)
    scene.says(BOSS, f"/approve {scene.token}")
    scene.says(BOSS, "/hold")
    scene.happens("closed", AUTHOR)
    assert scene.case.phase is Phase.CANCELLED


def test_what_github_keeps_shut_is_resumed_by_nobody() -> None:
    scene = validated()
    scene.store([Record(Entry("capability.held", {"frozen": "archived"}, NOBODY, "archived"))])
    assert scene.case.frozen == "archived"
    effects = scene.says(BOSS, "/resume")
    assert refusal(effects) == "frozen"
    assert scene.case.phase is Phase.HELD
