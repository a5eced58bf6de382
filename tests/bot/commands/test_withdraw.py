"""`/withdraw`: one's own word, as long as what it allows has not begun; and `/run`, which asks what comes next."""

from __future__ import annotations

import pytest

from bot.domain.effects import CancelRun, Dispatch, React, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalsVoid
from bot.domain.people import Role
from bot.domain.replies import Awaited
from executors.protocol.journal import LegStarted
from tests.bot.decide.people import BOSS, LEAD, OUTSIDER, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import BARE, TWO, completed
from tests.bot.domain.acme import POLICY

TWICE = POLICY + "approval:\n  LOW: {count: 2}\n  MEDIUM: {count: 2}\n"
GATED = POLICY + "gates:\n  - {name: release, before: www, count: 2}\n"


def validated(policy: str = TWICE) -> Scene:
    scene = Scene(policy_text=policy)
    scene.opens()
    scene.previews()
    return scene


def test_who_approved_takes_it_back_and_may_approve_again() -> None:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}")
    effects = scene.says(BOSS, "/withdraw I read the wrong version")
    assert not scene.case.approvals
    said = next(one.message for one in of(Say, effects) if isinstance(one.message, ApprovalsVoid))
    assert "bert took it back: I read the wrong version" in said.because
    assert of(React, effects)[0].content == "+1"
    assert not refusal(scene.says(BOSS, f"/approve {scene.token}"))
    assert len(scene.case.approvals) == 1


def test_it_is_ones_own_only() -> None:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}")
    for other in (LEAD, OUTSIDER):
        assert refusal(scene.says(other, "/withdraw")) == "nothing_to_withdraw"
    assert [one.login for one in scene.case.approvals] == [BOSS.login]


def test_who_has_lost_their_role_may_still_take_it_back() -> None:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}")
    scene.roles[BOSS.id] = Role.READ
    assert not refusal(scene.says(BOSS, "/withdraw"))
    assert not scene.case.approvals


def test_a_run_that_has_not_begun_is_recalled() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    effects = scene.says(BOSS, "/withdraw")
    assert of(CancelRun, effects)
    assert scene.case.phase is Phase.VALIDATED
    assert not scene.case.approvals


def test_what_has_begun_is_not_taken_back_by_a_word() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="execute"))
    assert refusal(scene.says(BOSS, "/withdraw")) == "already_begun"
    assert len(scene.case.approvals) == 1
    assert scene.case.phase is Phase.EXECUTING


def test_at_a_gate_it_is_the_word_given_there_first_and_the_plans_after_it() -> None:
    scene = validated(GATED)
    scene.says(BOSS, f"/approve {scene.token}")
    scene.says(BOSS, f"/approve release {scene.token}")
    assert [one.gate for one in scene.case.approvals] == ["plan", "release"]
    scene.says(BOSS, "/withdraw")
    assert [one.gate for one in scene.case.approvals] == ["plan"]
    assert scene.case.phase is Phase.WAITING
    scene.says(BOSS, "/withdraw")
    assert not scene.case.approvals
    assert scene.case.phase is Phase.VALIDATED
    assert refusal(scene.says(BOSS, "/withdraw")) == "nothing_to_withdraw"


def test_at_the_gate_rollback_too() -> None:
    scene = completed(BARE + TWO)
    scene.says(BOSS, "/rollback")
    assert [one.login for one in scene.case.approvals_of("rollback")] == [BOSS.login]
    scene.says(BOSS, "/withdraw")
    assert not scene.case.approvals_of("rollback")
    assert scene.case.phase is Phase.WAITING
    assert refusal(scene.says(BOSS, "/withdraw")) == "already_begun", "the plan was carried out long ago"


def test_a_review_that_asks_for_changes_is_dismissed_where_it_was_written() -> None:
    scene = validated()
    scene.reviews(BOSS, "changes_requested")
    assert refusal(scene.says(BOSS, "/withdraw")) == "objection_stands"
    assert len(scene.case.objections) == 1


def test_an_approval_by_review_is_taken_back_like_any_other() -> None:
    scene = validated()
    scene.reviews(BOSS, "approved")
    assert len(scene.case.approvals) == 1
    scene.says(BOSS, "/withdraw")
    assert not scene.case.approvals


# --- /run -------------------------------------------------------------------------------------------------------


def test_run_says_what_is_awaited_with_the_line_to_type() -> None:
    scene = validated()
    before = scene.types()
    effects = scene.says(LEAD, "/run")
    said = of(Say, effects)[-1].message
    assert isinstance(said, Awaited)
    assert said.line == f"`/approve {scene.token}`"
    assert scene.types() == before or set(scene.types()[len(before) :]) <= {"effect.performed"}
    assert refusal(scene.says(OUTSIDER, "/run")) == "no_role"


def test_run_goes_on_once_a_quorum_is_smaller() -> None:
    scene = validated(TWICE)
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.case.phase is Phase.VALIDATED
    scene.policy_text = POLICY
    effects = scene.says(LEAD, "/run")
    assert refusal(effects) == "approval_stale", "the plan was made under another policy"
    assert not of(Dispatch, effects)


def test_run_asks_a_budget_again_that_was_raised() -> None:
    scene = validated(POLICY + "budgets: {runs_per_day: 1}\n")
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.case.queued is not None
    assert scene.case.queued.stopped
    assert not of(Dispatch, scene.says(LEAD, "/run"))
    scene.now = scene.now.replace(day=scene.now.day + 2)
    effects = scene.says(LEAD, "/run")
    assert [one.verb for one in of(Dispatch, effects)] == ["execute"]


@pytest.mark.parametrize("phase", [Phase.COMPLETED, Phase.HELD, Phase.EXECUTING])
def test_run_begins_nothing_where_nothing_is_to_be_begun(phase: Phase) -> None:
    scene = Scene().to_approved()
    if phase is Phase.COMPLETED:
        scene.executes()
    elif phase is Phase.HELD:
        scene.says(BOSS, "/hold")
    else:
        scene.claims("admit")
    assert scene.case.phase is phase
    effects = scene.says(LEAD, "/run")
    assert not of(Dispatch, effects)
    assert isinstance(of(Say, effects)[-1].message, Awaited)
    assert scene.case.phase is phase
