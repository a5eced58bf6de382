"""The journals of a case, folded by step: what was applied, what was taken back, how each step ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from executors.protocol.canonical import parse
from executors.protocol.journal import (
    Entry,
    Intent,
    JournalLine,
    LegFinished,
    LegStarted,
    Looked,
    Noted,
    Result,
    StepFinished,
    StepStarted,
)
from executors.protocol.operation import UNDO_CLASS
from executors.protocol.wire import Json, read


@dataclass
class Tally:
    """How often one kind of operation on one place was applied, taken back, and refused by the world.

    `outside` is False for a step's own build folder, which is no part of the world.
    """

    outside: bool = True
    applied: int = 0
    undone: int = 0
    failed: int = 0


@dataclass
class Trace:
    """One step's way through its journals; `tallies` is keyed by (operation, place)."""

    status: str = "pending"
    seconds: str = ""
    error: str = ""
    log: list[str] = field(default_factory=list)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)


def traces(journals: Mapping[str, Iterable[bytes]]) -> dict[str, Trace]:
    """Return step id → trace, over all legs in the order given; ProtocolError for a line that is none.

    A preview's operations touch its own build folder only, so they stand in the log and are not counted.
    """
    found: dict[str, Trace] = {}
    for leg, lines in journals.items():
        verb, open_intents = "", dict[str, Intent]()
        for raw in lines:
            line = read(JournalLine, parse(raw))
            if isinstance(line.body, LegStarted):
                verb = line.body.verb
            elif not isinstance(line.body, LegFinished):
                trace = found.setdefault(_step(line.body), Trace())
                trace.log.append(f"{line.at}  {leg} {verb}  {_words(line.body, open_intents)}")
                _count(trace, line.body, open_intents, counted=verb != "preview")
    return found


def _step(body: Entry) -> str:
    if isinstance(body, Noted):
        return body.finding.step or ""
    return "" if isinstance(body, LegStarted | LegFinished) else body.step


def _count(trace: Trace, body: Entry, intents: dict[str, Intent], *, counted: bool) -> None:
    match body:
        case Intent():
            intents[body.key] = body
        case Result() if counted and (intent := intents.get(body.key)):
            # What takes an operation back is another operation; it counts on the line of the one it takes back.
            for original in [intents.get(key, intent) for key in intent.undoes] or [intent]:
                tally = trace.tallies.setdefault(_row(original), Tally(outside=_outside(original.operation)))
                tally.failed += not body.ok
                tally.undone += body.ok and bool(intent.undoes)
                tally.applied += body.ok and not intent.undoes
        case StepFinished() if counted:
            trace.status, trace.seconds, trace.error = body.status, body.seconds, body.error or ""


def _row(intent: Intent) -> tuple[str, str]:
    return str(intent.operation.get("op", "unknown")), place(intent.operation)


def place(operation: Json) -> str:
    """Return where an operation acts, in words: the kind of place and what names it."""
    at = operation.get("at")
    if not isinstance(at, dict):
        return ""
    kind = "build folder" if at.get("kind") == "scratch" else str(at.get("kind", "")).replace("_", " ")
    return " ".join([kind, *(str(value) for name, value in at.items() if name != "kind")])


def _outside(operation: Json) -> bool:
    at = operation.get("at")
    return not (isinstance(at, dict) and at.get("kind") == "scratch")


def undo_class(operation: str) -> str:
    """Return the operation's undo class, `unknown` for one that this release does not have."""
    return UNDO_CLASS.get(operation, "unknown")


def _words(body: Entry, intents: Mapping[str, Intent]) -> str:
    """Return one entry of a log as a line of text."""
    match body:
        case StepStarted():
            return f"begin, attempt {body.attempt}"
        case Looked():
            proposed = ", ".join(f"{plan.count}× {plan.op} on {plan.target}" for plan in body.planned)
            return f"look {body.round}: " + (
                f"proposes {proposed}" if proposed else body.note or "nothing left to do"
            )
        case Intent():
            what = " ".join(str(body.operation.get(name, "")) for name in ("op", "path", "release")).strip()
            return f"{'take back' if body.undoes else 'apply'} {what} at {place(body.operation)} [{body.key}]"
        case Result():
            known = "" if body.key in intents else " (no intent)"
            return f"{'done' if body.ok else 'FAILED'} [{body.key}]{known} {body.error or ''}"
        case Noted():
            return f"{body.finding.level}: {body.finding.message}"
        case StepFinished():
            return f"end: {body.status}, {body.changed} changed, {body.seconds} s {body.error or ''}"
        case LegStarted() | LegFinished():
            return body.entry
