"""What runs cost: job times by the price table, each job rounded up to the minute as GitHub bills it.

Unknown stays unknown: an amount is None where a job's runner has no price or its times are missing.
Source: https://docs.github.com/en/billing/concepts/product-billing/github-actions
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.facts import JobFacts
from bot.domain.messages import CostLine
from bot.domain.prices import Prices


def costs_of(case: Case) -> tuple[CostLine, ...]:
    """The cost lines of all runs of the case so far, in the order they were recorded."""
    return tuple(CostLine(**line) for line in case.costs)


def cost_lines(jobs: Iterable[JobFacts], prices: Prices, what: str) -> tuple[CostLine, ...]:
    """One line per job of a run; `what` names the run. A job that never started is left out."""
    return tuple(_line(job, prices, what) for job in jobs if job.started_at and job.conclusion != "skipped")


def as_data(line: CostLine) -> dict[str, Any]:
    """The line as it stands in the ledger."""
    return {
        "what": line.what,
        "seconds": line.seconds,
        "billed_minutes": line.billed_minutes,
        "amount": line.amount,
        "currency": line.currency,
    }


def _line(job: JobFacts, prices: Prices, what: str) -> CostLine:
    seconds = _seconds(job)
    name = f"{what} / {job.name}"
    if seconds is None:
        return CostLine(name, "unknown", None, None, prices.currency)
    minutes = max(1, -(-seconds // 60))
    return CostLine(name, str(seconds), minutes, prices.cost(minutes, job.labels), prices.currency)


def _seconds(job: JobFacts) -> int | None:
    """Whole seconds from start to end; None where GitHub does not say or says nonsense."""
    try:
        start = datetime.fromisoformat(job.started_at or "")
        end = datetime.fromisoformat(job.completed_at or "")
        found = int((end - start).total_seconds())
    except (ValueError, TypeError):
        return None
    return found if found >= 0 else None
