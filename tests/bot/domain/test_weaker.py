"""Which rules a change makes weaker, at which gates people would decide, and which plans it makes stale."""

from __future__ import annotations

import pytest

from bot.domain.gates import asks, asks_at
from bot.domain.policy import LEVELS, Policy, parse
from bot.domain.proposed import OpenPlan, changed_products, stale_plans
from bot.domain.weaker import gate_changes, rule_changes
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY, policy


def weaker(before: str, after: str) -> set[str]:
    """In what respects the second policy asks for less at any gate."""
    return {word for one in gate_changes(policy(before), policy(after)) for word in one.weaker}


GATE = "gates:\n  - {{name: board, before: {before}, count: {count}, approvers: {approvers}}}\n"


def gate(before: str = "www", count: int = 2, approvers: str = "{teams: [board]}") -> str:
    return GATE.format(before=before, count=count, approvers=approvers)


WEAKER = [
    ("", "approval: {HIGH: {count: 1}}\n", {"fewer approvals"}),
    ("", "approval: {MEDIUM: {count: 1, author: true}}\n", {"the author may approve"}),
    ("", "approval: {expiry_hours: 100}\n", {"an approval counts longer"}),
    ("", "approvers: {roles: [write]}\n", {"new: write role or more"}),
    ("approvers: {roles: [admin]}\n", "approvers: {roles: [admin, maintain]}\n", {"new: maintain role or more"}),
    ("approvers: {teams: [a]}\n", "approvers: {teams: [b, a]}\n", {"new: team b"}),
    ("approvers: {users: [7]}\n", "approvers: {users: [7, 8]}\n", {"new: account 8"}),
    ("approvers: {teams: [a]}\n", "approvers: {codeowners: true}\n", {"new: the code owners of the plan's files"}),
    ("", "solo: true\n", {"fewer approvals", "the author may approve"}),
    (gate(), "", {"nobody decides there any more"}),
    (gate(), gate(count=1), {"fewer approvals"}),
    (gate(), gate(before="end"), {"it stands later"}),
    (gate(), gate(approvers="{teams: [ops]}"), {"new: team ops"}),
    (gate(), gate() + "mode: final\n", set()),
    (
        "",
        gate(count=1, approvers="{roles: [admin]}"),
        set(),
    ),  # instead of the gate that CRITICAL plans have anyway
    ("", gate(count=1), {"new: team board"}),
]


@pytest.mark.parametrize(("before", "after", "respects"), WEAKER)
def test_what_asks_for_less_is_named(before: str, after: str, respects: set[str]) -> None:
    assert weaker(before, after) == respects
    assert weaker(before, before) == set()


def test_what_asks_for_more_is_shown_and_is_not_weaker() -> None:
    for before, after, respects in WEAKER:
        if respects and "new" not in str(respects):
            # A gate of one's own takes the place of the one that CRITICAL plans have anyway.
            assert weaker(after, before) <= {"new: team board"}, after
            assert gate_changes(policy(after), policy(before)), after
    assert weaker("approvers: {roles: [write]}\n", "approvers: {roles: [admin]}\n") == set()
    assert weaker("approvers: {teams: [a, b]}\n", "approvers: {teams: [b]}\n") == set()


def test_the_same_change_of_several_levels_is_one_row() -> None:
    [row] = [one for one in gate_changes(policy(), policy(gate())) if one.gate == "board"]
    assert (row.products, row.levels, row.was) == (("ACME",), LEVELS, "")
    assert row.now == "2 approvals by team board, not the author, before www; each counts for 72 hours"


def test_a_product_that_goes_takes_its_gates_along_and_nothing_is_weaker() -> None:
    more = POLICY.replace(
        "products:\n", "products:\n  - {repository: acme/other, key: OTHER, environment: other}\n"
    )
    more = more.replace("  - name: www", "  - {name: other, path: /srv/o, url: 'http://o.example'}\n  - name: www")
    wide = parse(more)
    assert isinstance(wide, Policy)
    assert {word for one in gate_changes(wide, policy()) for word in one.weaker} == set()
    assert [one.name for one in rule_changes(wide, policy())] == ["products"]
    assert {one.was for one in gate_changes(policy(), wide)} == {""}


RULES = [
    ("mode: final\n", "mode: auto\n", True),
    ("", "mode: auto\n", True),
    ("", "mode: final\n", True),
    ("mode: auto\n", "", False),
    ("", "solo: true\n", True),
    ("solo: true\n", "", False),
    ("", "auto_rollback: false\n", False),
    ("budgets: {per_case: 5}\n", "budgets: {per_case: 10}\n", True),
    ("budgets: {per_case: 10}\n", "budgets: {per_case: 9.5}\n", False),
    ("budgets: {per_case: 10}\n", "", True),
    ("", "budgets: {per_month: 10}\n", False),
    ("", "budgets: {runs_per_day: 300}\n", True),
    ("checks: [{name: a, run: [x]}]\n", "", True),
    ("", "checks: [{name: a, run: [x]}]\n", False),
]


@pytest.mark.parametrize(("before", "after", "is_weaker"), RULES)
def test_other_rules_are_compared_too(before: str, after: str, is_weaker: bool) -> None:
    [change] = rule_changes(policy(before), policy(after))
    assert change.weaker is is_weaker


def test_gates_without_a_case_are_those_that_a_case_meets() -> None:
    scene = Scene(policy_text=POLICY + gate() + "approval: {MEDIUM: {count: 3}}\n")
    scene.opens()
    rules, case = policy(gate() + "approval: {MEDIUM: {count: 3}}\n"), scene.case
    assert case.plan is not None
    with_case = [(one.name, one.count, one.author, one.hours) for one in asks(case, rules)]
    level = case.plan.risk.level
    assert [(a.name, a.count, a.author, a.hours) for a in asks_at(rules, rules.products[0], level)] == with_case


def test_plans_are_stale_exactly_when_their_slice_changes() -> None:
    now = policy()
    product = now.products[0]
    plans = [OpenPlan("acme/website", 7, "ACME-7", level, now.slice_digest(product, level)) for level in LEVELS]
    higher = policy("approval: {HIGH: {count: 3}}\n")
    assert [one.level for one in stale_plans(plans, now, higher)] == ["HIGH"]
    assert [one.key for one in changed_products(now, higher)] == ["ACME"]
    assert list(changed_products(now, policy("version: 1\n"))) == []
    old = [OpenPlan("acme/website", 1, "ACME-1", "HIGH", "0" * 64)]
    assert list(stale_plans(old, now, higher)) == [], "it is stale already"
