"""T47: runs cost money. Limits stand before each dispatch, whoever asks, however often, however many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.budget import account_of
from bot.domain.effects import Dispatch, Effect, Say
from bot.domain.lifecycle import Phase
from bot.domain.notices import BudgetNear, LegWaits
from executors.protocol.journal import Intent, LegStarted, Result
from tests.bot.decide.people import BOSS, LEAD, briefing, of, refusal, switch
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

BUDGET = "budget:102"
LEG = Decimal("0.056")
"""What the one leg of the Acme plan is estimated at: fourteen minutes at 0.004."""


def with_limits(limits: str, **more: object) -> Scene:
    """A capability whose plan was previewed under these limits."""
    return planned(Scene(policy_text=POLICY + f"budgets: {{{limits}}}\n", **more))  # type: ignore[arg-type]


def planned(scene: Scene) -> Scene:
    scene.opens()
    if scene.case.run is not None:
        scene.previews()
    return scene


def approve(scene: Scene) -> list[Effect]:
    return scene.says(BOSS, f"/approve {scene.token}")


def stopped(effects: list[Effect]) -> LegWaits:
    """The sticky comment of a leg that the budget has stopped."""
    assert not of(Dispatch, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, LegWaits), message
    return message


def counted(scene: Scene) -> Decimal:
    """What is reserved or spent."""
    bookings = account_of(scene.post.ledgers[BUDGET]).bookings.values()
    return sum((one.amount for one in bookings if one.amount is not None), Decimal(0))


def test_a_leg_is_estimated_at_the_upper_end_and_settled_by_what_it_cost() -> None:
    scene = planned(Scene())
    reserved = [one for one in scene.post.ledgers[BUDGET] if one.entry.type == "spend.reserved"]
    assert Decimal(reserved[0].entry.data["amount"]) == LEG
    assert counted(scene) == Decimal("0.008"), "two minutes were billed"
    approve(scene)
    assert counted(scene) == Decimal("0.008") + LEG, "a reservation counts until it is settled"
    scene.executes()
    assert counted(scene) == Decimal("0.016")


@pytest.mark.parametrize(("limit", "whose"), [("per_case", "this capability"), ("per_month", "this month")])
def test_a_budget_that_is_full_stops_before_the_dispatch_and_says_so(limit: str, whose: str) -> None:
    scene = with_limits(f'{limit}: "0.063"')
    sticky = stopped(approve(scene))
    assert (
        sticky.queued.stopped
        == f"the budget of {whose} is not enough: with this run it comes to 0.064 EUR of 0.063 EUR"
    )
    assert f"`budgets.{limit}`" in sticky.queued.line
    assert "`/override budget <reason>`" in sticky.queued.line
    assert scene.case.phase is Phase.APPROVED
    assert scene.types().count("budget.stopped") == 1


def test_raising_the_limit_of_the_month_and_run_goes_on() -> None:
    scene = with_limits('per_month: "0.063"')
    approve(scene)
    assert stopped(scene.says(BOSS, "/run")).queued.stopped
    scene.policy_text = POLICY + 'budgets: {per_month: "0.064"}\n'
    effects = scene.says(BOSS, "/run")
    assert of(Dispatch, effects)[0].verb == "execute"


def test_raising_the_limit_of_the_capability_takes_a_new_approval() -> None:
    scene = with_limits('per_case: "0.063"')
    approve(scene)
    scene.policy_text = POLICY + 'budgets: {per_case: "1"}\n'
    effects = scene.says(BOSS, "/run")
    assert refusal(effects) == "approval_stale"
    assert not of(Dispatch, effects)


def test_an_admin_overrides_the_budget_of_one_plan() -> None:
    scene = with_limits('per_month: "0.063"')
    approve(scene)
    assert of(Dispatch, scene.says(LEAD, "/override budget the fair opens tomorrow"))
    assert counted(scene) == Decimal("0.064"), "what is overridden is counted all the same"


def test_a_preview_is_stopped_too() -> None:
    scene = Scene(policy_text=POLICY + 'budgets: {per_month: "0.055"}\n')
    assert stopped(scene.opens()).queued.verb == "preview"
    assert scene.case.phase is Phase.VALIDATED


def test_two_that_reserve_at_once_do_not_both_fit() -> None:
    """The race: each alone is within the limit of the month, both together are not."""
    first = with_limits('per_month: "0.1"')
    second = planned(Scene(policy_text=first.policy_text, key="case:101:I_2", number=8, post=first.post))
    first.post.hold = True
    approve(first)
    approve(second)
    first.post.hold = False
    first.post.settle(first.now, first)
    runs = [scene.dispatches[-1].verb for scene in (first, second)]
    assert sorted(runs) == ["execute", "preview"], "one of them was stopped"
    assert counted(first) <= Decimal("0.1")
    assert second.case.queued is not None
    assert "this month" in second.case.queued.stopped


def test_eighty_per_cent_is_warned_of_once() -> None:
    scene = with_limits('per_month: "0.08"')
    near = [say.message for say in of(Say, approve(scene)) if isinstance(say.message, BudgetNear)]
    assert [(one.limit, one.used, one.of, one.percent) for one in near] == [("per_month", "0.064", "0.08", 80)]
    scene.executes("failed")
    again = scene.says(BOSS, "/retry")
    assert of(Dispatch, again)
    assert not [say for say in of(Say, again) if isinstance(say.message, BudgetNear)]


def test_a_new_month_is_a_new_budget() -> None:
    scene = with_limits('per_month: "0.063"')
    scene.now = datetime(2026, 5, 31, 23, 59, tzinfo=UTC)
    stopped(approve(scene))
    scene.now = datetime(2026, 6, 1, 0, 1, tzinfo=UTC)
    assert of(Dispatch, scene.says(BOSS, "/run"))


def test_who_retries_in_a_loop_is_stopped_and_told_when_it_is_possible_again() -> None:
    scene = with_limits("runs_per_person: 3")
    approve(scene)
    since = next(run.at for run in scene.case.every_run if run.verb == "execute")
    for _ in range(2):
        scene.executes("failed")
        assert of(Dispatch, scene.says(BOSS, "/retry"))
    scene.executes("failed")
    sticky = stopped(scene.says(BOSS, "/retry"))
    assert "bert has set off 3 runs within 24 hours, and the policy allows 3" in sticky.queued.stopped
    again = datetime.fromisoformat(since) + timedelta(hours=24)
    assert f"{again:%Y-%m-%d %H:%M} UTC" in sticky.queued.line
    for _ in range(20):
        assert not of(Dispatch, scene.says(BOSS, "/retry"))
    scene.now = again + timedelta(minutes=1)
    assert of(Dispatch, scene.says(BOSS, "/run"))


def test_somebody_elses_runs_are_not_counted_as_mine() -> None:
    scene = with_limits("runs_per_person: 1")
    approve(scene)
    scene.executes("failed")
    stopped(scene.says(BOSS, "/retry"))
    assert of(Dispatch, scene.says(LEAD, "/retry"))


def test_many_issues_of_one_repository_do_not_run_more_than_the_day_allows() -> None:
    first = with_limits("runs_per_day: 3")
    scenes = [first]
    for number in range(8, 15):
        more = Scene(policy_text=first.policy_text, key=f"case:101:I_{number}", number=number, post=first.post)
        scenes.append(planned(more))
    assert sum(len(scene.dispatches) for scene in scenes) == 3
    assert scenes[-1].case.queued is not None
    assert "3 runs for this repository within 24 hours" in scenes[-1].case.queued.stopped


def test_a_wish_that_is_dropped_costs_nothing() -> None:
    scene = with_limits('per_month: "1"')
    scene.says(BOSS, "/lock a backup")
    approve(scene)
    assert counted(scene) == Decimal("0.008") + LEG
    scene.says(BOSS, "/cancel")
    assert counted(scene) == Decimal("0.008")


def test_what_nobody_knows_the_price_of_stays_reserved() -> None:
    """A runner that lost its price in the table makes nothing cheaper."""
    scene = Scene()
    scene.opens()
    scene.policy_text = POLICY.replace("self-hosted: 0.004", "other: 0.004")
    scene.previews()
    booked = list(account_of(scene.post.ledgers[BUDGET]).bookings.values())
    assert [(one.amount, one.is_settled) for one in booked] == [(LEG, False)]
    assert scene.case.costs[0]["amount"] is None


def test_costs_that_nobody_knows_make_the_total_at_least() -> None:
    scene = Scene()
    scene.opens()
    scene.policy_text = POLICY.replace("self-hosted: 0.004", "other: 0.004")
    scene.previews()
    scene.policy_text = POLICY + 'budgets: {per_case: "0.05"}\n'
    sticky = stopped(scene.edits(briefing(**{"Acme Consulting": "Acme Counsel"})))
    assert "comes to at least 0.112 EUR of 0.05 EUR" in sticky.queued.stopped


def test_what_is_taken_back_is_counted_and_never_stopped() -> None:
    scene = with_limits("runs_per_day: 2")
    approve(scene)
    scene.whole_run(
        LegStarted(verb="execute"),
        Intent(step="deploy", key="deploy/1/0", operation=switch()),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1")),
    )
    assert scene.case.phase is Phase.COMPLETED
    scene.says(BOSS, "/rollback")
    assert scene.dispatches[-1].verb == "rollback", "the third run of the day"
    assert scene.case.phase is Phase.ROLLING_BACK
