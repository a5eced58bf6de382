"""Money is decimal, unknown is unknown, and the table has a digest."""

from __future__ import annotations

import pytest

from bot.domain.prices import Prices, Workload, estimate

TABLE = Prices(currency="EUR", minutes={"ubuntu-latest": "0.008", "big": "0.064", "self-hosted": "0"})


@pytest.mark.parametrize(
    ("minutes", "labels", "cost"),
    [
        (3, ["ubuntu-latest"], "0.024"), (1000, ["ubuntu-latest"], "8.00"), (5, ["self-hosted"], "0.00"),
        (1, ["self-hosted", "big"], "0.064"), (1, ["windows"], None), (1, [], None), (0, ["big"], "0.00"),
        (10, ["big"], "0.64"), (125, ["ubuntu-latest"], "1.00"),
    ],
)  # fmt: skip
def test_minutes_cost_what_the_table_says(minutes: int, labels: list[str], cost: str | None) -> None:
    assert TABLE.cost(minutes, labels) == cost


def test_an_estimate_goes_from_the_jobs_own_minutes_to_the_works() -> None:
    found = estimate(Workload(minutes=12, jobs=2), TABLE, ["ubuntu-latest"])
    assert (found.minutes_low, found.minutes_high, found.cost_low, found.cost_high) == (2, 12, "0.016", "0.096")
    unknown = estimate(Workload(minutes=12, jobs=2), Prices(), ["ubuntu-latest"])
    assert (unknown.cost_low, unknown.cost_high) == (None, None)


def test_the_digest_is_the_tables_whatever_the_order() -> None:
    assert Prices(minutes={"a": "1", "b": "2"}).digest == Prices(minutes={"b": "2", "a": "1"}).digest
    assert Prices(minutes={"a": "1"}).digest != Prices(minutes={"a": "1.0"}).digest
    assert Prices(minutes={"a": "1"}).digest != Prices(minutes={"a": "1"}, currency="EUR").digest
