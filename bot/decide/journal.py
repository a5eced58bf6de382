"""Journal lines and the bundle manifest of a running leg: stored before they are acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.decide import fencing
from bot.domain.case import Case, LegRun
from bot.domain.knowledge import Knowledge, Need
from bot.domain.ledger import Entry
from bot.domain.leg import batch, leg_of, look_again, writes_contents
from bot.domain.took import alias_of, tells
from bot.domain.turn import Turn
from bot.domain.view import progress
from bot.events.model import DoneReceived, JournalReceived
from executors.protocol.canonical import canonical
from executors.protocol.journal import (
    Intent,
    JournalLine,
    LegFinished,
    LegStarted,
    Noted,
    StepFinished,
    StepStarted,
)

TOKEN_AGE = timedelta(minutes=45)
"""When the App token of a running job is renewed."""
RESIDUE_LIMIT = 200
"""Remains that the ledger names; every event of the case reads them again."""
SETTLE = timedelta(seconds=30)
"""When a run that has said it is done is looked at, should GitHub's word of its end be lost."""


def _run(turn: Turn, session: str) -> LegRun | None:
    """The open run that the session key belongs to; None after an answer that says why there is none."""
    run = turn.known.run if turn.known else None
    if run is None or run.session is None or session != run.session:
        _no(turn, 403, "session", "this session key is of no run that is under way")
        return None
    if not run.open:
        _no(turn, 409, "leg_closed", "this run of the leg is over")
        return None
    return run


def _no(turn: Turn, status: int, code: str, why: str) -> None:
    turn.answer(status, {"code": code, "why": why, "next": "stop; the capability's comment says what follows"})


def needs(_: JournalReceived, case: Case | None) -> tuple[Need, ...]:
    """Whose the environment is."""
    return fencing.needs(case, case.run) if case is not None and case.run is not None else ()


def decide(event: JournalReceived, turn: Turn, known: Knowledge) -> None:
    """Stores the new lines and answers go or stop; lines known already are acknowledged, gaps are 409.

    Where the lock is lost nothing more is begun: an intent is refused, and only what was done before it is kept.
    """
    run = _run(turn, event.session)
    if run is None or not _fits(event, turn, run):
        return
    lost = fencing.is_lost(turn.case, run, known, turn.now)
    new = [line for line in event.lines if line.n > run.lines]
    if lost:
        fencing.note(turn, run)
        begun = next((n for n, line in enumerate(new) if isinstance(line.body, Intent)), len(new))
        if begun < len(new):
            if begun:
                _store(turn, run, new[:begun])
            _no(turn, 409, "lock_lost", fencing.why_lost(run))
            return
    stops = lost or turn.case.cancel
    renew = (turn.case.repo.id,) if new and _is_old(run, turn.now) and not stops else ()
    if new:
        _store(turn, run, new, renewed=bool(renew), leased=not lost and fencing.is_due(run, turn.now))
    turn.answer(200, {"decision": "stop" if stops else "go"}, renew, writes=writes_contents(turn.case, run))
    if run.verb != "preview" and any(isinstance(line.body, StepStarted | StepFinished) for line in new):
        turn.sticky(progress(turn.case, _now(new)))


def _fits(event: JournalReceived, turn: Turn, run: LegRun) -> bool:
    """Whether the lines are the next of this run and its own to tell; False after an answer that says why not."""
    numbers = [line.n for line in event.lines]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) or numbers[0] > run.lines + 1:
        _no(turn, 409, "journal_gap", f"line {run.lines + 1} is expected")
    elif run.bundle is not None:
        _no(turn, 409, "leg_done", "this run has handed in its bundle")
    elif foreign := _foreign(turn, run, event.lines):
        _no(turn, 409, "journal_foreign", foreign)
    else:
        return True
    return False


def _foreign(turn: Turn, run: LegRun, lines: Sequence[JournalLine]) -> str:
    """What in the lines is not this run's to tell, "" where all is: a session speaks for its leg only (T41)."""
    leg = leg_of(turn.case, run.leg)
    steps = leg.steps if leg else ()
    for line in lines:
        body = line.body
        if isinstance(body, LegStarted) and body.verb != run.verb:
            return f"the run is to {run.verb}, not to {body.verb}"
        step = body.finding.step if isinstance(body, Noted) else getattr(body, "step", None)
        if step is not None and step not in steps:
            return f"step {step} is none of leg {run.leg}"
    return ""


