"""Catching up: what was missed while GitHub let nothing be read or written is read again, and shown."""

from __future__ import annotations

from bot.decide import judged, run
from bot.domain import ending
from bot.domain.case import Case
from bot.domain.crossed import beside
from bot.domain.drift import drift
from bot.domain.frozen import since_frozen
from bot.domain.knowledge import (
    ArtifactNow,
    Blobs,
    History,
    IssueNow,
    Knowledge,
    Need,
    RunNow,
    WorkflowFile,
)
from bot.domain.launch import ask_anew, is_wanted
from bot.domain.ledger import Entry
from bot.domain.leg import CLAIM_WITHIN, journal_digests, leg_of, look_again
from bot.domain.lifecycle import ENDED, Phase
from bot.domain.people import NOBODY
from bot.domain.proposal import subject_digest
from bot.domain.stale import make_stale, note
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
    present = case.run
    if present is not None and present.open and present.run_id is not None:
        digests += (present.bundle,) if present.bundle else ()
        found += (RunNow(present.run_id),)
        others = beside(leg_of(case, present.leg))
        found += (ArtifactNow(present.run_id, present.artifact, others),) if present.bundle else ()
    return (*found, Blobs(tuple(dict.fromkeys(digests))))


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
    elif known.issue is None or not known.issue.open:
        gone = "is not there any more" if known.issue is None else "was closed meanwhile"
        why = f"{why}; the issue {gone}"
        cancel(turn, NOBODY, why)
        show(turn, known.policy, why)
    else:
        _go_on(turn, known, why)


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
    if known.issue is not None and case.body is not None and subject_digest(known.issue) != case.body:
        what = "The issue was edited while nothing could be heard of it, so this plan is not of it as it stands."
        if case.plan is None:
            note(turn, what, "`/plan`")
        make_stale(turn, known, NOBODY, what, "`/plan`")
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
