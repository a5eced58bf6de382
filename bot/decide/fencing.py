"""Whether a run still has its environment: read from the environment's own ledger at each claim and journal post.

A run whose lease was given to another, or is about to end, begins nothing more, whatever it believes: that is what
the fence is for. What it has done is still heard, for it is needed to take it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.decide.allowed import No
from bot.domain.case import Case, LegRun
from bot.domain.knowledge import Knowledge, Ledgers, Need
from bot.domain.launch import renewal
from bot.domain.ledger import Entry
from bot.domain.lock import RENEWED_AFTER, Lock, held_by, is_fenced, lock_key, lock_of
from bot.domain.turn import Turn


def needs(case: Case, run: LegRun) -> tuple[Need, ...]:
    """The ledger of the environment that the run was dispatched to, where it has a lock."""
    return (Ledgers((lock_key(case, run.place),)),) if is_fenced(run) else ()


def _lock(case: Case, run: LegRun, known: Knowledge) -> Lock:
    return lock_of(known.ledgers.get(lock_key(case, run.place), ()))


def is_lost(case: Case, run: LegRun, known: Knowledge, now: datetime) -> bool:
    """Whether the run had its environment's lock and has it no more."""
    return is_fenced(run) and not _lock(case, run, known).holds(run, now)


def why_lost(run: LegRun) -> str:
    """What a run is told that has lost its lock."""
    return f"the lock of environment {run.place} is not this run's any more"


def refusals(case: Case, run: LegRun, job: str, known: Knowledge, now: datetime) -> Iterator[No]:
    """Why the job may not begin in its environment: another run has it, or a person has closed it."""
    if is_lost(case, run, known, now):
        yield No(409, "lock_lost", why_lost(run))
    lock = _lock(case, run, known)
    if is_fenced(run) and lock.closed is not None and lock.closed.until > now and job not in run.client_keys:
        yield No(409, "locked", held_by(run.place, lock))


def note(turn: Turn, run: LegRun) -> None:
    """Keep in the ledger, once for each run, that it had to stop."""
    if run.refused != why_lost(run):
        turn.record(Entry("lock.lost", {"nonce": run.nonce, "place": run.place}, reason=why_lost(run)))


def is_due(run: LegRun, now: datetime) -> bool:
    """Whether the run has to renew its lease."""
    return is_fenced(run) and now - datetime.fromisoformat(run.leased_at) > RENEWED_AFTER


def renew(turn: Turn) -> None:
    """The present run is alive."""
    told = renewal(turn.case, turn)
    if told is not None:
        turn.do(told)
