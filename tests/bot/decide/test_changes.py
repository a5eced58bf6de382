"""Issues that go away, comments and pull requests that change under an approval, and the house around it."""

from __future__ import annotations

import pytest

from bot.domain.effects import Answer, CancelRun, Check, ClosePull, Dispatch, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import (
    ApprovalsVoid,
    PullMerged,
)
from bot.domain.people import Actor
from bot.events.model import CheckRequested, CommentCreated, PullChanged
from executors.protocol.journal import LegFinished, LegStarted
from tests.bot.decide.people import BOSS, BOT, LEAD, REPO, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


# --- ends -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["closed", "deleted", "transferred"])
def test_an_issue_that_goes_away_cancels_what_has_not_begun(action: str) -> None:
    scene = validated()
    effects = scene.happens(action)
    assert scene.case.phase is Phase.CANCELLED
    assert of(ClosePull, effects)
    assert bool(of(Say, effects)) is (action == "closed"), "there is nobody to tell on an issue that is gone"


def test_taking_the_label_off_cancels() -> None:
    scene = validated(labels=("capability:business",))
    scene.labels = ()
    scene.happens("unlabeled", label="capability:business")
    assert scene.case.phase is Phase.CANCELLED


def test_taking_another_label_off_does_not_cancel() -> None:
    scene = validated()
    assert scene.happens("unlabeled", label="bug") == []
    assert scene.case.phase is Phase.VALIDATED


def test_closing_while_a_preview_runs_cancels_its_run() -> None:
    scene = Scene()
    scene.opens()
    effects = scene.happens("closed")
    assert of(CancelRun, effects)
    assert scene.case.phase is Phase.CANCELLED


def test_closing_while_a_job_is_at_work_asks_it_to_stop() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.happens("closed")
    assert scene.case.phase is Phase.EXECUTING
    answer = scene.journals(LegStarted(verb="execute"))[0]
    assert isinstance(answer, Answer)
    assert answer.body == {"decision": "stop"}
    scene.journals(LegFinished(outcome="stopped"))
    scene.done("stopped")
    scene.ends("failure")
    assert scene.case.phase is Phase.CANCELLED


def test_our_own_closing_of_the_issue_is_no_cancel() -> None:
    scene = Scene().to_approved()
    scene.executes()
    assert scene.happens("closed", BOT) == []
    assert scene.case.phase is Phase.COMPLETED


# --- comments that change ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["edited", "deleted"])
@pytest.mark.parametrize("actor", [BOSS, LEAD])
def test_an_approval_whose_comment_is_touched_is_withdrawn(action: str, actor: Actor) -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}", comment_id=555)
    effects = scene.changes(555, action, actor)
    assert scene.case.approvals == ()
    assert isinstance(of(Say, effects)[0].message, ApprovalsVoid)


def test_withdrawn_before_the_job_claims_the_run_is_recalled() -> None:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}", comment_id=555)
    effects = scene.changes(555, "deleted", BOSS)
    assert scene.case.phase is Phase.VALIDATED
    assert of(CancelRun, effects)
    assert scene.case.run is not None
    assert not scene.case.run.open


def test_once_the_job_is_at_work_the_words_may_change() -> None:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}", comment_id=555)
    scene.claims("admit")
    scene.claims("execute")
    assert scene.changes(555, "edited", BOSS) == []
    assert len(scene.case.approvals) == 1


def test_editing_a_command_into_a_comment_does_nothing() -> None:
    scene = validated()
    assert scene.changes(4711, "edited", BOSS) == []


# --- the plan pull request --------------------------------------------------------------------------------------


def pull(scene: Scene, action: str, actor: Actor, *, merged: bool = False, head: str = "9" * 40) -> list[object]:
    return list(scene.tell(PullChanged(REPO, 8, action, head, merged, actor)))


def test_merging_the_plan_pull_request_is_no_approval() -> None:
    scene = validated()
    effects = pull(scene, "closed", LEAD, merged=True)
    say = effects[0]
    assert isinstance(say, Say)
    assert isinstance(say.message, PullMerged)
    assert say.number == 8
    assert scene.case.approvals == ()


def test_a_push_by_somebody_else_voids_the_approvals_and_makes_an_editor() -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    effects = pull(scene, "synchronize", LEAD)
    assert scene.case.approvals == ()
    assert any(isinstance(effect, Say) and isinstance(effect.message, ApprovalsVoid) for effect in effects)
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "self_approval"


def test_our_own_push_means_nothing() -> None:
    scene = validated()
    assert pull(scene, "synchronize", BOT) == []
    assert pull(scene, "synchronize", LEAD, head="d" * 40) == []


def test_approving_on_the_pull_request_is_answered_there() -> None:
    scene = validated()
    issue = scene.shown()
    from dataclasses import replace

    seen = replace(issue, node_id="PR_8", number=8, is_pull=True)
    effects = scene.tell(CommentCreated(REPO, seen, 556, f"/approve {scene.token}", BOSS))
    assert of(Dispatch, effects)
    assert of(Say, effects)[0].number == 8


# --- the house --------------------------------------------------------------------------------------------------


def test_a_check_run_asked_for_again_is_shown_again_and_starts_nothing() -> None:
    scene = validated()
    asked = CheckRequested(REPO, 12, "x", "rerequested", None, BOSS)
    effects = scene.tell(asked)
    assert of(Check, effects)[0].report.name == "plan"
    assert not of(Dispatch, effects)
