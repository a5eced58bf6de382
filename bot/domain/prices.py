"""What a runner's minute costs: a table with one digest, and estimates that say so when they do not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.fields import Currency
from executors.protocol.canonical import digest
from executors.protocol.plan import Estimate

Money = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$")]
"""An amount as a decimal string, never a float."""

RunnerLabel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]

_CENT = Decimal("0.01")


class Prices(BaseModel):
    """The price table: minutes by runner label. A label that is not listed has no known price."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    currency: Currency = "USD"
    """the currency of all prices and limits, ISO 4217"""
    minutes: Annotated[dict[RunnerLabel, Money], Field(max_length=40)] = {}
    """what a minute on a runner of that label costs, like `ubuntu-latest: "0.008"`; others have no known price"""

    @property
    def digest(self) -> str:
        """SHA-256 of the table's canonical JSON, 64 hex."""
        return digest(self.model_dump(mode="json"))

    def minute(self, labels: Sequence[str]) -> Decimal | None:
        """The price of a minute on a runner with these labels: the dearest that is listed; None if none is."""
        known = [Decimal(self.minutes[label]) for label in labels if label in self.minutes]
        return max(known) if known else None

    def cost(self, minutes: int, labels: Sequence[str]) -> str | None:
        """The cost of so many billed minutes as a decimal string with two places or more; None is unknown."""
        price = self.minute(labels)
        if price is None:
            return None
        amount = price * minutes
        exponent = amount.normalize().as_tuple().exponent
        return format(
            amount.normalize() if isinstance(exponent, int) and exponent < -2 else amount.quantize(_CENT), "f"
        )


@dataclass(frozen=True)
class Workload:
    """What is estimated: minutes of work and the jobs that each bill at least one minute (GitHub rounds up)."""

    minutes: int
    jobs: int


def estimate(work: Workload, prices: Prices, labels: Sequence[str]) -> Estimate:
    """Minutes from the jobs' own minimum to the work's, and what they cost; an unknown price stays unknown.

    Source: https://docs.github.com/en/billing/reference/actions-runner-pricing
    """
    low, high = min(work.jobs, work.minutes), max(work.jobs, work.minutes)
    return Estimate(
        minutes_low=low,
        minutes_high=high,
        cost_low=prices.cost(low, labels),
        cost_high=prices.cost(high, labels),
        currency=prices.currency,
    )
