"""Which gates a plan meets and what each asks, by risk, mode and policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.approval import Approval
from bot.domain.case import Case, Objection, Override
from bot.domain.facts import WordsNow
from bot.domain.gate import Now, count, fallen, judge
from bot.domain.gates import ask, asks, due, passed_before
from bot.domain.people import Role
from bot.domain.policy import Policy, parse
from bot.domain.rights import Standing
from executors.protocol.plan import Leg, RiskLevel
from tests.bot.domain.acme import ERP, POLICY
from tests.samples import CASE, PLAN

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TWO_PLACES = POLICY.replace("environment: www\n", "environment: www\n    erp: erp\n").replace(
    "prices:", f"{ERP}prices:"
)
OWN = """\
gates:
  - {name: books, before: erp, approvers: {users: [7]}}
  - {name: press, before: www, count: 2, risk: HIGH}
  - {name: uat, before: end, author: true, expiry_hours: 5}
  - {name: legal, before: erp, always: true}
"""


def policy(text: str) -> Policy:
    read = parse(text)
    assert isinstance(read, Policy), read
    return read


def case(level: RiskLevel = "MEDIUM", mode: Any = "checkpoints", **changes: Any) -> Case:
    legs = (Leg(id="erp", steps=(), environment="erp"), Leg(id="website", steps=("website", "deploy")))
    plan = PLAN.model_copy(
        update={"legs": legs, "mode": mode, "risk": PLAN.risk.model_copy(update={"level": level})}
    )
    repo = replace(CASE.repo, name="acme/website")
    return replace(CASE, repo=repo, plan=plan, digest=plan.digest, version=plan.version, **changes)


def named(case: Case, policy: Policy) -> list[tuple[str, str]]:
    return [(one.name, one.before) for one in asks(case, policy)]


def test_gates_stand_in_the_order_of_the_legs() -> None:
    house = policy(TWO_PLACES + OWN)
    assert named(case("HIGH"), house) == [
        ("plan", ""), ("books", "erp"), ("legal", "erp"), ("press", "website"), ("uat", "end"),
    ]  # fmt: skip
    assert named(case("LOW"), house) == [("plan", ""), ("books", "erp"), ("legal", "erp"), ("uat", "end")]


def test_in_mode_final_only_what_stands_before_the_last_leg_and_the_end_is_asked() -> None:
    house = policy(TWO_PLACES + OWN)
    assert named(case("HIGH", "final"), house) == [
        ("plan", ""), ("legal", "erp"), ("press", "website"), ("uat", "end"),
    ]  # fmt: skip


def test_in_mode_final_a_critical_plan_is_decided_on_before_every_place() -> None:
    house = policy(TWO_PLACES + OWN)
    before = [name for name, _ in named(case("CRITICAL", "final"), house)]
    assert before == ["plan", "books", "legal", "press", "uat"]


def test_a_critical_plan_has_a_gate_before_every_place_without_one() -> None:
    assert named(case("CRITICAL"), policy(TWO_PLACES)) == [("plan", ""), ("erp", "erp"), ("www", "website")]
    at = ask(case("CRITICAL"), policy(TWO_PLACES), "www")
    assert at is not None
    assert (at.count, at.author) == (1, False)
    plan = ask(case("CRITICAL"), policy(TWO_PLACES), "plan")
    assert plan is not None
    assert plan.count == 2


@pytest.mark.parametrize(
    ("level", "count", "author"), [("LOW", 1, True), ("MEDIUM", 1, False), ("HIGH", 2, False)]
)
def test_the_plans_gate_asks_by_risk(level: RiskLevel, count: int, author: bool) -> None:
    at = ask(case(level), policy(TWO_PLACES), "plan")
    assert at is not None
    assert (at.count, at.author, at.hours) == (count, author, 72)


def test_a_rule_named_plan_makes_it_stricter_and_never_laxer() -> None:
    strict = policy(TWO_PLACES + "gates:\n  - {name: plan, count: 2, expiry_hours: 3, risk: MEDIUM}\n")
    asked = [ask(case(level), strict, "plan") for level in ("LOW", "MEDIUM", "HIGH")]
    assert [(one.count, one.hours) for one in asked if one] == [(1, 72), (2, 3), (2, 3)]
    lax = policy(TWO_PLACES + "gates:\n  - {name: plan, count: 1, expiry_hours: 700}\n")
    at = ask(case("HIGH"), lax, "plan")
    assert at is not None
    assert (at.count, at.author, at.hours) == (2, False, 72)


def test_solo_is_one_person_at_every_gate() -> None:
    alone = policy(TWO_PLACES + "solo: true\n" + OWN)
    assert {(one.count, one.author) for one in asks(case("HIGH"), alone)} == {(1, True)}


def test_a_gate_is_due_until_it_was_passed_and_a_leg_needs_all_before_it() -> None:
    house = policy(TWO_PLACES + OWN)
    before = case("HIGH")
    assert before.plan is not None
    erp, website = before.plan.legs
    assert (found := due(before, house, erp)) is not None
    assert found.name == "books"
    later = replace(before, gates_passed={"books": "erp", "legal": "erp"})
    assert due(later, house, erp) is None
    assert (found := due(later, house, website)) is not None
    assert found.name == "press"
    assert passed_before(before, house, "erp") == ("plan", "books", "legal")
    assert passed_before(before, house, "website") == ("plan", "books", "legal", "press")
    assert ask(before, house, "nonsense") is None


@pytest.mark.parametrize(
    ("gate", "field"),
    [
        ("{name: plan, before: www}", "gates.0.before"),
        ("{name: x}", "gates.0.name"),
        ("{name: x, before: nowhere}", "gates.0.before"),
        ("{name: erp, before: www}", "gates.0.name"),
        ("{name: budget, before: www}", "gates.0.name"),
        ("{name: x, before: www, approvers: {}}", "gates.0.approvers"),
        ("{name: x, before: www, count: 7}", "gates.0.count"),
        ("{name: x, before: www, risk: SEVERE}", "gates.0.risk"),
    ],
)
def test_a_gate_that_stands_nowhere_or_lets_nobody_decide_is_refused_by_line(gate: str, field: str) -> None:
    read = parse(f"{TWO_PLACES}gates:\n  - {gate}\n")
    assert isinstance(read, tuple)
    assert [(fault.path, fault.line) for fault in read] == [(field, len(TWO_PLACES.splitlines()) + 2)]


# --- the verdict -----------------------------------------------------------------------------------------------

RIGHTS = {
    2: Standing(2, "bert", Role.MAINTAIN),
    3: Standing(3, "cleo", Role.ADMIN),
    7: Standing(7, "gus", Role.ADMIN),
}


def yes(user: int, of: Case, source: str = "", gate: str = "plan", hours: float = 0) -> Approval:
    at = (AT - timedelta(hours=hours)).isoformat()
    words = source or f"comment:{user}"
    return Approval(user, f"u{user}", Role.MAINTAIN, "role:maintain", of.version, of.digest, gate, words, "e", at)


def verdict(of: Case, text: str = TWO_PLACES, words: dict[str, WordsNow] | None = None) -> tuple[bool, str]:
    found = judge(of, "plan", policy(text), Now(AT, RIGHTS, words))
    return found.allowed, found.code


def test_words_that_do_not_stand_as_they_were_said_are_no_approval() -> None:
    given = case()
    given = replace(given, approvals=(yes(2, given),))
    said = WordsNow(2, "e")
    assert verdict(given, words={"comment:2": said}) == (True, "enough")
    for now in (replace(said, sha256="f"), replace(said, hidden=True), replace(said, author=3)):
        assert verdict(given, words={"comment:2": now}) == (False, "approvals_missing")
    assert verdict(given, words={}) == (False, "approvals_missing")


def test_a_review_counts_as_long_as_it_approves_that_commit() -> None:
    given = case()
    given = replace(given, approvals=(yes(2, given, "review:9"),))
    said = WordsNow(2, "", state="approved", commit="e")
    assert verdict(given, words={"review:9": said})[0]
    for now in (replace(said, state="dismissed"), replace(said, commit="f"), replace(said, author=3)):
        assert not verdict(given, words={"review:9": now})[0]


def test_an_objection_shuts_the_gate_while_its_giver_may_decide() -> None:
    given = case()
    given = replace(given, approvals=(yes(2, given),), objections=(Objection(3, "cleo", "plan", "review:1"),))
    assert verdict(given) == (False, "objected")
    weak = judge(given, "plan", policy(TWO_PLACES), Now(AT, {2: RIGHTS[2], 3: Standing(3, "cleo", Role.READ)}))
    assert weak.allowed


def override(user: int, of: Case, digest: str = "") -> Override:
    return Override(user, f"u{user}", "plan", digest or of.digest, "urgent", AT.isoformat(), f"comment:{user}")


@pytest.mark.parametrize(
    ("level", "users", "passes"),
    [("MEDIUM", (3,), True), ("HIGH", (3,), False), ("HIGH", (3, 7), True), ("MEDIUM", (2,), False)],
)
def test_an_override_takes_an_admin_and_from_high_up_two(
    level: RiskLevel,
    users: tuple[int, ...],
    passes: bool,
) -> None:
    of = case(level)
    of = replace(of, overrides=tuple(override(user, of) for user in users))
    words = {f"comment:{user}": WordsNow(user, "") for user in users}
    assert judge(of, "plan", policy(TWO_PLACES), Now(AT, RIGHTS, None)).allowed is passes, words


def test_an_author_who_is_admin_does_not_override_alone() -> None:
    of = case("MEDIUM")
    of = replace(of, editors=frozenset({3}), overrides=(override(3, of),))
    assert verdict(of) == (False, "approvals_missing")
    of = replace(of, overrides=(override(3, of), override(7, of)))
    assert verdict(of) == (True, "overridden")


def test_an_override_of_another_plan_is_none() -> None:
    of = case("MEDIUM")
    assert verdict(replace(of, overrides=(override(3, of, "0" * 64),))) == (False, "approvals_missing")


def test_an_expired_approval_counts_at_no_gate() -> None:
    of = case()
    assert verdict(replace(of, approvals=(yes(2, of, hours=71.9),)))[0]
    assert not verdict(replace(of, approvals=(yes(2, of, hours=72),)))[0]


def test_the_tree_of_reasons_is_plain_data() -> None:
    of = case()
    found = judge(replace(of, approvals=(yes(2, of),)), "plan", policy(TWO_PLACES), Now(AT, RIGHTS)).to_data()
    assert found["code"] == "enough"
    assert [child["code"] for child in found["children"]] == ["counts"]


def test_at_a_gate_that_the_policy_has_lost_nothing_counts() -> None:
    of = case()
    of = replace(of, approvals=(yes(2, of, gate="legal"),))
    assert count(of, "legal", policy(TWO_PLACES), Now(AT)) == 0
    assert fallen(of, "legal", policy(TWO_PLACES), Now(AT)) == (), "the plan itself is stale: see drift"
