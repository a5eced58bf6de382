"""The accounts of budgets, written anew from what capabilities tell of their runs when the accounts are lost.

What a run was held to cost at most is not in a capability's ledger: one whose cost is not known counts as unknown,
so that totals say *at least*. Limits on money and on runs go on as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.domain.anchored import Anchored
from bot.domain.budget import budget_key
from bot.domain.ledger import Entry, Line, chain

NO_PLAN = "budget:0"


def accounts(cases: Iterable[Anchored]) -> dict[str, tuple[Line, ...]]:
    """The ledger of each budget, by its key."""
    booked: dict[str, list[tuple[str, list[Entry]]]] = {}
    for one in cases:
        key = budget_key(one.case)
        if key != NO_PLAN:
            booked.setdefault(key, []).extend(_bookings(one))
    return {key: _chained(sorted(found, key=lambda pair: pair[0])) for key, found in booked.items()}


def _bookings(one: Anchored) -> Iterator[tuple[str, list[Entry]]]:
    """For each run when it was started, and what the account notes of it."""
    spent = {
        line.entry.data["run_id"]: line.entry.data["lines"]
        for line in one.lines
        if line.entry.type == "spend.recorded"
    }
    for run in one.case.every_run:
        costs: list[dict[str, Any]] = spent.get(run.run_id, [])
        amounts = [cost["amount"] for cost in costs]
        known = bool(amounts) and None not in amounts
        plan = one.case.plan
        currency = str(costs[0]["currency"]) if costs else plan.estimate.currency if plan else ""
        facts = {"case": one.key, "nonce": run.nonce, "amount": None, "currency": currency}
        reserved = {**facts, "repository": one.case.repo.id, "user": 0, "leg": run.leg, "verb": run.verb}
        entries = [Entry("spend.reserved", reserved, reason="written anew: the bot's database was lost")]
        if known:
            total = sum((Decimal(amount) for amount in amounts), Decimal(0))
            entries.append(Entry("spend.settled", {**facts, "amount": f"{total:f}"}))
        yield run.at, entries


def _chained(booked: Iterable[tuple[str, list[Entry]]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for at, entries in booked:
        lines += chain(entries, lines[-1] if lines else None, datetime.fromisoformat(at))
    return tuple(lines)