def _is_old(run: LegRun, now: datetime) -> bool:
    """Whether the job's App token, which lives an hour, has less than a quarter of an hour left (T44)."""
    return bool(run.token_at) and now - datetime.fromisoformat(run.token_at) > TOKEN_AGE


def _store(
    turn: Turn, run: LegRun, lines: Sequence[JournalLine], *, renewed: bool = False, leased: bool = False
) -> None:
    data = batch(lines)
    facts: dict[str, Any] = {
        "nonce": run.nonce,
        "from": lines[0].n,
        "to": lines[-1].n,
        "blob": sha256(data).hexdigest(),
    }
    if renewed:
        facts["renewed"] = True
    if leased:
        facts["leased"] = True
        fencing.renew(turn)
    for line in lines:
        if isinstance(line.body, LegFinished):
            facts |= {"outcome": line.body.outcome, "residue": _residue(line.body)}
    turn.record(Entry("leg.journalled", facts), data)
    if run.verb == "preview":
        return
    for line in lines:
        if isinstance(line.body, StepStarted):
            turn.record(Entry("step.started", {"step": line.body.step, "attempt": line.body.attempt}))
        elif isinstance(line.body, StepFinished):
            turn.record(_ended(turn, line.body))


def _ended(turn: Turn, end: StepFinished) -> Entry:
    """The end of a step; of one that was completed with how long it took, where that tells of the next one's."""
    done: dict[str, Any] = {"step": end.step, "changed": end.changed}
    plan, alias = turn.case.plan, None
    executor = next((step.executor for step in plan.steps if step.id == end.step), "") if plan else ""
    if end.status == "completed" and tells(executor, end.changed):
        done |= {"executor": executor, "seconds": end.seconds[:20]}
        alias = alias_of(turn.case.repo.installation)
    return Entry(f"step.{end.status}", done, reason=(end.error or "")[:500], alias=alias)


def _residue(end: LegFinished) -> list[str]:
    """What remains, cut to what the ledger can carry: the journal keeps all of it."""
    kept = [text[:500] for text in end.residue[:RESIDUE_LIMIT]]
    more = len(end.residue) - len(kept)
    return [*kept, *([f"and {more} more; the journal lists them"] if more else [])]


def _now(lines: Sequence[JournalLine]) -> str:
    """What the run is at, for the sticky comment."""
    for line in reversed(lines):
        if isinstance(line.body, StepStarted):
            return f"{line.body.step} is running"
        if isinstance(line.body, StepFinished):
            return f"{line.body.step} {line.body.status.replace('_', ' ')}"
    return ""


def decide_done(event: DoneReceived, turn: Turn) -> None:
    """Stores the manifest; the leg ends when GitHub says that the run is over and its artifact agrees (T39)."""
    run = _run(turn, event.session)
    if run is None:
        return
    bundle = event.bundle
    data = canonical(bundle.to_json())
    digest = sha256(data).hexdigest()
    if run.bundle == digest:
        turn.answer(200, {"accepted": True})
    elif run.bundle is not None:
        _no(turn, 409, "leg_done", "this run has handed in another bundle")
    elif bundle.leg != run.leg:
        _no(turn, 409, "leg_unknown", f"the run is of leg {run.leg}")
    elif bundle.outcome != "failed" and bundle.lines != run.lines:
        _no(turn, 409, "journal_incomplete", f"{run.lines} journal lines are here")
    elif bundle.outcome != (run.reported or "failed"):
        _no(turn, 409, "outcome", f"the journal ends with {run.reported or 'nothing'}")
    else:
        facts = {
            "nonce": run.nonce,
            "bundle": digest,
            "artifact": bundle.artifact[:200],
            "outcome": bundle.outcome,
        }
        turn.record(Entry("leg.reported", facts), data)
        turn.answer(200, {"accepted": True})
        turn.do(look_again(run.nonce, turn.now + SETTLE))
