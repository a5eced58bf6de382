"""What a run cost: job times × the runner's price, each job rounded up to the minute; unknown stays unknown.

GitHub bills each job by the started minute
(https://docs.github.com/en/billing/concepts/product-billing/github-actions).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Literal

from executors.errors import ProtocolError
from executors.protocol.spec import JobTime
from executors.protocol.wire import Wire

UNKNOWN: Literal["unknown"] = "unknown"


class Prices(Wire):
    """Price per minute by job as a decimal string; `"*"` is for every other job; None is not known."""

    per_minute: dict[str, str | None]
    currency: str = "USD"


class CostLine(Wire):
    """One job: billed minutes and cost as decimal strings, or `unknown`."""

    job: str
    seconds: str
    minutes: int
    cost: str


class CostReport(Wire):
    """All jobs and their sum; a sum that lacks an unknown part reads `≥ 0.016`, an empty one `unknown`."""

    lines: tuple[CostLine, ...]
    minutes: int
    total: str
    complete: bool
    currency: str


def cost_report(times: Sequence[JobTime], prices: Prices | None) -> CostReport:
    """Return the cost of the jobs; without prices every cost is unknown. ProtocolError for a time that is none."""
    lines = tuple(_line(time, prices) for time in times)
    known = [Decimal(line.cost) for line in lines if line.cost != UNKNOWN]
    complete = len(known) == len(lines)
    total = _money(sum(known, Decimal(0)))
    if not complete:
        total = f"≥ {total}" if known else UNKNOWN
    return CostReport(
        lines=lines,
        minutes=sum(line.minutes for line in lines),
        total=total,
        complete=complete,
        currency=prices.currency if prices else "USD",
    )


def _line(time: JobTime, prices: Prices | None) -> CostLine:
    minutes = _minutes(time)
    price = prices.per_minute.get(time.job, prices.per_minute.get("*")) if prices else None
    cost = UNKNOWN if price is None else _money(minutes * _decimal(price, f"the price of job {time.job}"))
    return CostLine(job=time.job, seconds=time.seconds, minutes=minutes, cost=cost)


def _minutes(time: JobTime) -> int:
    seconds = _decimal(time.seconds, f"the time of job {time.job}")
    return int((seconds / 60).to_integral_value(rounding=ROUND_CEILING))


def _decimal(text: str, what: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ProtocolError(f"{what}: {text[:40]!r} is no decimal number") from None
    if not value.is_finite() or value < 0:
        raise ProtocolError(f"{what}: {text[:40]!r} is no amount")
    return value


def _money(amount: Decimal) -> str:
    """Return the amount without an exponent and without needless zeros: `0.016`, `0`."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
