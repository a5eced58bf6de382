"""What the runs of a case have cost, run by run, and what is left of the policy's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.domain.budget import account_of
from bot.domain.case import Case
from bot.domain.ledger import Line
from bot.domain.leg_run import LegRun
from bot.domain.policy import Policy
from bot.domain.replies import Left, RunCost


def run_costs(case: Case, lines: Iterable[Line], currency: str) -> tuple[RunCost, ...]:
    """One row per dispatched run, oldest first; what GitHub has not told yet is unknown, never nothing."""
    told: dict[int, Sequence[Mapping[str, Any]]] = {
        line.entry.data["run_id"]: line.entry.data["lines"]
        for line in lines
        if line.entry.type == "spend.recorded"
    }
    return tuple(_row(run, told.get(run.run_id or 0), currency) for run in case.every_run)


def _row(run: LegRun, jobs: Sequence[Mapping[str, Any]] | None, currency: str) -> RunCost:
    if jobs is None:
        return RunCost(run.leg, run.verb, run.at, 0, None, None, currency)
    minutes, amounts = [job["billed_minutes"] for job in jobs], [job["amount"] for job in jobs]
    return RunCost(
        leg=run.leg,
        verb=run.verb,
        at=run.at,
        jobs=len(jobs),
        minutes=None if None in minutes else sum(minutes),
        amount=None if None in amounts else f"{sum(map(Decimal, amounts), Decimal(0)):f}",
        currency=str(jobs[0]["currency"]) if jobs else currency,
    )


def left(case: Case, policy: Policy, account: Iterable[Line], now: datetime) -> Iterator[Left]:
    """What is left of each limit on money; `account` is the ledger of the budget."""
    currency, limits = policy.prices.currency, policy.budgets
    if limits.per_case is not None:
        spent = [line["amount"] if line["currency"] == currency else None for line in case.costs]
        yield _left("per_case", limits.per_case, spent, currency)
    if limits.per_month is not None:
        month = now.astimezone(UTC).strftime("%Y-%m")
        booked = [one for one in account_of(account).bookings.values() if one.at.strftime("%Y-%m") == month]
        known = [f"{one.amount:f}" if one.amount is not None else None for one in booked]
        same = [amount if one.currency == currency else None for one, amount in zip(booked, known, strict=True)]
        yield _left("per_month", limits.per_month, same, currency)


def _left(limit: Any, of: str, spent: Sequence[str | None], currency: str) -> Left:
    known = [Decimal(amount) for amount in spent if amount is not None]
    rest = max(Decimal(of) - sum(known, Decimal(0)), Decimal(0))
    return Left(limit, of, f"{rest:f}", currency, len(known) < len(spent))
