"""T18: which deliveries of GitHub's log are asked for again, and which no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deliveries import AT_ONCE, MOST, OVERLAP, Attempt, DeliveryLog, Seen, missed

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NEVER = Seen()


def failed(number: int = 1, guid: str = "a", minutes: float = 30, *, again: bool = False) -> Attempt:
    at = NOW - timedelta(minutes=minutes)
    return Attempt(number, guid, at, "failed to connect to host", 502, again)


def asked(*attempts: Attempt, stored: tuple[str, ...] = (), now: datetime = NOW) -> list[int]:
    newest_first = tuple(sorted(attempts, key=lambda one: one.at, reverse=True))
    return [one.id for one in missed(DeliveryLog(newest_first, frozenset(stored)), NEVER, now).ask]


def test_what_failed_is_asked_for_and_what_arrived_is_not() -> None:
    fine = replace(failed(2, "b"), status="OK", code=202)
    accepted = replace(failed(3, "c"), status="Accepted", code=202)
    assert asked(failed(1, "a"), fine, accepted) == [1]


def test_what_our_inbox_holds_has_arrived_whatever_github_believes() -> None:
    timed_out = replace(failed(), status="timed out", code=504)
    assert asked(timed_out) == [1]
    assert asked(timed_out, stored=("a",)) == []


def test_one_good_attempt_is_enough_wherever_it_stands_among_the_others() -> None:
    fine = replace(failed(2, minutes=20, again=True), status="OK", code=202)
    assert asked(failed(1), fine, failed(3, minutes=10, again=True)) == []


@pytest.mark.parametrize("status", ["pending", ""])
def test_what_is_under_way_is_waited_for_and_stays_open(status: str) -> None:
    flying = replace(failed(7), status=status, code=0)
    found = missed(DeliveryLog((flying,)), NEVER, NOW)
    assert (found.ask, found.waiting) == ((), 1)
    assert found.seen.since == min(flying.at, flying.at - OVERLAP)


def test_the_oldest_delivery_is_asked_for_first() -> None:
    assert asked(failed(1, "a", 10), failed(2, "b", 40), failed(3, "c", 20)) == [2, 3, 1]


def test_the_newest_attempt_is_the_one_that_is_asked_for() -> None:
    assert asked(failed(1, minutes=200), failed(2, minutes=100, again=True)) == [2]


def test_the_pause_doubles_with_each_time_in_vain() -> None:
    first, second = failed(1, minutes=60), failed(2, minutes=11, again=True)
    assert asked(first, failed(2, minutes=9, again=True)) == []
    assert asked(first, second) == [2]
    third = replace(second, id=3, at=NOW - timedelta(minutes=11))
    assert asked(first, failed(2, minutes=40, again=True), third) == []
    assert asked(first, failed(2, minutes=40, again=True), replace(third, at=NOW - timedelta(minutes=21))) == [3]


def test_after_nine_times_it_is_lost_and_counted_once() -> None:
    attempts = [failed(0, minutes=71 * 60)]
    attempts += [failed(n, minutes=(60 - n) * 60, again=True) for n in range(1, MOST)]
    assert asked(*attempts) == [MOST - 1]
    attempts.append(failed(MOST, minutes=30, again=True))
    log = DeliveryLog(tuple(reversed(attempts)))
    found = missed(log, NEVER, NOW)
    assert (found.ask, found.lost) == ((), 1)
    assert missed(log, found.seen, NOW).lost == 0


def test_what_is_older_than_three_days_is_not_asked_for() -> None:
    assert asked(failed(minutes=3 * 24 * 60 - 1)) == [1]
    assert asked(failed(minutes=3 * 24 * 60 + 1)) == []
    assert asked(failed(9, minutes=60, again=True)) == [], "its first attempt has left GitHub's log"


def test_what_our_door_finds_too_large_is_not_asked_for() -> None:
    assert asked(replace(failed(), status="Payload Too Large", code=413)) == []


def test_a_flood_is_asked_for_in_parts() -> None:
    flood = tuple(failed(n, f"g{n}", minutes=n / 10 + 1) for n in range(250, 0, -1))
    found = missed(DeliveryLog(flood[::-1]), NEVER, NOW)
    assert (len(found.ask), found.left) == (AT_ONCE, 250 - AT_ONCE)
    assert found.ask[0].id == 250


def test_the_next_sweep_goes_back_to_the_oldest_that_is_open() -> None:
    fine = replace(failed(2, "b", minutes=1), status="OK", code=202)
    settled = missed(DeliveryLog((fine,)), NEVER, NOW).seen
    assert settled == Seen(fine.at - OVERLAP, fine.at)
    one_open = missed(DeliveryLog((fine, failed(1, "a", minutes=300))), NEVER, NOW).seen
    assert one_open == Seen(NOW - timedelta(minutes=300), fine.at)


def test_a_log_that_was_not_read_to_its_end_settles_nothing() -> None:
    before = Seen(NOW - timedelta(hours=5), NOW - timedelta(hours=4))
    found = missed(DeliveryLog((failed(),), is_whole=False), before, NOW)
    assert [one.id for one in found.ask] == [1]
    assert found.seen == before
