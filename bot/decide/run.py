"""A workflow run as GitHub reports it. The webhook is a hint: the run is read again before anything follows."""

from __future__ import annotations

from decimal import Decimal

from bot.decide import outcome
from bot.domain import anchor
from bot.domain.budget import budget_key
from bot.domain.case import Case, LegRun
from bot.domain.cost import as_data, cost_lines
from bot.domain.crossed import beside
from bot.domain.effects import CancelRun, Tell
from bot.domain.facts import RunFacts
from bot.domain.frozen import is_unreadable
from bot.domain.gate import is_expired
from bot.domain.gates import ask
from bot.domain.knowledge import ArtifactNow, Blobs, Knowledge, Need, PolicyFile, RunNow
from bot.domain.ledger import Entry
from bot.domain.leg import LOOK_EVERY, leg_of, look_again
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.void import is_open, void
from bot.events.model import RunChanged, TimerDue
from bot.events.routing import nonce_of


def needs(event: RunChanged, case: Case | None) -> tuple[Need, ...]:
    """What settling the run takes, once it is said to be over."""
    run = _our_run(event, case)
    if case is None or run is None or event.action != "completed" or event.attempt != 1:
        return ()
    return _look(case, run, event.run_id)


def _look(case: Case, run: LegRun, run_id: int) -> tuple[Need, ...]:
    digests = (*run.journal, *every_digest(case), *([run.bundle] if run.bundle else []))
    artifact = (ArtifactNow(run_id, run.artifact, beside(leg_of(case, run.leg))),) if run.bundle else ()
    return (PolicyFile(), RunNow(run_id), Blobs(tuple(dict.fromkeys(digests))), *artifact)


def _our_run(event: RunChanged, case: Case | None) -> LegRun | None:
    """The open run that the event is about: by its stored id, or by the nonce in its name where none is stored."""
    if case is None or case.plan is None or case.run is None or not case.run.open or is_unreadable(case):
        return None
    pin, run = case.plan.workflow, case.run
    if pin is None or event.repo.id != pin.repository_id:
        return None
    if run.run_id is not None:
        return run if run.run_id == event.run_id else None
    return run if nonce_of(event.title) == run.nonce and event.event == "workflow_dispatch" else None


def decide(event: RunChanged, turn: Turn, known: Knowledge) -> None:
    """Notes which run it is; settles it when it is over. A run of another hand, or run again, is none of ours."""
    run = _our_run(event, turn.known)
    if run is None:
        return
    if event.attempt != 1:
        turn.record(Entry("run.ignored", {"run_id": event.run_id, "attempt": event.attempt}, event.actor))
        return
    if run.run_id is None:
        if event.actor.id != known.bot:
            return
        facts = {"nonce": run.nonce, "run_id": event.run_id}
        turn.record(Entry("leg.bound", facts, alias=f"run:{event.run_id}"))
    if event.action == "completed":
        settle(turn, known)


def settle(turn: Turn, known: Knowledge) -> None:
    """Looks whether the present run is over, and ends the leg if it is."""
    run, facts = turn.case.run, known.run
    assert run is not None
    if facts is not None and facts.status != "completed" and facts.attempt == 1:
        turn.do(look_again(run.nonce, turn.now + LOOK_EVERY))
        return
    if facts is None or (known.bot and facts.actor != known.bot):
        outcome.lost(turn, known, "the run is gone" if facts is None else "the run was not started by our App")
        return
    _spend(turn, run, facts, known)
    if run.bundle is None:
        why = f"the run ended ({facts.conclusion or 'no conclusion'}) without saying it is done"
        outcome.lost(turn, known, f"{why}: {run.refused}" if run.refused else why)
    else:
        outcome.end(turn, known)


def _spend(turn: Turn, run: LegRun, facts: RunFacts, known: Knowledge) -> None:
    """What the run's jobs cost, in the ledger."""
    if known.policy is None:
        return
    prices = known.policy.prices
    lines = cost_lines(facts.jobs, prices, f"{run.leg} {run.verb}")
    if lines:
        data = {"run_id": facts.id, "leg": run.leg, "lines": [as_data(line) for line in lines]}
        turn.record(Entry("spend.recorded", data))
    amounts = [line.amount for line in lines]
    # Where the price of a job is not known the estimate stays reserved: nothing is cheaper for being unknown.
    total = None if None in amounts else f"{sum((Decimal(one) for one in amounts if one), Decimal(0)):f}"
    settled = {"case": turn.key, "nonce": run.nonce, "amount": total, "currency": prices.currency}
    turn.do(Tell(f"settle:{run.nonce}", budget_key(turn.case), "budget.settle", settled))


def needs_of_timer(event: TimerDue, case: Case | None) -> tuple[Need, ...]:
    """What the timer is about: a run to be looked at, or the policy's word on how long an approval lasts."""
    if case is None or is_unreadable(case):
        return ()
    if event.name == "approval-expiry":
        return (PolicyFile(),)
    run = case.run
    if event.name != "run-look" or run is None or not run.open or run.nonce != event.data.get("nonce"):
        return ()
    return _look(case, run, run.run_id) if run.run_id is not None else (PolicyFile(), Blobs(every_digest(case)))


def decide_timer(event: TimerDue, turn: Turn, known: Knowledge) -> None:
    """A timer of ours; what nobody can look at now is looked at when GitHub can be read again."""
    if turn.known is None or is_unreadable(turn.known):
        return
    if event.name == "approval-expiry":
        expire(turn, known)
    elif event.name == "run-look":
        _look_at(event, turn, known)
    elif event.name == anchor.TIMER:
        anchor.again(turn, event.data.get("tries"))


def _look_at(event: TimerDue, turn: Turn, known: Knowledge) -> None:
    run = turn.case.run
    if run is None or not run.open or run.nonce != event.data.get("nonce"):
        return
    over = known.run is not None and known.run.status == "completed"
    if not run.client_keys and not over:
        if run.run_id is not None:
            turn.do(CancelRun(f"cancel:{run.nonce}", run.run_id))
        outcome.lost(turn, known, "no job of the run claimed its leg within 15 minutes")
    elif run.run_id is not None:
        settle(turn, known)


def expire(turn: Turn, known: Knowledge) -> None:
    """Approvals that were not used in time are withdrawn, and that is said."""
    policy, case = known.policy, turn.case
    for name in dict.fromkeys(one.gate for one in case.approvals) if policy else ():
        asked = ask(case, policy, name) if policy else None
        given = [one for one in case.approvals_of(name) if is_open(case, one)]
        old = [one for one in given if asked is not None and is_expired(one, asked, turn.now)]
        hours = asked.hours if asked else 0
        void(turn, old, f"it is older than {hours} hours", known, code="expired")
