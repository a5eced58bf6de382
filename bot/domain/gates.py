"""Which gates a plan meets, in order, and what each asks: who, how many, may the author, how long a yes lasts.

| gate | where | asks |
|---|---|---|
| `plan` | before anything | as many as the risk takes; a rule named `plan` adds to it |
| the policy's own | before the first leg in an environment, or before the end | what the rule says |
| the environment's name | before a leg that has no gate, for CRITICAL plans | one approval |
| `rollback` | where what is to be taken back cannot simply be taken back | as `plan` |

In mode `final` the gates before other legs than the last one stay open, unless they say `always` or the plan is
CRITICAL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.disputes import END
from bot.domain.leg import place_of
from bot.domain.policy import Policy
from bot.domain.rules import Approvers, GateRule, Product
from executors.protocol.plan import Leg, RiskLevel

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
        level, mode = (case.plan.risk.level, case.plan.mode) if case.plan else ("CRITICAL", policy.mode)
        return _built_in(Way(policy, policy.product_of(case.repo.name), level, mode), name)
    return next((one for one in asks(case, policy) if one.name == name), None)


def asks(case: Case, policy: Policy) -> tuple[Ask, ...]:
    """Every gate on the way from plan to end, in order; nothing without a plan."""
    plan, product = case.plan, policy.product_of(case.repo.name)
    if plan is None:
        return ()
    stops = [Stop(leg.id, place_of(case, policy, leg), is_last=leg == plan.legs[-1]) for leg in plan.legs]
    return _on_the_way(Way(policy, product, plan.risk.level, plan.mode), stops)


def asks_at(policy: Policy, product: Product, level: RiskLevel) -> tuple[Ask, ...]:
    """Every gate that a plan of that risk meets which changes all the product's places, one after another.

    `before` is the name of a place here. It is what `asks` says of such a plan; no case is needed for it.
    """
    stops = [Stop(place, place, is_last=place == product.places[-1]) for place in product.places]
    return _on_the_way(Way(policy, product, level, policy.mode), stops)


@dataclass(frozen=True)
class Way:
    """What decides about the gates of a plan."""

    policy: Policy
    product: Product | None
    level: RiskLevel
    mode: str


@dataclass(frozen=True)
class Stop:
    """Where a plan comes by on its way: one leg, and the place that it changes ("" for none)."""

    id: str
    place: str
    is_last: bool


def _on_the_way(way: Way, stops: Sequence[Stop]) -> tuple[Ask, ...]:
    found = [_built_in(way, PLAN)]
    if way.product is None:
        return tuple(found)
    for stop in stops:
        known = {one.name for one in found}
        found += [_own(rule, way, stop.id) for rule in _rules_before(way, stop) if rule.name not in known]
    found += [_own(rule, way, END) for rule in _at(END, way)]
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


def _rules_before(way: Way, stop: Stop) -> tuple[GateRule, ...]:
    rules = _at(stop.place, way) if stop.place else ()
    if not rules and stop.place and way.level == "CRITICAL":
        return (GateRule(name=stop.place, before=stop.place),)
    if way.mode != "final" or stop.is_last or way.level == "CRITICAL":
        return rules
    return tuple(rule for rule in rules if rule.always)


def _at(place: str, way: Way) -> tuple[GateRule, ...]:
    rules = way.policy.gates_for(way.product, way.level) if way.product else ()
    return tuple(rule for rule in rules if rule.before == place)


def _approvers(way: Way) -> Approvers:
    return way.policy.approvers_of(way.product) if way.product else way.policy.approvers


def _own(rule: GateRule, way: Way, before: str) -> Ask:
    hours = rule.expiry_hours or way.policy.approval.expiry_hours
    approvers = rule.approvers or _approvers(way)
    if way.policy.solo:
        return Ask(rule.name, approvers, 1, author=True, hours=hours, before=before)
    return Ask(rule.name, approvers, rule.count, rule.author, hours, before)


def _built_in(way: Way, name: str) -> Ask:
    """The gate of that name by the plan's risk; a rule of that name asks for no fewer people and no older words.

    The approvers that the rule names take the place of the others.
    """
    policy, hours, quorum = way.policy, way.policy.approval.expiry_hours, way.policy.quorum(way.level)
    rules = policy.gates_for(way.product, way.level) if way.product else ()
    rule = next((one for one in rules if one.name == name), None)
    if rule is None:
        return Ask(name, _approvers(way), quorum.count, quorum.author, hours)
    count = quorum.count if policy.solo else max(quorum.count, rule.count)
    least = min(hours, rule.expiry_hours or hours)
    return Ask(name, rule.approvers or _approvers(way), count, quorum.author, least)
