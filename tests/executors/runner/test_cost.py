"""Each job is billed by the started minute; what that costs a job does not know and never makes up."""

from __future__ import annotations

import pytest

from executors.cost import cost_report
from executors.errors import ProtocolError
from executors.protocol.spec import JobTime


def times(**seconds: str) -> list[JobTime]:
    return [JobTime(job=job, seconds=value) for job, value in seconds.items()]


@pytest.mark.parametrize(("seconds", "minutes"), [("0", 0), ("0.001", 1), ("60", 1), ("60.001", 2), ("3600", 60)])
def test_a_job_is_billed_by_the_started_minute(seconds, minutes):
    assert cost_report(times(x=seconds)).lines[0].minutes == minutes


def test_minutes_add_up_and_the_cost_stays_unknown():
    report = cost_report(times(admit="12", execute="61"))
    assert (report.minutes, report.total) == (3, "unknown")


@pytest.mark.parametrize("seconds", ["-1", "NaN", "Infinity", "ten", ""])
def test_a_time_that_is_none_is_refused(seconds):
    with pytest.raises(ProtocolError):
        cost_report(times(x=seconds))
