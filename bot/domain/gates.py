"""Which gates a plan meets, in order, and what each asks: who, how many, may the author, how long a yes lasts.

| gate | where | asks |
|---|---|---|
| `plan` | before anything | as many as the risk takes; a rule named `plan` adds to it |
| the policy's own | before the first leg in an environment, or before the end | what the rule says |
| the environment's name | before a leg that has no gate, for CRITICAL plans | one approval |
| `rollback` | where what is to be taken back cannot simply be taken back | as `plan` |

In mode `final` the gates before other legs than the last one stay open, unless they say `always`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.disputes import END
from bot.domain.leg import place_of
from bot.domain.policy import Policy
from bot.domain.rules import Approvers, GateRule, Product, Quorum
from executors.protocol.plan import Leg, Plan

PLAN, ROLLBACK = "plan", "rollback"
"""The gates that every case has."""


@dataclass(frozen=True)
class Ask:
    """What a gate asks. `before` is the leg that waits at it, `end` before the end, "" for plan and rollback."""

    name: str
    approvers: Approvers
    count: int
    author: bool
    """whether those who wrote what is decided on may be among them"""
    hours: int
    """how long an approval counts"""
    before: str = ""


def ask(case: Case, policy: Policy, name: str) -> Ask | None:
    """What the gate of that name asks for the case's present plan; None where the plan meets no such gate."""
    if name in (PLAN, ROLLBACK):
        return _built_in(case, policy, name)
    return next((one for one in asks(case, policy) if one.name == name), None)


def asks(case: Case, policy: Policy) -> tuple[Ask, ...]:
    """Every gate on the way from plan to end, in order; nothing without a plan."""
    plan, product = case.plan, policy.product_of(case.repo.name)
    if plan is None:
        return ()
    found = [_built_in(case, policy, PLAN)]
    if product is not None:
        for leg in plan.legs:
            place = place_of(case, policy, leg)
            rules = _rules_before(plan, leg, place, policy, product)
            known = {one.name for one in found}
            found += [_own(rule, policy, product, leg.id) for rule in rules if rule.name not in known]
        found += [_own(rule, policy, product, END) for rule in _at(END, plan, policy, product)]
    return tuple(found)


def due(case: Case, policy: Policy, leg: Leg | None) -> Ask | None:
    """The first gate that is still shut before that leg, or before the end where it is None."""
    before = leg.id if leg is not None else END
    waiting = (one for one in asks(case, policy) if one.before == before)
    return next((one for one in waiting if one.name not in case.gates_passed), None)


def passed_before(case: Case, policy: Policy, leg_id: str) -> tuple[str, ...]:
    """The names of the gates at which people must have decided before that leg is carried out: plan first."""
    ids = [leg.id for leg in case.plan.legs] if case.plan else []
    sooner = {"", *ids[: ids.index(leg_id) + 1]} if leg_id in ids else {""}
    return tuple(one.name for one in asks(case, policy) if one.before in sooner)


def _rules_before(plan: Plan, leg: Leg, place: str, policy: Policy, product: Product) -> tuple[GateRule, ...]:
    rules = _at(place, plan, policy, product) if place else ()
    if not rules and place and plan.risk.level == "CRITICAL":
        return (GateRule(name=place, before=place),)
    if plan.mode != "final" or leg == plan.legs[-1]:
        return rules
    return tuple(rule for rule in rules if rule.always)


def _at(place: str, plan: Plan, policy: Policy, product: Product) -> tuple[GateRule, ...]:
    return tuple(rule for rule in policy.gates_for(product, plan.risk.level) if rule.before == place)


def _own(rule: GateRule, policy: Policy, product: Product, before: str) -> Ask:
    approvers = rule.approvers or policy.approvers_of(product)
    hours = rule.expiry_hours or policy.approval.expiry_hours
    if policy.solo:
        return Ask(rule.name, approvers, 1, author=True, hours=hours, before=before)
    return Ask(rule.name, approvers, rule.count, rule.author, hours, before)


def _built_in(case: Case, policy: Policy, name: str) -> Ask:
    """The gate of that name by the plan's risk; a rule of that name makes it stricter and never laxer."""
    product = policy.product_of(case.repo.name)
    quorum = quorum_of(case, policy)
    approvers = policy.approvers_of(product) if product else policy.approvers
    hours = policy.approval.expiry_hours
    level = case.plan.risk.level if case.plan else "CRITICAL"
    rules = policy.gates_for(product, level) if product else ()
    rule = next((one for one in rules if one.name == name), None)
    if rule is None:
        return Ask(name, approvers, quorum.count, quorum.author, hours)
    count = quorum.count if policy.solo else max(quorum.count, rule.count)
    return Ask(name, rule.approvers or approvers, count, quorum.author, min(hours, rule.expiry_hours or hours))


def quorum_of(case: Case, policy: Policy) -> Quorum:
    """How many, and whether the author may be among them, at this plan's risk."""
    return policy.quorum(case.plan.risk.level if case.plan else "CRITICAL")
