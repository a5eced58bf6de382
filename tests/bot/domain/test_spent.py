"""The accounts of budgets, written anew: what runs cost counts when it was spent, what nobody knows is unknown."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.anchored import Anchored
from bot.domain.budget import account_of
from bot.domain.ledger import Entry, broken_at, chain
from bot.domain.spent import accounts
from tests.bot.decide.people import OPS
from tests.bot.decide.scene import Scene


def built(scene: Scene) -> Anchored:
    return Anchored(scene.key, tuple(scene.lines), (), scene.case)


def test_each_run_is_booked_when_it_was_started() -> None:
    scene = Scene().to_approved()
    scene.executes()
    runs = scene.case.every_run
    costs = {"run_id": runs[-1].run_id, "leg": runs[-1].leg, "lines": [{"amount": "1.5", "currency": "USD"}]}
    lines = [line for line in scene.lines if line.entry.type != "spend.recorded"]
    scene.lines = lines + chain([Entry("spend.recorded", costs)], lines[-1], scene.now)
    ((key, ledger),) = accounts([built(scene)]).items()
    assert key == f"budget:{OPS.id}"
    assert broken_at(ledger) is None
    bookings = account_of(ledger).bookings
    assert set(bookings) == {run.nonce for run in runs}
    last = bookings[runs[-1].nonce]
    assert (last.amount, last.currency, last.is_settled) == (Decimal("1.5"), "USD", True)
    assert bookings[runs[0].nonce].amount is None, "nobody knows, so totals say at least"
    assert [one.at.isoformat()[:19] for one in bookings.values()] == [run.at[:19] for run in runs]


def test_a_case_without_a_plan_has_no_account() -> None:
    scene = Scene(body="nothing")
    scene.opens()
    assert accounts([built(scene)]) == {}
