"""Two policies side by side: at which gates people decide before and after, and which rules become weaker.

A rule is weaker where less is asked than before: fewer approvals, of more people, the author's too, for longer,
later, or none at all. It may well be wanted; whoever merges the change should have seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.disputes import END
from bot.domain.gates import Ask, asks_at
from bot.domain.notifications import in_words as told
from bot.domain.people import Role
from bot.domain.policy import LEVELS, Policy
from bot.domain.policy_words import GateChange, RuleChange
from bot.domain.rights import in_words
from bot.domain.rules import Approvers, Product
from executors.protocol.plan import RiskLevel


def spoken(ask: Ask) -> str:
    """What a gate asks, in words: `2 approvals by team board, not the author, before end; …`."""
    approvals = f"{ask.count} approval{'s' if ask.count != 1 else ''} by {in_words(ask.approvers)}"
    author = "the author too" if ask.author else "not the author"
    before = f", before {ask.before}" if ask.before else ""
    return f"{approvals}, {author}{before}; each counts for {ask.hours} hours"


def gate_changes(before: Policy, after: Policy) -> tuple[GateChange, ...]:
    """The gates that differ, the strictest level last; what is the same for several products and levels is one."""
    found: dict[tuple[str, str, str, tuple[str, ...]], tuple[dict[str, None], dict[str, None]]] = {}
    for was, now in _pairs(before, after):
        for level in LEVELS:
            for change in _at(_Side(before, was), _Side(after, now), level):
                same = (change.gate, change.was, change.now, change.weaker)
                products, levels = found.setdefault(same, ({}, {}))
                products |= dict.fromkeys(change.products)
                levels |= dict.fromkeys(change.levels)
    return tuple(
        GateChange(tuple(products), tuple(levels), gate, was, now, weaker)
        for (gate, was, now, weaker), (products, levels) in found.items()
    )


def rule_changes(before: Policy, after: Policy) -> tuple[RuleChange, ...]:
    """The other rules that differ and that somebody who approves should know of."""
    return tuple(change for change in _rules(before, after) if change.was != change.now)


@dataclass(frozen=True)
class _Side:
    policy: Policy
    product: Product | None

    def asks(self, level: RiskLevel) -> dict[str, Ask]:
        return {one.name: one for one in asks_at(self.policy, self.product, level)} if self.product else {}


def _pairs(before: Policy, after: Policy) -> Iterator[tuple[Product | None, Product | None]]:
    for was in before.products:
        yield was, after.product_of(was.repository)
    yield from ((None, now) for now in after.products if before.product_of(now.repository) is None)


def _at(was: _Side, now: _Side, level: RiskLevel) -> Iterator[GateChange]:
    product = now.product or was.product
    old, new = was.asks(level), now.asks(level)
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one == other or product is None:
            continue
        # A product that is no longer one has no plans, so nothing of it gets weaker.
        instead = other or (_in_its_place(one, new) if one is not None else None)
        weaker = tuple(_weaker(one, instead, now.product.places)) if one is not None and now.product else ()
        asked, asks = (spoken(ask) if ask else "" for ask in (one, other))
        yield GateChange((product.key,), (level,), name, asked, asks, weaker)


def _in_its_place(was: Ask, new: dict[str, Ask]) -> Ask | None:
    """What stands where the gate of CRITICAL plans stood, which gives way to any gate of the policy's own."""
    return next((one for one in new.values() if was.name == was.before == one.before), None)


def _weaker(was: Ask, now: Ask | None, places: tuple[str, ...]) -> Iterator[str]:
    if now is None:
        yield "nobody decides there any more"
        return
    if now.count < was.count:
        yield "fewer approvals"
    if now.author and not was.author:
        yield "the author may approve"
    if now.hours > was.hours:
        yield "an approval counts longer"
    order = ("", *places, END)
    if was.before in order and now.before in order and order.index(now.before) > order.index(was.before):
        yield "it stands later"
    yield from (f"new: {who}" for who in more_people(was.approvers, now.approvers))


def more_people(was: Approvers, now: Approvers) -> tuple[str, ...]:
    """Who may approve now and could not before, in words."""
    known = {one.id for one in was.users}
    more = Approvers(
        roles=[] if not now.roles or _least(was) <= _least(now) else now.roles,
        users=[one for one in now.users if one.id not in known],
        teams=[one for one in now.teams if one not in was.teams],
        codeowners=now.codeowners and not was.codeowners,
    )
    return () if more.is_empty else tuple(in_words(more).split(", "))


def _least(approvers: Approvers) -> int:
    """The lowest role that may approve; above all of them where roles say nothing."""
    return min((Role[name.upper()] for name in approvers.roles), default=Role.ADMIN + 1)


def _rules(before: Policy, after: Policy) -> Iterator[RuleChange]:
    loose = {"auto": 1, "final": 1, "checkpoints": 0}
    weaker = loose[after.mode] > loose[before.mode] or (after.mode == "auto" != before.mode)
    yield RuleChange("mode", before.mode, after.mode, weaker)
    yield RuleChange("solo", _yes(before.solo), _yes(after.solo), after.solo and not before.solo)
    yield RuleChange("auto_rollback", _yes(before.auto_rollback), _yes(after.auto_rollback))
    for name in ("per_case", "per_month"):
        was, now = getattr(before.budgets, name), getattr(after.budgets, name)
        higher = was is not None and (now is None or float(now) > float(was))
        yield RuleChange(f"budgets.{name}", was or "no limit", now or "no limit", higher)
    for name in ("runs_per_day", "runs_per_person"):
        most, limit = getattr(before.budgets, name), getattr(after.budgets, name)
        yield RuleChange(f"budgets.{name}", str(most), str(limit), limit > most)
    own, theirs = ({one.name for one in policy.checks} for policy in (before, after))
    yield RuleChange("checks", _list(own), _list(theirs), bool(own - theirs))
    had, have = ({f"{one.id} in {one.folder}" for one in policy.templates} for policy in (before, after))
    yield RuleChange("templates", _list(had), _list(have), bool(have - had))
    heard, hear = ({told(one) for one in policy.notifications} for policy in (before, after))
    yield RuleChange("notifications", _list(heard), _list(hear))
    products, places = ([one.repository for one in p.products] for p in (before, after))
    yield RuleChange("products", _list(products), _list(places))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _list(names: object) -> str:
    found = sorted(names) if isinstance(names, set | list) else []
    return ", ".join(found) or "none"
