"""What happens to an issue, and what that does to its plan, its approvals and its run."""

from __future__ import annotations

import pytest

from bot.domain.effects import CancelRun, Check, ClosePull, Dispatch, OpenPull, React, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import (
    ApprovalsVoid,
    BriefingFaults,
    CommandRefused,
    HelpReply,
    NoPolicy,
    PlanReady,
    PullMerged,
    StatusReply,
    UnknownCommand,
    WhyReply,
)
from bot.domain.people import Actor
from bot.events.model import CheckRequested, CommentCreated, InstallationChanged, PullChanged
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result
from tests.bot.decide.scene import (
    AUTHOR,
    BOSS,
    BOT,
    LEAD,
    OUTSIDER,
    POLICY,
    REPO,
    TRIAGER,
    Scene,
    briefing,
    of,
    refusal,
    switch,
)

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


# --- opening ----------------------------------------------------------------------------------------------------


def test_an_issue_without_our_label_is_none_of_ours() -> None:
    scene = Scene(labels=("bug",))
    assert scene.opens() == []
    assert scene.fold() is None


def test_opened_and_labeled_are_one_plan() -> None:
    scene = Scene()
    scene.opens()
    before = len(scene.lines)
    assert scene.happens("labeled", label="capability:business") == []
    assert len(scene.lines) == before


def test_a_label_that_comes_later_opens_the_case() -> None:
    scene = Scene()
    scene.happens("labeled", label="capability:business")
    assert scene.case.version == 1


def test_our_own_labels_need_no_facts_and_do_nothing() -> None:
    scene = Scene()
    scene.opens()
    assert scene.happens("labeled", BOT, label="state:previewing") == []


def test_a_display_id_comes_from_its_label() -> None:
    scene = Scene(labels=("capability:business", "capability:SHOP-12"))
    effects = scene.opens()
    assert scene.case.display_id == "SHOP-12"
    assert ".millwright/SHOP-12/plan.json" in of(OpenPull, effects)[0].files


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (("capability:busines",), "no kind"),
        (("capability:service",), "not available in this release"),
        (("capability:change",), "not available in this release"),
        (("capability:business", "capability:service"), "several kinds"),
        (("capability:business", "capability:A2-1", "capability:B2-2"), "several ids"),
        (("capability:../../x",), "no kind"),
    ],
)
def test_a_label_we_cannot_follow_is_answered_by_name(labels: tuple[str, ...], words: str) -> None:
    scene = Scene(labels=labels)
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, BriefingFaults)
    assert words in message.faults[0].message
    assert scene.case.phase is Phase.DRAFT
    assert not of(Dispatch, effects)


def test_faults_come_back_field_by_field_and_an_edit_tries_again() -> None:
    scene = Scene(body=briefing(**{"business_name:": "busines_name:"}))
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, BriefingFaults)
    assert len(message.faults) >= 2
    assert scene.case.phase is Phase.DRAFT
    scene.edits(briefing())
    assert scene.case.phase is Phase.PREVIEWING
    assert scene.case.version == 1


def test_an_edit_that_breaks_the_briefing_leads_back_to_draft() -> None:
    scene = validated()
    scene.edits("nothing")
    assert scene.case.phase is Phase.DRAFT
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "wrong_phase"


def test_without_a_policy_that_is_said_and_nothing_is_planned() -> None:
    scene = Scene(blob_now="")
    scene.pin = lambda: None  # type: ignore[assignment, method-assign]
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, NoPolicy)
    assert "workflow" in message.faults[0].next
    assert scene.case.plan is None


def test_a_product_that_the_policy_does_not_name_is_refused_by_name() -> None:
    scene = Scene(policy_text=POLICY.replace("acme/website", "acme/other"))
    message = of(Say, scene.opens())[0].message
    assert isinstance(message, BriefingFaults)
    assert "acme/website" in message.faults[0].message


# --- people below triage (T60) ----------------------------------------------------------------------------------


def test_an_outsiders_issue_is_a_comment_and_nothing_else() -> None:
    scene = Scene(author=OUTSIDER)
    effects = scene.opens()
    assert not of(OpenPull, effects)
    assert not of(Check, effects)
    assert not of(Dispatch, effects)
    message = of(Say, effects)[0].message
    assert isinstance(message, PlanReady)
    assert message.comment_only


def test_an_outsider_cannot_publish_by_asking() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    effects = scene.says(OUTSIDER, "/plan")
    assert refusal(effects) == "no_role"
    assert not of(OpenPull, effects)


