"""How a run ended, and what follows: the next leg, the end with its evidence, or a failure with what remains."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from bot.decide import takeback
from bot.domain import ending
from bot.domain.advance import advance
from bot.domain.case import Case, LegRun
from bot.domain.crossed import crossed_fault
from bot.domain.facts import ArtifactFacts
from bot.domain.holding import take_hold
from bot.domain.knowledge import Knowledge
from bot.domain.launch import queue
from bot.domain.ledger import Entry
from bot.domain.leg import Launch, journal, leg_of, unseen
from bot.domain.proposal import open_pull
from bot.domain.turn import Turn
from bot.domain.view import show
from executors.errors import ProtocolError
from executors.protocol.canonical import canonical, parse
from executors.protocol.envelope import envelope_of
from executors.protocol.history import unsettled
from executors.protocol.plan import Plan
from executors.protocol.spec import Bundle
from executors.protocol.wire import read


def end(turn: Turn, known: Knowledge) -> None:
    """The run is over and has handed in its bundle: believe it where the artifact agrees (T39)."""
    run = turn.case.run
    assert run is not None
    bundle = _bundle(run, known)
    why = artifact_fault(bundle, known.artifact)
    why = why or crossed_fault(bundle, known.artifact, leg_of(turn.case, run.leg))
    outcome = "failed" if why or bundle is None else bundle.outcome
    facts: dict[str, Any] = {
        "leg": run.leg,
        "nonce": run.nonce,
        "verb": run.verb,
        "run_id": run.run_id,
        "outcome": outcome,
    }
    kept: tuple[bytes, ...] = ()
    if not why and known.artifact is not None and known.artifact.data:
        facts["artifact"], kept = sha256(known.artifact.data).hexdigest(), (known.artifact.data,)
    turn.record(Entry("leg.finished", facts, reason=why), *kept)
    why = why or (bundle.summary[:500] if bundle else "")
    match run.verb:
        case "preview":
            _preview(turn, known, outcome, why)
        case "execute":
            _execute(turn, known, outcome, why)
        case "rollback":
            takeback.went_on(turn, known, outcome, why)
            _held(turn, known)


def _bundle(run: LegRun, known: Knowledge) -> Bundle | None:
    try:
        return read(Bundle, parse(known.blobs[run.bundle or ""]))
    except (KeyError, ProtocolError):
        return None


def artifact_fault(bundle: Bundle | None, artifact: ArtifactFacts | None) -> str:
    """Why the artifact is not what the job said it handed in; "" where it is (T39)."""
    if bundle is None:
        return "the bundle manifest is not there any more"
    if artifact is None:
        return f"the run has no artifact {bundle.artifact}"
    if artifact.faults:
        return f"the artifact: {artifact.faults[0]}"
    if bundle.artifact_digest is not None and bundle.artifact_digest != artifact.digest:
        return "the artifact's digest is not the one that the job reported"
    told = {file.path: file.sha256 for file in bundle.files}
    if told != dict(artifact.files):
        differing = sorted(set(told.items()) ^ set(artifact.files.items()))
        return f"the artifact does not hold what the job reported: {differing[0][0][:200]}"
    return ""


def _preview(turn: Turn, known: Knowledge, outcome: str, why: str) -> None:
    """Puts what the preview saw into the plan: same version, new digest; then the next leg is looked at."""
    case = turn.case
    run, plan, leg = case.run, case.plan, leg_of(case, case.run.leg) if case.run else None
    if outcome != "completed" or run is None or plan is None or leg is None:
        turn.record(Entry("preview.failed", {"leg": run.leg if run else ""}, reason=why or outcome))
        take_hold(turn)
        show(turn, known.policy)
        return
    seen = plan.previewed(envelope_of(journal((run,), known.blobs), leg))
    # An approval of LOW risk does not wait for the preview, and is not voided by it.
    final: Plan = plan if case.approvals else seen
    facts = {"leg": leg.id, "version": plan.version, "digest": final.digest}
    missing = {"missing": [one.id for one in unseen(final)]}
    turn.record(Entry("preview.finished", facts | missing), canonical(final.to_json()))
    if case.publish:
        open_pull(turn, None, known.policy)
    take_hold(turn)
    advance(turn, known.policy, known.nonce)
    show(turn, known.policy)


def _execute(turn: Turn, known: Knowledge, outcome: str, why: str) -> None:
    if turn.case.cancel and outcome in {"completed", "stopped"}:
        _stopped(turn, known, outcome, why)
    elif outcome == "completed":
        ending.leg_done(turn, known)
        ending.go_on(turn, known)
    else:
        takeback.after_failure(turn, known, outcome, why)
        _held(turn, known)


def _stopped(turn: Turn, known: Knowledge, outcome: str, why: str) -> None:
    """Somebody asked to stop: no further leg starts, even where this one got to its end before it heard of it."""
    asked = turn.case.failure or why or "stopped as asked"
    why = f"{asked} (every step of this run had been done by then)" if outcome == "completed" else asked
    turn.record(Entry("capability.cancelled", {}, reason=why))
    ending.failed(turn, known, why)


def lost(turn: Turn, known: Knowledge, why: str) -> None:
    """A run that ended without a word: once, and only where an intent is open, the bot sends another to look."""
    case, run = turn.case, turn.case.run
    assert run is not None
    turn.record(Entry("leg.lost", {"leg": run.leg, "nonce": run.nonce, "verb": run.verb}, reason=why))
    if run.verb == "preview":
        turn.record(Entry("preview.failed", {"leg": run.leg}, reason=why))
        take_hold(turn)
        show(turn, known.policy)
    elif run.verb == "execute" and case.cancel:
        why = f"{case.failure}; {why}" if case.failure else why
        turn.record(Entry("capability.cancelled", {}, reason=why))
        ending.failed(turn, known, why)
    elif _may_look_again(case, run, known):
        leg = leg_of(case, run.leg)
        assert leg is not None
        again = Launch(leg, run.verb, known.nonce, auto=True, why=case.failure if run.verb == "rollback" else why)
        queue(turn, again, known.policy)
        show(turn, known.policy, why)
    else:
        kind = "execution.failed" if run.verb == "execute" else "rollback.failed"
        turn.record(Entry(kind, {"outcome": "lost"}, reason=why))
        ending.failed(turn, known, why)
        _held(turn, known)


def _held(turn: Turn, known: Knowledge) -> None:
    """What failed waits for nothing but people: where somebody asked for it, it is held first."""
    if take_hold(turn):
        show(turn, known.policy)


def _may_look_again(case: Case, run: LegRun, known: Knowledge) -> bool:
    runs = case.leg_runs(run.leg)
    return not any(one.auto for one in runs) and bool(unsettled(journal(runs, known.blobs)))
