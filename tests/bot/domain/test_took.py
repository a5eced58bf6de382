"""How long something takes is measured, from the table, or unknown; and says which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.difference import difference, same_plan, step_changes
from bot.domain.ledger import Entry, chain
from bot.domain.took import ENOUGH, Took, measured, tells, took_by
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan, Step
from tests.bot.domain.acme import plan_inputs, planned

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def runs(executor: str, *seconds: float) -> tuple[Took, ...]:
    return tuple(Took(executor, one) for one in seconds)


ALL = tuple(
    one for executor in ("preflight", "website", "deploy", "validate") for one in runs(executor, 20, 40, 61.2)
)


def test_two_runs_are_not_a_measurement_and_three_are() -> None:
    assert measured("deploy", runs("deploy", 1, 2)) is None
    found = measured("deploy", runs("deploy", 3.2, 1.9, 2) + runs("website", 100))
    assert found is not None
    assert (found.low, found.high, found.runs, found.words) == (1, 4, 3, "measured over 3 runs")


def test_of_many_runs_the_tenth_and_the_ninetieth_in_a_hundred_count() -> None:
    found = measured("deploy", runs("deploy", *range(1, 101)))
    assert found is not None
    assert (found.low, found.high) == (10, 90)


@given(st.lists(st.floats(0, 3600), min_size=ENOUGH, max_size=60))
def test_a_range_lies_within_what_was_seen_in_whatever_order(seconds: list[float]) -> None:
    found = measured("dns", runs("dns", *seconds))
    assert found is not None
    assert found == measured("dns", runs("dns", *sorted(seconds)))
    assert min(seconds) - 1 < found.low <= found.high <= max(1, max(seconds) + 1)


def test_without_runs_the_table_counts_and_what_is_not_in_it_is_unknown() -> None:
    plan = planned()
    assert [(step.id, step.duration and step.duration.words) for step in plan.steps] == [
        ("preflight", "unknown"),
        ("website", "from the table"),
        ("deploy", "from the table"),
        ("validate", "from the table"),
    ]
    assert plan.estimate.basis == "preflight: unknown; website, deploy, validate: from the table"


def test_what_was_measured_is_rounded_up_as_jobs_are_billed() -> None:
    estimate = planned(replace(plan_inputs(), took=ALL)).estimate
    # Four steps of 20 to 62 seconds: 80 s to 248 s, so two to five minutes, and one of the other job.
    assert (estimate.minutes_low, estimate.minutes_high) == (3, 6)
    assert estimate.basis == "preflight, website, deploy, validate: measured over 3 runs"
    assert (estimate.cost_low, estimate.cost_high) == ("0.012", "0.024")


def test_a_part_that_was_measured_stands_beside_what_the_table_says() -> None:
    estimate = planned(replace(plan_inputs(), took=runs("deploy", 20, 40, 61.2))).estimate
    assert estimate.minutes_high == 8 + 2  # (5 + 2) × 1.2 by the table, 62 s measured
    assert "deploy: measured over 3 runs" in estimate.basis


def test_the_same_runs_give_the_same_bytes() -> None:
    made = replace(plan_inputs(), took=ALL)
    assert canonical(planned(made).to_json()) == canonical(planned(made).to_json())


def test_a_measurement_makes_no_other_plan_and_is_no_change_of_a_step() -> None:
    old, new = planned(), planned(replace(plan_inputs(), took=ALL))
    assert old.digest != new.digest
    assert same_plan(old, new)
    assert step_changes(old, new) == ()
    assert difference(old, new).endswith("the same plan again")


def test_a_plan_from_before_there_were_durations_keeps_its_digest() -> None:
    step = Step(id="a", executor="dns", title="A", summary="A", inputs={})
    assert "duration" not in step.to_json()
    plan = planned()
    bare = plan.model_copy(update={"estimate": plan.estimate.model_copy(update={"basis": ""})})
    assert "basis" not in bare.to_json()["estimate"]
    assert Plan.model_validate(bare.to_json()).digest == bare.digest
    assert Plan.model_validate(plan.to_json()) == plan


@pytest.mark.parametrize("told", ["", "soon", "NaN", "Infinity", "-1", "3601", "1e9", None, {}])
def test_a_time_that_a_job_made_up_is_none(told: object) -> None:
    (line,) = chain([Entry("step.completed", {"executor": "dns", "seconds": told})], None, NOON)
    assert took_by(line) is None


def test_who_changed_nothing_tells_nothing_but_those_that_only_look() -> None:
    assert [tells("deploy", 0), tells("deploy", 1), tells("validate", 0)] == [False, True, True]
