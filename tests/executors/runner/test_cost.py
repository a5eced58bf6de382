"""Each job is billed by the started minute; what is unknown stays unknown and is never nought."""

from __future__ import annotations

import pytest

from executors.cost import Prices, cost_report
from executors.errors import ProtocolError
from executors.protocol.spec import JobTime

PRICES = Prices(per_minute={"admit": "0.008", "*": "0.016", "build": None}, currency="EUR")


def times(**seconds: str) -> list[JobTime]:
    return [JobTime(job=job, seconds=value) for job, value in seconds.items()]


@pytest.mark.parametrize(("seconds", "minutes"), [("0", 0), ("0.001", 1), ("60", 1), ("60.001", 2), ("3600", 60)])
def test_a_job_is_billed_by_the_started_minute(seconds, minutes):
    assert cost_report(times(x=seconds), PRICES).lines[0].minutes == minutes


def test_jobs_add_up_exactly():
    report = cost_report(times(admit="12", execute="61"), PRICES)
    assert (report.minutes, report.total, report.complete, report.currency) == (3, "0.04", True, "EUR")


def test_a_sum_with_an_unknown_part_says_at_least():
    report = cost_report(times(admit="12", build="600"), PRICES)
    assert [line.cost for line in report.lines] == ["0.008", "unknown"]
    assert (report.total, report.complete) == ("≥ 0.008", False)


def test_without_prices_everything_is_unknown():
    assert cost_report(times(execute="5"), None).total == "unknown"


def test_no_jobs_cost_nothing():
    assert cost_report([], PRICES).total == "0"


@pytest.mark.parametrize("seconds", ["-1", "NaN", "Infinity", "ten", ""])
def test_a_time_that_is_none_is_refused(seconds):
    with pytest.raises(ProtocolError):
        cost_report(times(x=seconds), PRICES)
