"""What a journal line says to a person who reads the run's log."""

from __future__ import annotations

from executors.protocol.journal import (
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
from executors.protocol.operation import in_words
from executors.world.console import Console
from executors.world.words import line as words


def tell(console: Console, leg: str, line: JournalLine) -> None:
    """Print the line; what happens in build folders is told by round, not by file."""
    match line.body:
        case Noted(finding=finding):
            console.find(finding)
        case LegFinished(outcome=outcome, residue=residue):
            console.say(words("leg_finished", leg=leg, outcome=outcome))
            for text in residue:
                console.say(words("residue", text=text))
        case other:
            if said := _said(leg, other):
                console.say(said)


def _said(leg: str, entry: LegStarted | StepStarted | Looked | Intent | Result | StepFinished) -> str | None:
    match entry:
        case LegStarted(verb=verb, resumed=resumed):
            return words("leg_started", leg=leg, verb=verb, run=resumed + 1)
        case StepStarted(step=step, attempt=attempt):
            return words("step_started", step=step, attempt=attempt)
        case Looked(step=step, round=number, planned=planned):
            what = ", ".join(f"{item.count} × {item.op} on {item.target}" for item in planned)
            return words("looked" if planned else "settled", step=step, round=number, planned=what)
        case Intent():
            return _intent(entry)
        case Result(step=step, ok=False, error=error):
            return words("result_failed", step=step, error=error)
        case Result(step=step, seconds=seconds):
            return words("result", step=step, seconds=seconds) if float(seconds) >= 1 else None
        case StepFinished(step=step, status=status, changed=changed, seconds=seconds):
            return words("step_finished", step=step, status=status, changed=changed, seconds=seconds)


def _intent(intent: Intent) -> str | None:
    if (intent.operation.get("at") or {}).get("kind") == "scratch":
        return None
    key = "undo" if intent.undoes else "intent"
    what = in_words(intent.operation)
    return words(key, step=intent.step, what=what, undoes=", ".join(intent.undoes))
