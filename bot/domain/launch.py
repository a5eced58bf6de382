"""From the wish for a leg to its dispatch: first there is money for it, then the environment is free.

::

    queue     leg.queued, and the budget is asked                         the case's own phase stays as it is
              (before it, where the plan sets names: whose they are)      or `taken`: another capability has one
    reserved  the budget says yes: the environment's lock is asked for    or `stopped`: a limit is in the way
    locked    the environment is this leg's: it is dispatched             or `waits`: somebody else has it

A leg that changes nothing, or no place of ours, takes no lock. Whatever ends the wish meanwhile (an edit, a
withdrawal, a hold) gives back what was asked for: `let_go` compares the case before and after each decision, so
that nobody has to remember it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.domain import names
from bot.domain.budget import Wish, budget_key
from bot.domain.case import Case, Queued
from bot.domain.effects import Record, Tell
from bot.domain.gate import Now, overridden
from bot.domain.ledger import Entry, stamp
from bot.domain.leg import Launch, leg_of, place_of, start
from bot.domain.lifecycle import Phase, can
from bot.domain.lock import lock_key
from bot.domain.planner import FOREIGN_JOBS, JOBS
from bot.domain.policy import Policy
from bot.domain.prices import Workload, estimate
from bot.domain.rules import Budgets
from bot.domain.turn import Turn
from executors.protocol.plan import Leg, Plan

BUDGET = "budget"
"""The name under which an override lifts the limits for a plan."""

_BEGINS = {"preview": "preview.started", "execute": "execution.started", "rollback": "rollback.started"}


def queue(turn: Turn, launch: Launch, policy: Policy | None) -> None:
    """Record that the leg is wanted, and ask for names and money; one asked for already keeps its place."""
    case, leg = turn.case, launch.leg
    held = case.queued
    if held is not None and (held.leg, held.verb) == (leg.id, launch.verb) and not has_been_stopped(held):
        return
    place = "" if launch.verb == "preview" or leg.foreign else place_of(case, policy, leg)
    data = {"leg": leg.id, "verb": launch.verb, "nonce": launch.nonce, "place": place, "auto": launch.auto}
    turn.record(Entry("leg.queued", data, launch.actor, launch.why))
    wish, budget = _wish(turn, launch, policy), budget_key(turn.case)
    if launch.verb == "execute" and names.wanted(case):
        told = {"claim": names.claim(case), "wish": wish.data, "budget": budget}
        turn.do(Tell(f"names:{launch.nonce}", names.names_key(case), "names.want", told))
    else:
        turn.do(Tell(f"reserve:{launch.nonce}", budget, "budget.reserve", wish.data))


def has_been_stopped(queued: Queued) -> bool:
    """Whether the budget has said no."""
    return bool(queued.stopped) and not queued.has_money


def ask_again(turn: Turn, policy: Policy | None, nonce: str) -> None:
    """A leg that the budget has stopped is asked for once more: limits, or what was spent, may have changed."""
    held = turn.case.queued
    leg = leg_of(turn.case, held.leg) if held is not None else None
    if held is not None and leg is not None and has_been_stopped(held) and is_wanted(turn.case):
        queue(turn, Launch(leg, held.verb, nonce, held.actor, held.auto, held.why), policy)


def ask_anew(turn: Turn, policy: Policy | None, nonce: str, why: str) -> None:
    """A leg whose answer was lost is asked for under a new name; what the old one held goes back."""
    held = turn.case.queued
    leg = leg_of(turn.case, held.leg) if held is not None else None
    if held is not None and leg is not None and is_wanted(turn.case):
        turn.record(Entry("leg.unqueued", {"nonce": held.nonce}, reason=why))
        queue(turn, Launch(leg, held.verb, nonce, held.actor, held.auto, held.why), policy)


def is_wanted(case: Case) -> bool:
    """Whether the queued leg can still be begun.

    What a preview sees changes the digest, so none is begun while an approval of the present one stands.
    """
    held = case.queued
    if held is None or leg_of(case, held.leg) is None or (case.run is not None and case.run.open):
        return False
    if held.verb == "preview" and (case.approvals or case.phase not in {Phase.VALIDATED, Phase.PREVIEWING}):
        return False
    return can(case.phase, _BEGINS[held.verb])


def dispatch(turn: Turn, policy: Policy | None, fence: int = 0) -> None:
    """Start the queued leg, under that fence where it has a lock; IllegalMove where it is not wanted any more."""
    held = turn.case.queued
    assert held is not None
    leg = leg_of(turn.case, held.leg)
    assert leg is not None
    launch = Launch(leg, held.verb, held.nonce, held.actor, held.auto, held.why, held.place, fence)
    start(turn, launch, policy)


# --- what it may cost ---


def _wish(turn: Turn, launch: Launch, policy: Policy | None) -> Wish:
    case, plan = turn.case, turn.case.plan
    assert plan is not None
    currency = policy.prices.currency if policy else plan.estimate.currency
    known = [Decimal(line["amount"]) for line in case.costs if _is_known(line, currency)]
    user, login = _person(case, launch)
    return Wish(
        case=case.key,
        nonce=launch.nonce,
        leg=launch.leg.id,
        verb=launch.verb,
        repository=case.repo.id,
        user=user,
        login=login,
        amount=leg_estimate(plan, launch.leg, policy) if policy else None,
        spent=f"{sum(known, Decimal(0)):f}",
        unknown=len(known) < len(case.costs),
        currency=currency,
        limits=policy.budgets if policy else Budgets(),
        override=policy is not None and overridden(case, BUDGET, policy, Now(turn.now)),
    )


def _is_known(line: object, currency: str) -> bool:
    return isinstance(line, dict) and line["amount"] is not None and line["currency"] == currency


def _person(case: Case, launch: Launch) -> tuple[int, str]:
    """Who sets the run off: who asked for it, or whose approval lets it begin; nobody what the bot does."""
    if launch.actor.id or launch.auto:
        return launch.actor.id, launch.actor.login
    if launch.verb == "preview":
        return (case.requested_by, "") if case.requested_by else (case.author.id, case.author.login)
    given = [one for one in case.approvals if one.kind == "person"]
    decided = launch.verb == "execute" or case.decided
    last = max(given, key=lambda one: one.at, default=None) if decided else None
    return (last.user, last.login) if last is not None else (0, "")


def leg_estimate(plan: Plan, leg: Leg, policy: Policy) -> str | None:
    """What a run of the leg costs at most, in the policy's currency; None where one of its runners has no price.

    The steps' own times with a fifth more, and no less than a minute for each job, as GitHub bills it.
    """
    minutes = sum(plan.step(step).estimate_seconds for step in leg.steps) // 60 * 12 // 10
    jobs, labels = (FOREIGN_JOBS if leg.foreign else JOBS), list(policy.workflow.runs_on)
    if leg.foreign:
        if policy.prices.minute(policy.workflow.foreign_on) is None:
            return None
        labels += policy.workflow.foreign_on
    return estimate(Workload(minutes, jobs), policy.prices, labels).cost_high


# --- what is given back ---


@dataclass(frozen=True)
class _Held:
    """What a nonce may hold: money, and the lock of a place."""

    nonce: str
    place: str


def let_go(before: Case | None, turn: Turn) -> None:
    """Give back what the case wanted or held before this decision, and does not want or hold any more."""
    after = turn.known
    if after is None:
        return
    kept = {one.nonce for one in _held(after)}
    origin = before if before is not None and before.plan is not None else after
    ran = {run.nonce for run in after.every_run if run.run_id is not None or run.client_keys}
    for one in dict.fromkeys([*(_held(before) if before else ()), *_asked(turn)]):
        if one.nonce in kept:
            continue
        if one.place:
            turn.do(
                Tell(f"release:{one.nonce}", lock_key(origin, one.place), "lock.release", {"nonce": one.nonce})
            )
        if one.nonce not in ran:
            data = {"case": after.key, "nonce": one.nonce}
            turn.do(Tell(f"unspent:{one.nonce}", budget_key(origin), "budget.release", data))
    _let_names_go(before, after, turn)


def _let_names_go(before: Case | None, after: Case, turn: Turn) -> None:
    """Say which names the case has no more, and when it is completed, so that its repository may renew them."""
    had, has = names.held(before), names.held(after)
    if before is not None and had - has:
        data = {"case": after.key, "names": sorted(had - has)}
        turn.do(Tell(turn.name("names-released"), names.names_key(before), "names.release", data))
    if has and after.phase is Phase.COMPLETED and before is not None and before.phase is not Phase.COMPLETED:
        turn.do(Tell(turn.name("names-settled"), names.names_key(after), "names.settle", {"case": after.key}))


def _held(case: Case) -> Iterator[_Held]:
    """What the case wants, and what its open run holds."""
    if case.queued is not None:
        yield _Held(case.queued.nonce, case.queued.place)
    for run in case.every_run:
        if run.open:
            yield _Held(run.nonce, run.place if run.fence else "")


def _asked(turn: Turn) -> Iterator[_Held]:
    """What was asked for in this very decision."""
    for effect in turn.effects:
        if isinstance(effect, Record) and effect.entry.type == "leg.queued":
            yield _Held(effect.entry.data["nonce"], effect.entry.data["place"])


def renewal(case: Case, turn: Turn) -> Tell | None:
    """The present run is alive and keeps its lease; None where it has none."""
    run = case.run
    if run is None or not run.fence:
        return None
    data = {"nonce": run.nonce, "fence": run.fence}
    return Tell(f"renew:{run.nonce}:{stamp(turn.now)}", lock_key(case, run.place), "lock.renew", data)
