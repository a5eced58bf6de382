"""What each command does, and to whom it says no."""

from __future__ import annotations

import pytest

from bot.domain.effects import Answer, CancelRun, ClosePull, Dispatch, Grant, React, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import (
    CommandRefused,
    HelpReply,
    StatusReply,
    UnknownCommand,
    WhyReply,
)
from bot.domain.people import Actor, Role
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, OUTSIDER, TRIAGER, briefing, of, refusal, switch
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


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
    assert allowed >= {"/plan", "/status", "/why", "/help", "/cost", "/audit", "/evidence", "/withdraw"}
    assert not allowed & {"/approve", "/cancel", "/hold", "/resume", "/run", "/retry", "/override", "/erase"}
    assert set(scene.types()[before:]) == {"outsider.answered"}, "that they were answered, and nothing else"


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
    undone = Intent(step="deploy", key="undo/0", operation=switch("v1"), undoes=("deploy/1/0",))
    scene.whole_run(
        LegStarted(verb="rollback"), undone, Result(step="deploy", key="undo/0", ok=True), outcome="rolled_back"
    )
    assert scene.case.phase is Phase.ROLLED_BACK
    assert refusal(scene.says(BOSS, "/rollback")) == "wrong_phase"


def test_t03_who_asked_to_take_it_back_must_still_be_allowed_when_the_job_claims() -> None:
    scene = done()
    scene.says(BOSS, "/rollback")
    scene.roles[BOSS.id] = Role.READ
    refused = of(Answer, scene.claims("admit"))[0]
    assert (refused.status, refused.body["code"]) == (403, "no_role")
    scene.roles[BOSS.id] = Role.MAINTAIN
    assert of(Grant, scene.claims("admit", key="cd" * 16))


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
