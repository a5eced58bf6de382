"""What a run is billed for: each job's time, rounded up to the minute. What that costs only the bot knows.

GitHub bills each job by the started minute
(https://docs.github.com/en/billing/concepts/product-billing/github-actions). A job knows no prices, so it names
none: the policy's price table is the bot's (`bot.domain.cost`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Literal

from executors.errors import ProtocolError
from executors.protocol.spec import JobTime
from executors.protocol.wire import Wire


class BilledJob(Wire):
    """One job: its seconds as a decimal string, and the minutes that are billed for it."""

    job: str
    seconds: str
    minutes: int


class CostReport(Wire):
    """All jobs and their minutes; what they cost is unknown here."""

    lines: tuple[BilledJob, ...]
    minutes: int
    total: Literal["unknown"] = "unknown"


def cost_report(times: Sequence[JobTime]) -> CostReport:
    """Return what the jobs are billed for. ProtocolError for a time that is none."""
    lines = tuple(BilledJob(job=one.job, seconds=one.seconds, minutes=_minutes(one)) for one in times)
    return CostReport(lines=lines, minutes=sum(line.minutes for line in lines))


def _minutes(time: JobTime) -> int:
    try:
        seconds = Decimal(time.seconds)
    except InvalidOperation:
        raise ProtocolError(f"the time of job {time.job}: {time.seconds[:40]!r} is no decimal number") from None
    if not seconds.is_finite() or seconds < 0:
        raise ProtocolError(f"the time of job {time.job}: {time.seconds[:40]!r} is no amount")
    return int((seconds / 60).to_integral_value(rounding=ROUND_CEILING))
