"""The journals of a case, folded by step: what was applied, what was taken back, how each step ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from executors.evidence.words import operation_words, place
from executors.protocol.canonical import parse
from executors.protocol.finding import Finding
from executors.protocol.history import had_effect
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
from executors.protocol.operation import undo_class_of
from executors.protocol.undo import UndoClass
from executors.protocol.wire import Json, read


class Kind(NamedTuple):
    """One kind of operation on one place: the operation's name, the place in words, how it is taken back."""

    op: str
    where: str
    undo: UndoClass


@dataclass
class Tally:
    """How often one kind of operation was applied, taken back, and refused by the world.

    `outside` is False for a step's own build folder, which is no part of the world.
    """

    outside: bool = True
    applied: int = 0
    undone: int = 0
    failed: int = 0


@dataclass
class Run:
    """What one run of a leg saw for a step: the digests of its looks, in order.

    `finished` tells whether the journal has the run's end; `moved`, whether an operation came after the last look.
    """

    name: str
    verb: str
    looks: list[str] = field(default_factory=list)
    finished: bool = False
    moved: bool = False


@dataclass
class Trace:
    """One step's way through its journals."""

    status: str = "pending"
    seconds: str = ""
    error: str = ""
    log: list[str] = field(default_factory=list)
    tallies: dict[Kind, Tally] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """The modules that were asked for by name."""
    findings: list[Finding] = field(default_factory=list)

    def tally(self, operation: Json) -> Tally:
        """Return the tally that this operation counts on."""
        at = operation.get("at")
        outside = not (isinstance(at, dict) and at.get("kind") == "scratch")
        kind = Kind(str(operation.get("op", "unknown")), place(operation), undo_class_of(operation))
        return self.tallies.setdefault(kind, Tally(outside=outside))


def traces(journals: Mapping[str, Iterable[bytes]]) -> dict[str, Trace]:
    """Return step id → trace, over all legs in the order given; ProtocolError for a line that is none.

    A preview's operations touch its own build folder only, so they stand in the log and are not counted.
    """
    found: dict[str, Trace] = {}
    for leg, lines in journals.items():
        reading = _Reading(leg, found)
        for raw in lines:
            reading.take(read(JournalLine, parse(raw)))
    return found


@dataclass
class _Reading:
    """One leg's journal while it is read."""

    leg: str
    found: dict[str, Trace]
    verb: str = ""
    number: int = 0
    run: str = ""
    intents: dict[str, Intent] = field(default_factory=dict)

    def take(self, line: JournalLine) -> None:
        body = line.body
        match body:
            case LegStarted():
                self.verb, self.number = body.verb, self.number + 1
                self.run = f"{self.leg}/{self.number}"
            case LegFinished():
                for run in (run for trace in self.found.values() for run in trace.runs[-1:]):
                    run.finished |= run.name == self.run
            case _:
                step = (body.finding.step or "") if isinstance(body, Noted) else body.step
                trace = self.trace(step)
                trace.log.append(f"{line.at}  {self.leg} {self.verb}  {_words(body, self.intents)}")
                if isinstance(body, Noted):
                    trace.findings.append(body.finding)
                self.follow(trace, body)
                self.count(trace, body, counted=self.verb != "preview")

    def trace(self, step: str) -> Trace:
        return self.found.setdefault(step, Trace())

    def follow(self, trace: Trace, body: Entry) -> None:
        """Keep what the step saw in this run."""
        if not trace.runs or trace.runs[-1].name != self.run:
            trace.runs.append(Run(self.run, self.verb))
        run = trace.runs[-1]
        if isinstance(body, Looked) and body.record:
            run.looks.append(body.record)
            run.moved = False
        run.moved |= isinstance(body, Intent) and self.verb != "preview"

    def count(self, trace: Trace, body: Entry, *, counted: bool) -> None:
        match body:
            case Intent():
                self.intents[body.key] = body
                if counted and body.operation.get("op") == "install_module":
                    trace.asked.add(str(body.operation.get("module")))
            case Result() if counted and (intent := self.intents.get(body.key)):
                # What takes an operation back is another one; it counts on the line of what it takes back, and a
                # restored copy takes back those of several steps.
                if body.ok and not intent.undoes and not had_effect(body, intent.operation):
                    return  # there was nothing to do
                for original in [self.intents.get(key, intent) for key in intent.undoes] or [intent]:
                    tally = self.trace(original.step).tally(original.operation)
                    tally.failed += not body.ok
                    tally.undone += body.ok and bool(intent.undoes)
                    tally.applied += body.ok and not intent.undoes
            case StepFinished() if counted:
                # Taking back says neither how long the step took nor why it failed: what was said before stays.
                trace.status = body.status
                trace.seconds = body.seconds if body.seconds != "0" else trace.seconds
                trace.error = "" if body.status == "completed" else body.error or trace.error


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
            verb, what = "take back" if body.undoes else "apply", operation_words(body.operation)
            return f"{verb} {what} at {place(body.operation)} [{body.key}]"
        case Result():
            known = "" if body.key in intents else " (no intent)"
            return f"{'done' if body.ok else 'FAILED'} [{body.key}]{known} {body.error or ''}"
        case Noted():
            return f"{body.finding.level}: {body.finding.message}"
        case StepFinished():
            return f"end: {body.status}, {body.changed} changed, {body.seconds} s {body.error or ''}"
        case LegStarted() | LegFinished():
            return body.entry
