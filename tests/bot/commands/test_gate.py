"""The gate `rollback` in commands: who opens it, what counts at it, how it is explained, and how it closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.effects import CloseIssue, Dispatch, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalNoted, ApprovalsVoid, GateOpen, HelpReply, StatusReply, WhyReply
from bot.domain.people import Role
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, TRIAGER, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import BARE, COPIED, ONE, TWO, completed, halfway, website_back, whole_run


def waiting(policy: str = BARE + TWO) -> Scene:
    scene = completed(policy)
    scene.says(BOSS, "/rollback", comment_id=500)
    assert scene.case.phase is Phase.WAITING
    return scene


REFUSED = [
    ("token_missing", "/approve rollback"),
    ("token_malformed", "/approve rollback it"),
    ("token_malformed", "/approve rollback {token} please"),
    ("approval_stale", "/approve rollback v2-{digest}"),
    ("wrong_phase", "/approve {token}"),
    ("wrong_phase", "/approve plan {token}"),
]


@pytest.mark.parametrize(("code", "words"), REFUSED)
def test_an_approval_that_does_not_count_at_the_gate_is_refused_by_code(code: str, words: str) -> None:
    scene = waiting()
    said = words.format(token=scene.token, digest=scene.token.partition("-")[2])
    effects = scene.says(LEAD, said)
    assert refusal(effects) == code
    assert [one.login for one in scene.case.approvals_of("rollback")] == [BOSS.login]


def test_the_gate_that_an_approval_names_must_be_open() -> None:
    scene = completed(BARE + TWO)
    assert refusal(scene.says(BOSS, f"/approve rollback {scene.token}")) == "gate_closed"
    scene = completed(COPIED + ONE)
    scene.says(BOSS, "/rollback")
    assert refusal(scene.says(LEAD, f"/approve rollback {scene.token}")) == "gate_closed"


def test_the_plan_may_be_named_as_the_gate_it_is() -> None:
    from tests.bot.decide.two_legs import opened, preview

    scene = opened()
    preview(scene)
    preview(scene)
    assert of(Dispatch, scene.says(BOSS, f"/approve plan {scene.token}"))


def test_who_wrote_the_briefing_may_ask_but_does_not_decide() -> None:
    scene = completed(BARE + ONE)
    scene.roles[AUTHOR.id] = Role.MAINTAIN
    effects = scene.says(AUTHOR, "/rollback")
    assert scene.case.phase is Phase.WAITING
    assert not of(Dispatch, effects)
    assert scene.case.approvals_of("rollback") == ()
    assert refusal(scene.says(AUTHOR, f"/approve rollback {scene.token}")) == "self_approval"
    assert refusal(scene.says(AUTHOR, "/rollback")) == "self_approval"
    assert of(Dispatch, scene.says(BOSS, "/rollback"))


def test_status_and_why_speak_of_the_gate() -> None:
    scene = waiting()
    status = of(Say, scene.says(TRIAGER, "/status"))[0].message
    assert isinstance(status, StatusReply)
    assert f"`/approve rollback {scene.token}`" in status.next
    assert "1 of 2" in status.next
    why = of(Say, scene.says(TRIAGER, "/why"))[0].message
    assert isinstance(why, WhyReply)
    assert why.gate == "rollback"
    assert [(one.allowed, one.code) for one in why.verdict.children] == [(True, "counts")]
    shown = of(Say, scene.says(LEAD, "/help"))[0].message
    assert isinstance(shown, HelpReply)
    rows = {row.usage.split()[0] for row in shown.rows if row.allowed}
    assert {"/approve", "/rollback", "/reject", "/cancel", "/retry"} <= rows


def test_an_approval_at_the_gate_is_answered_with_how_many_are_missing() -> None:
    scene = completed(BARE + TWO)
    noted = [
        one.message for one in of(Say, scene.says(BOSS, "/rollback")) if isinstance(one.message, ApprovalNoted)
    ]
    assert [(one.gate, one.have, one.need) for one in noted] == [("rollback", 1, 2)]


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_t11_an_approval_at_the_gate_falls_with_its_comment(action: str) -> None:
    scene = waiting()
    effects = scene.changes(500, action, BOSS)
    assert scene.case.approvals_of("rollback") == ()
    assert scene.case.phase is Phase.WAITING
    assert any(isinstance(one.message, ApprovalsVoid) for one in of(Say, effects))
    scene.says(LEAD, f"/approve rollback {scene.token}")
    assert scene.case.phase is Phase.WAITING, "one of two"


def test_the_words_of_the_plans_approval_are_spent_by_then() -> None:
    scene = waiting()
    plan = next(one for one in scene.case.approvals if one.gate == "plan")
    scene.changes(int(plan.source.partition(":")[2]), "deleted", BOSS)
    assert plan in scene.case.approvals


def test_an_approval_at_the_gate_expires() -> None:
    scene = waiting()
    scene.due("approval-expiry", timedelta(hours=100))
    assert scene.case.approvals_of("rollback") == ()
    assert len(scene.case.approvals_of("plan")) == 2, "what was carried out needs no approval any more"
    assert scene.case.phase is Phase.WAITING


def test_the_same_comment_twice_counts_once() -> None:
    scene = waiting()
    assert scene.says(BOSS, "/rollback", comment_id=500) == []


def test_every_opening_is_a_decision_of_its_own() -> None:
    scene = waiting()
    scene.says(LEAD, "/reject no")
    assert scene.case.phase is Phase.COMPLETED
    effects = scene.says(LEAD, "/rollback")
    assert not of(Dispatch, effects), "what was approved before does not count"
    assert [one.login for one in scene.case.approvals_of("rollback")] == [LEAD.login]


def test_closing_the_issue_leaves_what_is_completed_completed() -> None:
    scene = waiting()
    effects = scene.happens("closed", BOSS)
    assert scene.case.phase is Phase.COMPLETED
    assert not of(CloseIssue, effects)
    failed = halfway(BARE + ONE)
    whole_run(failed, outcome="rolled_back")
    failed.happens("closed", BOSS)
    assert failed.case.phase is Phase.CANCELLED


def test_who_tries_a_rollback_again_must_be_allowed_to_take_it_back() -> None:
    scene = completed(COPIED + ONE)
    scene.says(BOSS, "/rollback")
    whole_run(scene, outcome="failed", residue=("the site",))
    assert refusal(scene.says(AUTHOR, "/retry")) == "no_role"
    assert of(Dispatch, scene.says(LEAD, "/retry"))


def test_a_decided_rollback_is_tried_again_while_the_decision_stands() -> None:
    scene = waiting()
    scene.says(LEAD, f"/approve rollback {scene.token}")
    whole_run(scene, outcome="failed", residue=("the site",))
    assert of(Dispatch, scene.says(BOSS, "/retry"))
    whole_run(scene, outcome="failed", residue=("the site",))
    scene.roles[LEAD.id] = Role.READ
    assert refusal(scene.says(BOSS, "/retry")) == "approvals_missing"


def test_what_stands_is_listed_last_leg_first() -> None:
    scene = waiting()
    gate = scene.case.gate
    assert gate is not None
    assert (gate.legs, gate.steps) == (("website", "erp"), ("deploy", "erp-modules"))
    message = of(Say, scene.says(LEAD, f"/approve rollback {scene.token}"))[-1].message
    assert not isinstance(message, GateOpen)
    whole_run(scene, *website_back(), outcome="rolled_back")
    assert scene.case.run is not None
    assert scene.case.run.leg == "erp"
