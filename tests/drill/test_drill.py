"""A plan that fails half-way leaves nothing, goes on where it stood, and goes back to any of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from executors.errors import WorldError
from executors.protocol.operation import Operation
from executors.world.world import World
from tests.drill.acts import refused, unheard
from tests.drill.firm import Firm, firm
from tests.drill.rows import Act, announced, back_to, failed, retried, undisturbed

OPERATIONS = ["store_release", "switch_release", "retire_release", "set_records", "set_records"]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """One firm for all drills: each of them ends as it began, which the next one relies on."""
    with firm(tmp_path_factory.mktemp("drill"), "service_business_v1") as made:
        yield made


@pytest.fixture(scope="module")
def whole(acme: Firm) -> dict[str, Any]:
    """The end of a run without a failure."""
    operations, after = undisturbed(acme)
    assert [one.op for one in operations] == OPERATIONS
    return after


@pytest.mark.parametrize(("at", "act"), [(4, refused), (1, unheard)])
def test_whatever_fails_the_world_is_as_it_was(acme: Firm, at: int, act: Act) -> None:
    row = failed(acme, at, act)
    assert row.outcome == ("failed" if act is unheard else "rolled_back")
    assert row.is_exact, row


@pytest.mark.parametrize(("at", "act"), [(3, unheard)])
def test_a_retry_ends_as_if_nothing_had_happened(acme: Firm, whole: dict[str, Any], at: int, act: Act) -> None:
    row = retried(acme, at, act, whole)
    assert row.outcome == "completed"
    assert row.is_exact, row


def test_what_is_before_a_step_stays_and_what_is_after_it_goes(acme: Firm, whole: dict[str, Any]) -> None:
    row = back_to(acme, "deploy", whole)
    assert row.is_exact, row


def test_a_name_server_that_dies_is_told_as_what_remains_until_it_is_back(acme: Firm) -> None:
    def dies(world: World, operation: Operation) -> Operation | None:
        acme.bind.stop()
        return world.apply(operation)

    row = failed(acme, 4, dies, acme.bind.start)
    assert row.outcome == "failed"
    assert row.is_exact, row


def test_a_key_that_is_taken_away_in_the_middle_is_told_and_taken_back_when_it_is_back(acme: Firm) -> None:
    keys = acme.target.folder / "authorized_keys"
    kept = keys.read_text()

    def gone(world: World, operation: Operation) -> Operation | None:
        keys.write_text("")
        return world.apply(operation)

    def back() -> None:
        keys.write_text(kept)

    row = failed(acme, 1, gone, back)
    assert row.outcome == "failed", "what it stored could not be taken back without the key"
    assert row.is_exact, row


def test_a_validation_that_fails_at_the_very_end_takes_everything_back(acme: Firm) -> None:
    def silenced(world: World, operation: Operation) -> Operation | None:
        acme.web.broken = True
        return world.apply(operation)

    def mended() -> None:
        acme.web.broken = False

    row = failed(acme, 4, silenced, mended)
    assert row.outcome == "rolled_back"
    assert row.is_exact, row


def test_what_goes_for_good_was_told_before_and_nothing_else_is_missing(acme: Firm) -> None:
    row = announced(acme, 3, refused)
    assert (row.name, row.outcome) == ("told before: r-first", "failed")
    assert row.is_exact, row


def test_a_fault_of_the_plan_itself_would_be_seen(acme: Firm) -> None:
    def careless(world: World, operation: Operation) -> None:
        world.apply(operation)
        raise WorldError("it says that nothing was done, and it was")

    row = failed(acme, 0, careless)
    assert any(name.startswith("releases/") for name in row.differs), row
