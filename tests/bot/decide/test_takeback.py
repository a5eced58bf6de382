"""A leg fails while another stands: what the bot takes back alone, what people decide, what stays (T50)."""

from __future__ import annotations

import pytest

from bot.domain.effects import Answer, Deployment, Dispatch, Effect, Grant, Say, Seal
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished, GateOpen, Progress
from bot.domain.people import Role
from tests.bot.decide.people import BOSS, LEAD, OUTSIDER, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import (
    BARE,
    COPIED,
    ONE,
    TWO,
    approved,
    completed,
    erp_back,
    erp_done,
    halfway,
    website_back,
    website_done,
    whole_run,
)

MANUAL = "auto_rollback: false\n"


def gate(scene: Scene) -> list[str]:
    found = scene.case.gate
    assert found is not None
    assert scene.case.phase is Phase.WAITING
    return list(found.legs)


def starts(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(one.leg, one.verb) for one in of(Dispatch, effects)]


@pytest.mark.parametrize("outcome", ["rolled_back", "failed"])
def test_what_an_earlier_leg_did_is_taken_back_by_the_bot_where_a_copy_was_made(outcome: str) -> None:
    scene = halfway()
    effects = whole_run(scene, outcome=outcome)
    assert starts(effects) == [("erp", "rollback")]
    assert scene.case.phase is Phase.ROLLING_BACK
    assert [(one.environment, one.state) for one in of(Deployment, effects)] == [("www", "failure")]
    assert isinstance(of(Say, effects)[-1].message, Progress)
    assert "rollback.completed" not in scene.types()
    effects = whole_run(scene, *erp_back(scene), outcome="rolled_back")
    assert scene.case.phase is Phase.ROLLED_BACK
    assert [(one.environment, one.state) for one in of(Deployment, effects)] == [("erp", "inactive")]
    assert of(Seal, effects)[0].outcome == "rolled_back"
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert message.because, "why it failed is still said"


def test_what_the_bot_takes_back_alone_does_nothing_that_takes_a_decision() -> None:
    scene = halfway()
    whole_run(scene, outcome="rolled_back")
    spec = of(Grant, scene.claims("admit"))[0].spec
    assert (spec.verb, spec.by_decision, spec.approved_by) == ("rollback", False, ())


def test_the_leg_that_fails_first_needs_no_other() -> None:
    scene = approved()
    whole_run(scene, outcome="rolled_back")
    assert scene.case.phase is Phase.ROLLED_BACK