def test_somebody_with_triage_publishes_with_plan() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    effects = scene.says(TRIAGER, "/plan")
    assert of(OpenPull, effects)
    assert of(Dispatch, effects)[0].verb == "preview"
    assert scene.case.version == 1
    assert scene.case.publish


def test_an_outsiders_edit_is_not_published_by_the_plan_of_before() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    scene.says(TRIAGER, "/plan")
    effects = scene.edits(OTHER, OUTSIDER)
    assert scene.case.version == 2
    assert not scene.case.publish
    assert not of(OpenPull, effects)
    assert not of(Dispatch, effects)


def test_plan_on_an_issue_without_label_opens_a_case() -> None:
    scene = Scene(labels=())
    scene.says(TRIAGER, "/plan")
    assert scene.case.version == 1
    assert scene.case.author == AUTHOR


def test_other_commands_on_an_issue_that_is_none_of_ours_do_nothing() -> None:
    scene = Scene(labels=())
    for words in ("/status", "/approve v1-000000000000", "/help", "/shrug", "/cancel"):
        assert scene.says(BOSS, words) == []


# --- edits ------------------------------------------------------------------------------------------------------


def test_an_edit_makes_a_new_version_and_says_what_changed() -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    effects = scene.edits(OTHER)
    assert scene.case.version == 2
    assert scene.case.approvals == ()
    first = of(Say, effects)[0].message
    assert isinstance(first, PlanReady)
    assert "v1 → v2" in first.superseded
    void = [say.message for say in of(Say, effects) if isinstance(say.message, ApprovalsVoid)]
    assert void[0].logins == ("bert",)
    assert refusal(scene.says(LEAD, "/approve v1-" + "0" * 12)) == "approval_stale"


def test_a_title_alone_changes_nothing() -> None:
    scene = validated()
    digest = scene.token
    assert scene.happens("edited", body_changed=False) == []
    assert scene.token == digest


def test_an_edit_that_gives_the_same_plan_keeps_it_and_its_approvals() -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    scene.edits(scene.body.replace("\n```\n", "\n\n```\n"))
    assert scene.case.version == 1
    assert len(scene.case.approvals) == 1


def test_an_editor_who_is_not_the_author_is_remembered() -> None:
    scene = validated()
    scene.edits(OTHER, LEAD)
    assert scene.case.editors == {LEAD.id}
    scene.previews()
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "self_approval"


def test_an_edit_while_a_job_is_at_work_waits() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.edits(OTHER)
    assert scene.case.phase is Phase.EXECUTING
    assert scene.case.version == 1


def test_an_edit_after_the_end_waits_for_plan() -> None:
    scene = Scene().to_approved()
    scene.executes("rolled_back")
    scene.edits(OTHER)
    assert scene.case.version == 1
    effects = scene.says(BOSS, "/plan")
    assert scene.case.version == 2
    assert of(Dispatch, effects)[0].verb == "preview"


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
    assert getattr(answer, "body") == {"decision": "stop"}
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


# --- the other commands -----------------------------------------------------------------------------------------


def test_status_why_and_help_reply_and_record_nothing() -> None:
    scene = validated()
    scene.says(OUTSIDER, f"/approve {scene.token}")
    before = len(scene.lines)
    status = of(Say, scene.says(OUTSIDER, "/status"))[0].message
    assert isinstance(status, StatusReply)
    assert f"/approve {scene.token}" in status.next
    why = of(Say, scene.says(OUTSIDER, "/why"))[0].message
    assert isinstance(why, WhyReply)
    assert not why.verdict.allowed
    assert "no_role" in {child.code for child in why.verdict.children}
    reply = of(Say, scene.says(OUTSIDER, "/help"))[0].message
    assert isinstance(reply, HelpReply)
    allowed = {row.usage.split()[0] for row in reply.rows if row.allowed}
    assert allowed == {"/plan", "/status", "/why", "/help"}
    assert len(scene.lines) == before


def test_help_tells_an_approver_what_they_may_do_here_and_now() -> None:
    scene = validated()
    reply = of(Say, scene.says(BOSS, "/help"))[0].message
    assert isinstance(reply, HelpReply)
    rows = {row.usage.split()[0]: row for row in reply.rows}
    assert rows["/approve"].allowed
    assert not rows["/retry"].allowed
    assert rows["/retry"].because == "not while validated"


