"""Overriding is for admins, two where it matters, for one gate and one plan, and everybody sees it (T15)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.effects import Answer, Check, Dispatch, Effect, Grant, Say
from bot.domain.gate import Now, judge
from bot.domain.lifecycle import Phase
from bot.domain.messages import CheckReport, PlanReady, Progress
from bot.domain.people import Actor, Role
from bot.domain.replies import OverrideNoted
from bot.perform.pack import decision_of
from bot.say import check, comment, marker
from tests.bot.decide.people import AUTHOR, BOSS, BOT, LEAD, briefing, of, policy_of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import COPIED, ONE, approved, opened, preview
from tests.bot.domain.acme import POLICY

ADMIN, SECOND = LEAD, Actor(6, "fritz")
MEDIUM = POLICY + "approval:\n  LOW: {count: 2}\n  MEDIUM: {count: 2}\n"
GATED = POLICY + "gates:\n  - {name: release, before: www, count: 2}\n  - {name: handover, before: end}\n"
OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
SAID = "/override plan the fair opens tomorrow"


def waiting(policy: str = MEDIUM, level: str = "MEDIUM") -> Scene:
    scene = Scene(policy_text=policy)
    scene.roles[SECOND.id] = Role.ADMIN
    scene.opens()
    scene.previews()
    assert scene.case.plan is not None
    assert scene.case.plan.risk.level == level
    return scene


def noted(effects: list[Effect]) -> OverrideNoted:
    return next(one.message for one in of(Say, effects) if isinstance(one.message, OverrideNoted))


def code(effects: list[Effect]) -> str:
    return str(of(Answer, effects)[0].body["code"])


def test_one_admin_passes_the_gate_of_a_medium_plan_and_everybody_sees_it() -> None:
    scene = waiting()
    effects = scene.says(ADMIN, SAID)
    assert noted(effects).is_enough
    assert of(Dispatch, effects)
    assert scene.case.phase is Phase.EXECUTING
    entry = next(line.entry for line in scene.lines if line.entry.type == "override.used")
    assert (entry.actor, entry.reason, entry.data["gate"]) == (ADMIN, "the fair opens tomorrow", "plan")
    assert of(Grant, scene.claims("admit"))
    assert of(Grant, scene.claims("execute"))
    shown = [one.message for one in of(Say, effects) if isinstance(one.message, Progress)][-1]
    assert "**Override** of the gate `plan` by `cleo`" in comment(shown, marker(scene.key, "sticky"))
    report = [one.report for one in of(Check, effects) if one.report.name == "run"][-1]
    assert isinstance(report, CheckReport)
    assert "**Override** of the gate `plan` by `cleo`" in check(report).summary


def test_the_evidence_names_it_as_what_it_is() -> None:
    scene = waiting()
    scene.says(ADMIN, SAID)
    line = next(line for line in scene.lines if line.entry.type == "override.used")
    said = decision_of(line)
    assert (said.verdict, said.login, said.role, said.gate) == ("overridden", "cleo", "admin", "plan")
    assert said.reason == "the fair opens tomorrow"
    assert said.digest == scene.case.digest


@pytest.mark.parametrize("role", [Role.NONE, Role.READ, Role.WRITE, Role.MAINTAIN])
def test_nobody_below_admin_overrides_anything(role: Role) -> None:
    scene = waiting()
    scene.roles[BOSS.id] = role
    assert refusal(scene.says(BOSS, SAID)) == "no_role"
    assert not scene.case.overrides


@pytest.mark.parametrize(
    "actor", [Actor(ADMIN.id, "cleo", "Bot"), Actor(ADMIN.id, "cleo", "User", via_app=True), BOT]
)
def test_no_bot_and_no_app_overrides(actor: Actor) -> None:
    scene = waiting()
    scene.roles[actor.id] = Role.ADMIN
    assert not of(Dispatch, scene.says(actor, SAID))
    assert "override.used" not in scene.types()


def test_the_author_is_an_admin_and_does_not_override_alone() -> None:
    scene = waiting()
    scene.roles[AUTHOR.id] = Role.ADMIN
    effects = scene.says(AUTHOR, SAID)
    assert not noted(effects).is_enough
    assert "second admin" in noted(effects).missing
    assert not of(Dispatch, effects)
    assert refusal(scene.says(AUTHOR, SAID)) == "already_overridden"
    assert of(Dispatch, scene.says(SECOND, SAID))


def test_who_edited_the_briefing_does_not_override_alone_either() -> None:
    scene = waiting()
    scene.edits(OTHER, ADMIN)
    scene.previews()
    assert not of(Dispatch, scene.says(ADMIN, SAID))
    assert of(Dispatch, scene.says(SECOND, SAID))


def high() -> Scene:
    scene = opened(COPIED)
    scene.roles[SECOND.id] = Role.ADMIN
    preview(scene)
    preview(scene)
    assert scene.case.plan is not None
    assert scene.case.plan.risk.level == "HIGH"
    return scene


def test_from_high_risk_up_it_takes_two_and_one_admin_counts_once() -> None:
    scene = high()
    effects = scene.says(ADMIN, SAID)
    assert not noted(effects).is_enough
    assert refusal(scene.says(ADMIN, SAID)) == "already_overridden"
    assert scene.case.phase is Phase.VALIDATED
    shown = [one.message for one in of(Say, effects) if isinstance(one.message, PlanReady)][-1]
    assert "**Override**" in comment(shown, marker(scene.key, "sticky")), "the second one sees the first"
    assert of(Dispatch, scene.says(SECOND, "/override plan I agree"))


def test_an_override_of_an_older_plan_is_void() -> None:
    scene = high()
    scene.says(ADMIN, SAID)
    scene.edits(scene.body.replace("Acme Consulting", "Acme Advice"))
    preview(scene)
    preview(scene)
    assert not scene.case.overrides
    assert not of(Dispatch, scene.says(SECOND, SAID)), "the first one's word was of another plan"


def test_an_override_of_another_digest_never_counts_wherever_it_comes_from() -> None:
    scene = waiting()
    scene.says(ADMIN, SAID)
    case, policy = scene.case, policy_of(MEDIUM)
    assert judge(case, "plan", policy, Now(scene.now)).allowed
    stale = replace(case, overrides=tuple(replace(one, digest="0" * 64) for one in case.overrides))
    assert not judge(stale, "plan", policy, Now(scene.now)).allowed


def test_a_token_that_is_named_must_be_the_plans() -> None:
    scene = waiting()
    assert refusal(scene.says(ADMIN, "/override plan v9-1a2b3c4d5e6f it is urgent")) == "approval_stale"
    assert of(Dispatch, scene.says(ADMIN, f"/override plan {scene.token} it is urgent"))


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_words_that_change_before_they_are_used_count_no_more(action: str) -> None:
    scene = high()
    scene.says(ADMIN, SAID, comment_id=700)
    scene.changes(700, action, BOSS)
    assert not scene.case.overrides
    assert not of(Dispatch, scene.says(SECOND, SAID))


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_words_that_changed_unheard_are_found_when_the_job_claims(action: str) -> None:
    scene = waiting()
    scene.says(ADMIN, SAID, comment_id=700)
    if action == "deleted":
        scene.words.pop("comment:700")
    else:
        scene.words["comment:700"] = type(scene.words["comment:700"])(ADMIN.id, "0" * 64)
    assert code(scene.claims("admit")) == "approvals_void"
    assert not scene.case.overrides
    assert scene.case.phase is Phase.VALIDATED


def test_an_admin_who_is_none_any_more_is_found_when_the_job_claims() -> None:
    scene = waiting()
    scene.says(ADMIN, SAID)
    scene.roles[ADMIN.id] = Role.MAINTAIN
    assert code(scene.claims("admit")) == "approvals_void"
    assert scene.case.phase is Phase.VALIDATED


def test_an_override_of_one_gate_passes_no_other() -> None:
    scene = waiting(GATED)
    assert refusal(scene.says(ADMIN, "/override release it is urgent")) == "gate_closed"
    scene.says(ADMIN, SAID)
    assert scene.case.phase is Phase.WAITING
    assert scene.case.gate is not None
    assert scene.case.gate.name == "release"
    assert refusal(scene.says(SECOND, SAID)) == "gate_closed"
    assert refusal(scene.says(SECOND, "/override handover it is urgent")) == "gate_closed"
    assert of(Dispatch, scene.says(ADMIN, "/override release it is urgent"))
    scene.executes()
    assert scene.case.phase is Phase.WAITING, "the gate before the end is one of its own"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("/override", "arguments"),
        ("/override plan", "reason_missing"),
        ("/override nonsense it is urgent", "gate_unknown"),
        ("/override rollback it is urgent", "not_overridable"),
        ("/override lock it is urgent", "not_overridable"),
        ("/override drift it is urgent", "not_overridable"),
        ("/override preview it is urgent", "not_overridable"),
        ("/override budget it is urgent", "gate_closed"),
    ],
)
def test_what_is_no_gate_that_people_decide_at_is_refused_by_name(words: str, expected: str) -> None:
    scene = waiting()
    assert refusal(scene.says(ADMIN, words)) == expected
    assert not scene.case.overrides


def test_what_keeps_a_plan_from_being_approved_is_not_overridden() -> None:
    scene = Scene(policy_text=MEDIUM)
    scene.opens()
    assert refusal(scene.says(ADMIN, SAID)) == "preview_pending"
    scene.previews()
    scene.blob_now = "b" * 40
    assert refusal(scene.says(ADMIN, SAID)) == "approval_stale"
    scene.says(ADMIN, "/hold")
    assert refusal(scene.says(ADMIN, SAID)) == "held"


def test_a_review_that_asks_for_changes_is_overridden_as_well_and_stands_in_the_tree() -> None:
    scene = waiting()
    scene.reviews(BOSS, "changes_requested")
    assert of(Dispatch, scene.says(ADMIN, SAID))
    passed = next(line.entry for line in scene.lines if line.entry.type == "gate.passed")
    codes = {child["code"] for child in passed.data["verdict"]["children"]}
    assert {"objected", "override"} <= codes


def test_a_budget_that_stops_a_plan_is_overridden_for_this_plan() -> None:
    scene = waiting(POLICY + "budgets: {runs_per_day: 1}\n")
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.case.queued is not None
    assert scene.case.queued.stopped
    effects = scene.says(ADMIN, "/override budget the customer pays for it")
    assert noted(effects).is_enough
    assert [one.verb for one in of(Dispatch, effects)] == ["execute"]


def test_an_override_can_be_taken_back_before_it_is_used() -> None:
    scene = high()
    scene.says(ADMIN, SAID)
    scene.says(ADMIN, "/withdraw")
    assert not scene.case.overrides
    assert not of(Dispatch, scene.says(SECOND, SAID))


def test_a_plan_that_was_approved_as_it_should_be_carries_no_badge() -> None:
    scene = approved(COPIED + ONE)
    assert scene.case.overrides == ()
    assert "override.used" not in scene.types()