def test_without_automatic_rollback_it_has_failed_and_says_what_stands() -> None:
    scene = halfway(COPIED + ONE + MANUAL)
    effects = whole_run(scene, outcome="failed")
    assert scene.case.phase is Phase.FAILED
    assert not of(Dispatch, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert message.stands == ("erp-modules",)


def test_what_can_only_be_made_up_for_waits_for_people() -> None:
    scene = halfway(BARE + ONE)
    effects = whole_run(scene, outcome="rolled_back")
    assert gate(scene) == ["erp"]
    assert not of(Dispatch, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, GateOpen)
    assert (message.have, message.need) == (0, 1)
    assert scene.case.gate is not None
    assert [(one.op, one.undo) for one in scene.case.gate.lossy] == [("install_module", "compensate")]
    assert of(Seal, effects)[0].outcome == "failed"
    effects = scene.says(BOSS, f"/approve rollback {scene.token}")
    assert starts(effects) == [("erp", "rollback")]
    spec = of(Grant, scene.claims("admit"))[0].spec
    assert (spec.by_decision, spec.approved_by) == (True, (BOSS.login,))


def test_the_failed_leg_itself_may_leave_what_takes_a_decision() -> None:
    scene = approved(BARE + ONE)
    whole_run(scene, *erp_done(scene), outcome="failed", residue=("install_module: only when somebody decides",))
    assert gate(scene) == ["erp"]


def test_at_the_gate_the_plan_can_go_on_instead() -> None:
    scene = halfway(BARE + ONE)
    whole_run(scene, outcome="rolled_back")
    effects = scene.says(BOSS, "/retry")
    assert starts(effects) == [("website", "execute")]
    assert (scene.case.phase, scene.case.gate) == (Phase.EXECUTING, None)
    whole_run(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED


@pytest.mark.parametrize("words", ["/reject it is good as it is", "/cancel"])
def test_what_is_refused_at_the_gate_leaves_everything_as_it_is(words: str) -> None:
    scene = halfway(BARE + ONE)
    whole_run(scene, outcome="rolled_back")
    scene.says(BOSS, words)
    assert (scene.case.phase, scene.case.gate) == (Phase.FAILED, None)
    assert refusal(scene.says(BOSS, f"/approve rollback {scene.token}")) == "gate_closed"
    done = completed(BARE + TWO)
    done.says(BOSS, "/rollback")
    assert gate(done) == ["website", "erp"]
    done.says(LEAD, words)
    assert (done.case.phase, done.case.approvals_of("rollback")) == (Phase.COMPLETED, ())


def test_a_lost_run_of_the_second_leg_takes_nothing_back() -> None:
    scene = halfway()
    effects = scene.ends("failure")
    assert scene.case.phase is Phase.FAILED
    assert not of(Dispatch, effects)


# --- /rollback --------------------------------------------------------------------------------------------------


def test_what_a_copy_restores_one_approver_takes_back_leg_by_leg() -> None:
    scene = completed()
    assert starts(scene.says(BOSS, "/rollback")) == [("website", "rollback")]
    effects = whole_run(scene, *website_back(), outcome="rolled_back")
    assert starts(effects) == [("erp", "rollback")]
    assert [(one.environment, one.state) for one in of(Deployment, effects)] == [("www", "inactive")]
    assert scene.case.recaller == (BOSS.id, BOSS.login), "whoever began it answers for every leg"
    scene.roles[BOSS.id] = Role.READ
    assert of(Answer, scene.claims("admit"))[0].body["code"] == "no_role"
    scene.roles[BOSS.id] = Role.MAINTAIN
    whole_run(scene, *erp_back(scene), outcome="rolled_back")
    assert scene.case.phase is Phase.ROLLED_BACK
    assert scene.case.legs_done == frozenset()


def test_a_leg_that_cannot_be_taken_back_keeps_the_one_before_it() -> None:
    scene = completed()
    scene.says(BOSS, "/rollback")
    effects = whole_run(scene, outcome="failed", residue=("the site",))
    assert scene.case.phase is Phase.FAILED
    assert not of(Dispatch, effects)


def test_what_a_copy_could_not_restore_is_asked_about_the_next_time() -> None:
    scene = completed()
    scene.says(BOSS, "/rollback")
    whole_run(scene, *website_back(), outcome="rolled_back")
    why = "install_module on odoo: 3 contacts were written since the copy was made"
    effects = whole_run(scene, *erp_back(scene, ok=False), outcome="failed", residue=(why,))
    assert scene.case.phase is Phase.FAILED
    assert scene.case.residue == (why,)
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert "/rollback" in message.next
    assert message.stands == ("erp-modules",)
    effects = scene.says(BOSS, "/rollback")
    assert starts(effects) == [("erp", "rollback")], "one is enough here, and has decided by asking"
    assert "gate.opened" in scene.types()
    assert of(Grant, scene.claims("admit"))[0].spec.by_decision
    whole_run_after_claim(scene)
    assert scene.case.phase is Phase.ROLLED_BACK


def whole_run_after_claim(scene: Scene) -> None:
    from executors.protocol.journal import Intent, LegFinished, LegStarted, Result

    scene.claims("execute", environment="erp")
    copy = erp_back(scene)[0].operation | {"op": "drop_copy"}
    scene.journals(
        LegStarted(verb="rollback"),
        Intent(step="erp-modules", key="undo/m/2", operation=copy, undoes=("m", "c")),
        Result(step="erp-modules", key="undo/m/2", ok=True),
        LegFinished(outcome="rolled_back"),
    )
    scene.done("rolled_back")
    scene.ends("success")


def test_what_takes_a_decision_waits_for_as_many_as_the_plan_did() -> None:
    scene = completed(BARE + TWO)
    effects = scene.says(BOSS, "/rollback")
    assert gate(scene) == ["website", "erp"]
    assert not of(Dispatch, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, GateOpen)
    assert (message.have, message.need) == (1, 2)
    assert refusal(scene.says(BOSS, "/rollback")) == "already_approved"
    assert refusal(scene.says(BOSS, f"/approve rollback {scene.token}")) == "already_approved"
    assert refusal(scene.says(OUTSIDER, "/rollback")) == "no_role"
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "wrong_phase"
    assert refusal(scene.says(LEAD, "/approve rollback v1-000000000000")) == "approval_stale"
    effects = scene.says(LEAD, f"/approve rollback {scene.token}")
    assert starts(effects) == [("website", "rollback")]
    assert scene.types().count("gate.passed") == 2
    whole_run(scene, *website_back(), outcome="rolled_back")
    spec = of(Grant, scene.claims("admit"))[0].spec
    assert (spec.leg, spec.by_decision) == ("erp", True)
    assert set(spec.approved_by) == {BOSS.login, LEAD.login}


def test_t03_the_rights_of_everybody_who_decided_are_read_again_at_the_claim() -> None:
    scene = completed(BARE + TWO)
    scene.says(BOSS, "/rollback")
    scene.says(LEAD, f"/approve rollback {scene.token}")
    scene.roles[BOSS.id] = Role.READ
    assert of(Answer, scene.claims("admit"))[0].body["code"] == "approvals_void"
    scene.roles[BOSS.id] = Role.MAINTAIN
    assert of(Grant, scene.claims("admit"))


def test_an_approval_and_a_failure_are_shown_at_once_and_only_progress_lingers() -> None:
    scene = Scene()
    assert [one.lingers for one in of(Say, scene.opens())] == [False, True], "the plan, then that it is previewed"
    scene.previews()
    [shown] = [one for one in of(Say, scene.says(BOSS, f"/approve {scene.token}")) if one.to == "sticky"]
    assert isinstance(shown.message, Progress)
    assert not shown.lingers, "the comment that asks for the approval stands no longer than it must"
    scene = halfway()
    failed = [one for one in of(Say, whole_run(scene, outcome="failed")) if one.to == "sticky"]
    assert scene.case.phase is Phase.ROLLING_BACK
    assert [one.lingers for one in failed[-1:]] == [False]
    scene = Scene().to_approved()
    assert all(one.lingers for one in of(Say, scene.claims("admit")) if one.to == "sticky")
