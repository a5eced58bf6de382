"""Words that are taken back, grow old or are contradicted while what they allow waits for its turn (T11, T14)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.decide.allowed import moment
from bot.domain.codeowners import Codeowners
from bot.domain.effects import Answer, Grant, Record
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.lock import lock_of
from bot.domain.people import Role
from tests.bot.decide import two_legs
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, ROLES, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import BARE, BODY, COPIED, ONE, TWO
from tests.bot.domain.acme import POLICY

RELEASE = "  - {name: release, before: www}\n"
GATED = f"{POLICY}gates:\n{RELEASE}"
LATER = "gates:\n  - {name: golive, before: www, expiry_hours: 1}\n"


def behind_the_gate() -> Scene:
    """Approved by bert, the gate passed by cleo; the leg waits, for cleo keeps the environment."""
    scene = Scene(policy_text=GATED)
    scene.opens()
    scene.previews()
    scene.says(LEAD, "/lock for 10d an audit")
    scene.says(BOSS, f"/approve {scene.token}")
    scene.says(LEAD, f"/approve release {scene.token}")
    assert scene.case.queued is not None
    return scene


def at_the_later_gate(policy: str = COPIED) -> Scene:
    """The first leg is done; people decide before the second."""
    return two_legs.halfway(policy + ONE + LATER)


def behind_the_later_gate() -> Scene:
    scene = at_the_later_gate()
    scene.says(LEAD, "/lock www for 10d an audit")
    scene.says(LEAD, f"/approve golive {scene.token}")
    assert scene.case.queued is not None
    return scene


def gate(scene: Scene) -> str:
    return scene.case.gate.name if scene.case.gate is not None else ""


def executions(scene: Scene) -> list[str]:
    return [one.leg for one in scene.dispatches if one.verb == "execute"]


def test_two_gates_before_one_leg_are_decided_at_one_after_the_other() -> None:
    scene = Scene(policy_text=f"{GATED}  - {{name: press, before: www}}\n").to_approved()
    assert gate(scene) == "release"
    scene.says(BOSS, f"/approve release {scene.token}")
    assert (gate(scene), executions(scene)) == ("press", [])
    scene.says(BOSS, f"/approve press {scene.token}")
    assert executions(scene) == ["website"]
    assert of(Grant, scene.claims("admit"))


@pytest.mark.parametrize("how", ["withdrawn", "deleted"])
def test_a_word_at_a_gate_counts_no_more_while_its_leg_waits(how: str) -> None:
    for scene in (behind_the_gate(), behind_the_later_gate()):
        name, before = next(iter(scene.case.gates_passed)), executions(scene)
        if how == "withdrawn":
            scene.says(LEAD, "/withdraw")
        else:
            scene.changes(scene.comment_ids, "deleted", LEAD)
        assert (gate(scene), scene.case.queued) == (name, None)
        assert not lock_of(scene.post.ledgers["env:102:www"]).waiting, "its place is given back"
        scene.says(LEAD, "/unlock www")
        assert executions(scene) == before
        scene.says(LEAD, f"/approve {name} {scene.token}")
        assert executions(scene) == [*before, "website"]
        assert of(Grant, scene.claims("admit"))


def test_a_word_at_a_later_gate_grows_too_old_while_its_leg_waits() -> None:
    scene = behind_the_later_gate()
    scene.now += timedelta(hours=2)
    scene.says(LEAD, "/unlock www")
    assert (gate(scene), executions(scene)) == ("golive", ["erp"])


def test_words_at_a_gate_must_be_young_when_what_they_allow_is_begun() -> None:
    scene = at_the_later_gate()
    scene.now += timedelta(hours=20)
    scene.says(LEAD, f"/approve golive {scene.token}")
    erp, website = [one for one in scene.case.every_run if one.verb == "execute"]
    began = [moment(scene.case, website, name) for name in ("plan", "golive")]
    assert began == [datetime.fromisoformat(one.at) for one in (erp, website)]


def test_an_edit_while_the_leg_waits_behind_its_gate_makes_a_new_plan() -> None:
    scene = behind_the_gate()
    scene.edits(briefing(**{"Acme Consulting": "Acme Advice"}))
    assert (scene.case.version, scene.case.approvals, executions(scene)) == (2, (), [])


def test_an_approval_is_withdrawn_as_long_as_nothing_was_carried_out() -> None:
    scene = Scene().to_approved()
    run = scene.case.run
    assert run is not None
    scene.due("run-look", timedelta(minutes=20), nonce=run.nonce)
    assert (scene.case.phase, scene.case.is_fresh) == (Phase.FAILED, True)
    assert not refusal(scene.says(BOSS, "/withdraw"))
    assert refusal(scene.says(AUTHOR, "/retry")) == "approvals_missing"


def test_what_was_carried_out_in_part_keeps_its_approval() -> None:
    scene = Scene().to_approved()
    scene.executes("failed")
    assert refusal(scene.says(BOSS, "/withdraw")) == "already_begun"


@pytest.mark.parametrize("locked", [True, False])
def test_an_objection_shuts_the_gate_that_was_passed_as_long_as_nothing_has_begun(locked: bool) -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    if locked:
        scene.says(LEAD, "/lock for 2h an audit")
    scene.says(BOSS, f"/approve {scene.token}")
    scene.reviews(LEAD, "changes_requested")
    assert (scene.case.phase, scene.case.queued) == (Phase.VALIDATED, None)
    before = len(executions(scene))
    scene.says(LEAD, "/unlock")
    assert len(executions(scene)) == before
    scene.reviews(LEAD, "dismissed", action="dismissed")
    assert len(executions(scene)) == before + 1


def test_what_is_asked_for_anew_waits_for_a_lock_of_its_own() -> None:
    scene = Scene(policy_text=f"{POLICY}approval:\n  LOW: {{count: 2}}\n  MEDIUM: {{count: 2}}\n")
    scene.opens()
    scene.previews()
    scene.says(LEAD, "/lock for 10d an audit")
    scene.says(BOSS, f"/approve {scene.token}")
    scene.now += timedelta(hours=50)
    scene.says(LEAD, "/override plan the fair opens")
    scene.now += timedelta(hours=23)  # bert's approval is too old, the override is not
    scene.says(LEAD, "/unlock")
    assert not of(Answer, scene.claims("admit"))


def test_whoever_approves_as_a_code_owner_may_try_again_and_take_back() -> None:
    owners = Codeowners("* @bert\n", "acme")
    owners.prepare()
    text, roles = f"{COPIED}{ONE}approvers: {{codeowners: true}}\n", {**ROLES, BOSS.id: Role.WRITE}
    scene = Scene(body=BODY, policy_text=text, roles=roles, owners=owners)
    scene.opens()
    two_legs.preview(scene)
    two_legs.preview(scene)
    scene.says(BOSS, f"/approve {scene.token}")
    two_legs.whole_run(scene, *two_legs.erp_done(scene))
    run = scene.case.run
    assert run is not None
    scene.due("run-look", timedelta(minutes=20), nonce=run.nonce)
    assert not refusal(scene.says(BOSS, "/retry"))
    two_legs.whole_run(scene, *two_legs.website_done())
    assert not refusal(scene.says(BOSS, "/rollback"))
    assert scene.case.phase is Phase.ROLLING_BACK


@pytest.mark.parametrize("policy", [COPIED, BARE])
def test_at_a_gate_of_the_policys_own_what_was_done_can_be_taken_back(policy: str) -> None:
    scene = at_the_later_gate(policy)
    scene.says(LEAD, "/rollback")
    assert scene.case.phase is Phase.ROLLING_BACK
    assert [one.verb for one in scene.dispatches[-1:]] == ["rollback"]
    assert of(Grant, scene.claims("admit"))


def test_what_waits_behind_a_gate_is_refused_there_and_what_stands_can_be_taken_back() -> None:
    scene = behind_the_later_gate()
    scene.says(BOSS, "/reject the auditors say no")
    assert (scene.case.phase, scene.case.queued) == (Phase.FAILED, None)
    scene.says(BOSS, "/retry")
    assert (gate(scene), executions(scene)) == ("golive", ["erp"]), "people decide there again"
    scene.says(BOSS, "/rollback")
    assert scene.case.phase is Phase.ROLLING_BACK


def test_t14_who_asks_for_changes_does_so_until_they_approve_whatever_the_plan_becomes() -> None:
    scene = Scene()
    scene.opens()
    scene.reviews(LEAD, "changes_requested")
    scene.previews()
    scene.says(BOSS, f"/approve {scene.token}")
    scene.edits(briefing(**{"Acme Consulting": "Acme Advice"}))
    scene.previews()
    scene.says(BOSS, f"/approve {scene.token}")
    assert (scene.case.version, executions(scene)) == (2, [])
    scene.says(LEAD, f"/approve {scene.token}")
    assert executions(scene) == ["website"]


def test_what_a_preview_sees_anew_is_decided_on_at_every_gate_again() -> None:
    scene = behind_the_gate()
    scene.says(BOSS, "/withdraw")
    assert scene.case.gates_passed == {"release": "website"}, "her word at it stands"
    scene.store([Record(Entry("preview.started", {"leg": "website", "nonce": "0" * 32}))])
    seen = {"leg": "website", "version": 1, "digest": "0" * 64}
    scene.store([Record(Entry("preview.finished", seen))])
    assert (scene.case.approvals, scene.case.gates_passed) == ((), {})


def test_an_end_leaves_no_objection_behind() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    scene.reviews(LEAD, "changes_requested")
    scene.says(BOSS, "/reject as she says")
    scene.says(BOSS, "/plan")
    assert scene.case.objections == ()


def test_a_decision_to_take_back_goes_before_what_waits_to_be_tried_again() -> None:
    scene = two_legs.halfway(BARE + TWO)
    two_legs.whole_run(scene, outcome="failed")
    scene.says(LEAD, "/lock www for 2h an audit")
    scene.says(BOSS, "/retry")
    for who in (BOSS, LEAD):
        scene.says(who, f"/approve rollback {scene.token}")
    scene.says(LEAD, "/unlock www")
    assert scene.case.phase is Phase.ROLLING_BACK
    assert executions(scene) == ["erp", "website"]
