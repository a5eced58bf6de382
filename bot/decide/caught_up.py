"""Catching up: what was missed while GitHub let nothing be read or written is read again, and shown."""

from __future__ import annotations

from bot.decide import judged, run, unheard
from bot.domain import ending
from bot.domain.case import Case
from bot.domain.crossed import beside
from bot.domain.drift import drift
from bot.domain.effects import ClosePull
from bot.domain.frozen import since_frozen
from bot.domain.knowledge import (
    ArtifactNow,
    Blobs,
    History,
    IssueNow,
    Knowledge,
    Need,
    PolicyFile,
    PullNow,
    RunNow,
    WorkflowFile,
)
from bot.domain.launch import ask_anew, is_wanted
from bot.domain.ledger import Entry
from bot.domain.leg import CLAIM_WITHIN, journal_digests, leg_of, look_again
from bot.domain.lifecycle import ENDED, Phase, can
from bot.domain.people import NOBODY
from bot.domain.stale import is_waiting, make_stale
from bot.domain.stop import cancel
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.view import show

AFTERWARDS = ENDED | {Phase.FAILED}
"""Phases in which a run of the case may have come to its end while nothing could be written."""


def needs(case: Case) -> tuple[Need, ...]:
    """Issue, policy, workflow, rights, words and run as they are now, and what the ledger holds."""
    digests = (*journal_digests(case.every_run), *every_digest(case))
    found: tuple[Need, ...] = (IssueNow(case.number), WorkflowFile(), History(), *judged.needs_of_all(case))
    return (*found, *_of_run(case), _blobs(case, digests))


def needs_of_look(case: Case) -> tuple[Need, ...]:
    """Only what this case can have missed, and what became of its pull request."""
    found: tuple[Need, ...] = (IssueNow(case.number), PolicyFile(), History(), *_of_run(case))
    if (number := case.made.get("pull")) is not None:
        found += (PullNow(int(number)),)
    if judged.has_unused(case):
        found += judged.needs_of_all(case)
    may_end = case.run is not None and (case.run.open or judged.has_unused(case))
    digests = (*journal_digests(case.every_run), *every_digest(case)) if may_end else ()
    return (*found, _blobs(case, digests))


def _blobs(case: Case, digests: tuple[str, ...]) -> Blobs:
    bundle = (case.run.bundle,) if case.run is not None and case.run.open and case.run.bundle else ()
    return Blobs(tuple(dict.fromkeys((*digests, *bundle))))


def _of_run(case: Case) -> tuple[Need, ...]:
    """The run under way, and the artifact that it reported."""
    present = case.run
    if present is None or not present.open or present.run_id is None:
        return ()
    found: tuple[Need, ...] = (RunNow(present.run_id),)
    others = beside(leg_of(case, present.leg))
    return found + ((ArtifactNow(present.run_id, present.artifact, others),) if present.bundle else ())


def catch_up(turn: Turn, known: Knowledge, why: str) -> None:
    """Settles what ran, ends what is gone, takes out what does not count any more, and goes on with the rest."""
    case = turn.case
    if case.run is not None and case.run.open:
        _run(turn, known)
    elif case.queued is not None and is_wanted(case):
        ask_anew(turn, known.policy, known.nonce, why)
        show(turn, known.policy)
    elif case.phase is Phase.HELD:
        show(turn, known.policy)
    elif case.phase in AFTERWARDS:
        _say_what_was_missed(turn, known)
    elif gone := _gone(case, known):
        _end(turn, known, f"{why}; {gone}")
    else:
        _go_on(turn, known, why)


def look(turn: Turn, known: Knowledge) -> None:
    """Does of all this what is due although nothing is known to have been missed; nothing where nothing was."""
    case, present = turn.case, turn.case.run
    if present is not None and present.open and present.run_id is not None and _is_over(known):
        run.settle(turn, known)
    elif gone := _gone(case, known):
        _end(turn, known, gone)
    elif present is None or not present.open:
        unheard.pull_request(turn, known)
        judged.again(turn, known, NOBODY, "what was said was read again")
        if (turn.case.plan is None or is_waiting(turn.case)) and unheard.is_edited(turn.case, known):
            unheard.edited(turn, known)


def _is_over(known: Knowledge) -> bool:
    """Whether the run has ended, or is gone from an operations repository that can be read."""
    if known.run is None:
        return known.operations is not None
    return known.run.status == "completed"


def _gone(case: Case, known: Knowledge) -> str:
    """Why there is nothing to go on with, "" where there is; who plans a closed issue knows that it is closed."""
    if known.issue is None:
        return "the issue is not there any more"
    return "the issue was closed meanwhile" if case.was_open and not known.issue.open else ""


def _end(turn: Turn, known: Knowledge, why: str) -> None:
    case = turn.case
    if case.cancel or not (case.phase is Phase.EXECUTING or can(case.phase, "capability.cancelled")):
        return
    cancel(turn, NOBODY, why)
    if known.issue is not None:
        show(turn, known.policy, why)
    if not can(turn.case.phase, "capability.cancelled"):
        turn.do(ClosePull(turn.name("close-pull")))


def _run(turn: Turn, known: Knowledge) -> None:
    """What is under way is looked at; one that GitHub has not named yet may still begin."""
    present = turn.case.run
    assert present is not None
    if present.run_id is not None:
        run.settle(turn, known)
    else:
        turn.do(look_again(present.nonce, turn.now + CLAIM_WITHIN))
    if turn.case.run is not None and turn.case.run.open:
        show(turn, known.policy)


def _say_what_was_missed(turn: Turn, known: Knowledge) -> None:
    """Ends of which something could not be written are written now, with their evidence."""
    missed = [line for line in since_frozen(known.lines) if line.entry.type in MISSED]
    present = turn.case.run
    if not missed:
        return
    if present is not None and present.verb != "preview" and turn.case.phase is not Phase.COMPLETED:
        ending.failed(turn, known, turn.case.failure)
    else:
        show(turn, known.policy)


MISSED = frozenset({"effect.failed", "capability.cancelled", "execution.failed", "rollback.failed"})
"""Entries after which people have not seen everything."""


def _go_on(turn: Turn, known: Knowledge, why: str) -> None:
    case = turn.case
    judged.again(turn, known, NOBODY, f"{why}, and what was said meanwhile was read again")
    if unheard.is_edited(case, known):
        unheard.edited(turn, known)
    elif case.plan is not None and (changed := drift(case, known)):
        make_stale(turn, known, NOBODY, f"While nothing could be heard, {changed}.", "`/plan`")
    else:
        if _was_called_back(known):
            turn.record(Entry("plan.requested", {}, NOBODY, why))
        ending.go_on(turn, known)


def _was_called_back(known: Knowledge) -> bool:
    """Whether the preview did not fail but was ended by ourselves; then it is begun again."""
    previews = [line.entry for line in known.lines if line.entry.type.startswith("preview.")]
    return bool(previews) and bool(previews[-1].data.get("recalled"))
