"""How the pages write times, money and the words of strangers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from executors.evidence.pack import CostLine
from executors.protocol.plan import Estimate

# Characters that would let a text look like another one on the page: controls, direction marks, zero width.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def cost_total(lines: Iterable[CostLine]) -> str:
    """Return the sum per currency, `≥` before it where a line is unknown, `unknown` where every line is."""
    sums: dict[str, Decimal] = {}
    listed = list(lines)
    for line in listed:
        if line.amount is not None:
            sums[line.currency] = sums.get(line.currency, Decimal(0)) + Decimal(line.amount)
    sign = "≥ " if any(line.amount is None for line in listed) else ""
    return " + ".join(f"{sign}{amount} {currency}" for currency, amount in sorted(sums.items())) or "unknown"


def plain(text: str) -> str:
    """Return `text` on one line, with a replacement mark for characters that nobody can see."""
    return _HIDDEN.sub("�", text.replace("\r\n", "\n").replace("\n", " "))


def moment(at: str) -> str:
    """Return an RFC 3339 time in UTC to the second, as people read it."""
    return plain(at[:19].replace("T", " ") + " UTC") if at.endswith("Z") else plain(at)


def cost_estimate(estimate: Estimate) -> str:
    """Return the plan's range of cost, `unknown` where it has none."""
    low, high = estimate.cost_low, estimate.cost_high
    if low is None and high is None:
        return "unknown"
    return f"{low or 'unknown'} to {high or 'unknown'} {estimate.currency}"