def test_a_rejection_needs_a_reason_and_ends_the_plan() -> None:
    scene = validated()
    assert refusal(scene.says(BOSS, "/reject")) == "reason_missing"
    effects = scene.says(BOSS, "/reject the firm's name is wrong")
    assert scene.case.phase is Phase.REJECTED
    assert of(ClosePull, effects)
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "wrong_phase"


@pytest.mark.parametrize("words", ["/cancel", "/reject no", "/retry", "/rollback"])
def test_commands_that_change_things_take_the_write_role(words: str) -> None:
    scene = validated()
    assert refusal(scene.says(TRIAGER, words)) == "no_role"


def test_a_command_out_of_its_phase_is_refused_by_name() -> None:
    scene = validated()
    assert refusal(scene.says(BOSS, "/retry")) == "wrong_phase"
    assert refusal(scene.says(BOSS, "/rollback")) == "wrong_phase"


def test_two_commands_in_one_comment_are_both_refused() -> None:
    scene = validated()
    effects = scene.says(BOSS, f"/approve {scene.token}\n/cancel")
    assert refusal(effects) == "two_commands"
    assert scene.case.phase is Phase.VALIDATED
    assert scene.case.approvals == ()


def test_an_unknown_word_gets_a_hint_for_members_only() -> None:
    scene = validated()
    effects = scene.says(BOSS, "/shrug")
    assert of(React, effects)[0].content == "confused"
    assert isinstance(of(Say, effects)[0].message, UnknownCommand)
    assert scene.says(OUTSIDER, "/shrug") == []


def test_bots_command_nothing() -> None:
    scene = validated()
    for words in ("/cancel", "/plan", "/status", "/shrug"):
        assert scene.says(Actor(2, "x", "Bot"), words) == []


def test_cancel_before_the_job_claims_is_immediate() -> None:
    scene = Scene().to_approved()
    effects = scene.says(BOSS, "/cancel")
    assert scene.case.phase is Phase.CANCELLED
    assert of(CancelRun, effects)


def test_planning_the_same_issue_again_says_that_nothing_is_new() -> None:
    scene = validated()
    effects = scene.says(BOSS, "/plan")
    assert refusal(effects) == "same_plan"
    message = of(Say, effects)[0].message
    assert isinstance(message, CommandRefused)
    assert message.refused.next == f"/approve {scene.token}"


def done() -> Scene:
    scene = Scene().to_approved()
    scene.executes(
        "completed",
        Intent(step="deploy", key="deploy/1/0", operation=switch()),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1")),
    )
    return scene


def test_what_was_completed_can_be_taken_back() -> None:
    scene = done()
    effects = scene.says(BOSS, "/rollback")
    assert of(Dispatch, effects)[0].verb == "rollback"
    assert scene.case.phase is Phase.ROLLING_BACK
    undone = Intent(step="deploy", key="undo/0", operation=switch("v1"), undoes="deploy/1/0")
    scene.whole_run(
        LegStarted(verb="rollback"), undone, Result(step="deploy", key="undo/0", ok=True), outcome="rolled_back"
    )
    assert scene.case.phase is Phase.ROLLED_BACK
    assert refusal(scene.says(BOSS, "/rollback")) == "wrong_phase"


def test_only_approvers_take_back() -> None:
    scene = done()
    assert refusal(scene.says(AUTHOR, "/rollback")) == "no_role"


def test_where_nothing_stands_there_is_nothing_to_take_back() -> None:
    scene = Scene().to_approved()
    scene.executes()
    assert refusal(scene.says(BOSS, "/rollback")) == "nothing_to_undo"


def test_a_rollback_that_fails_lists_what_remains_and_can_be_tried_again() -> None:
    scene = done()
    scene.says(BOSS, "/rollback")
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="rollback"), LegFinished(outcome="failed", residue=("release v2",)))
    scene.done("failed")
    scene.ends("failure")
    assert scene.case.phase is Phase.FAILED
    assert refusal(scene.says(BOSS, "/plan")) == "residue_first"
    assert of(Dispatch, scene.says(BOSS, "/retry"))[0].verb == "rollback"


# --- the house --------------------------------------------------------------------------------------------------


def test_a_check_run_asked_for_again_is_shown_again_and_starts_nothing() -> None:
    scene = validated()
    asked = CheckRequested(REPO, 12, "x", "rerequested", None, BOSS)
    effects = scene.tell(asked)
    assert of(Check, effects)[0].report.name == "plan"
    assert not of(Dispatch, effects)


def test_an_installation_that_changes_belongs_to_no_case() -> None:
    scene = Scene()
    assert scene.tell(InstallationChanged(7, "suspend", BOSS)) == []
