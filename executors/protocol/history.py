"""What the journals of a leg's runs say was done, is not yet taken back, or is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from executors.protocol.journal import Intent, JournalLine, LegStarted, Looked, Result, StepStarted
from executors.protocol.operation import lasts
from executors.protocol.wire import Json


@dataclass(frozen=True)
class Done:
    """An operation that had an effect and was not taken back; without `undo` it lasts."""

    step: str
    key: str
    operation: Json
    undo: Json | None


def of_the_world(lines: Iterable[JournalLine]) -> list[JournalLine]:
    """Return the lines without those of preview runs, which change nothing that lasts."""
    kept: list[JournalLine] = []
    previewing = False
    for line in lines:
        if isinstance(line.body, LegStarted):
            previewing = line.body.verb == "preview"
        if not previewing:
            kept.append(line)
    return kept


def outstanding(lines: Sequence[JournalLine]) -> list[Done]:
    """Return what had an effect and was not taken back, in the order it was applied; build folders are left out.

    What failed halfway and says how that half is taken back had an effect; what found nothing to do had none.
    """
    intents = {line.body.key: line.body for line in of_the_world(lines) if isinstance(line.body, Intent)}
    results = [line.body for line in of_the_world(lines) if isinstance(line.body, Result)]
    known = [result for result in results if result.key in intents]
    undone = {key for result in known if result.ok for key in intents[result.key].undoes}
    return [
        Done(result.step, result.key, intents[result.key].operation, result.undo)
        for result in known
        if had_effect(result, intents[result.key].operation)
        and not intents[result.key].undoes
        and result.key not in undone
        and not _in_scratch(intents[result.key].operation)
    ]


def had_effect(result: Result, operation: Json) -> bool:
    """Whether the operation changed anything, in whole or in part; what found nothing to do did not."""
    return result.undo is not None or (result.ok and lasts(operation))


def unsettled(lines: Sequence[JournalLine]) -> list[Intent]:
    """Return the intents of which nobody knows whether they were carried out; build folders are left out."""
    kept = of_the_world(lines)
    settled = {line.body.key for line in kept if isinstance(line.body, Result)}
    return [
        line.body
        for line in kept
        if isinstance(line.body, Intent) and line.body.key not in settled and not _in_scratch(line.body.operation)
    ]


def has_operations(lines: Sequence[JournalLine]) -> bool:
    """Whether an earlier run meant to change the world, so that it need not look as it did when approved."""
    return any(
        isinstance(line.body, Intent) and not _in_scratch(line.body.operation) for line in of_the_world(lines)
    )


def last_round(lines: Sequence[JournalLine], step: str) -> int:
    """Return the number of the last round that the step looked in, 0 where it never did."""
    return max(
        (line.body.round for line in lines if isinstance(line.body, Looked) and line.body.step == step), default=0
    )


def attempts(lines: Sequence[JournalLine], step: str) -> int:
    """Return how often the step was begun."""
    return sum(isinstance(line.body, StepStarted) and line.body.step == step for line in lines)


def runs(lines: Sequence[JournalLine]) -> int:
    """Return how many runs of the leg the lines are of."""
    return sum(isinstance(line.body, LegStarted) for line in lines)


def _in_scratch(operation: Json) -> bool:
    place = operation.get("at")
    return isinstance(place, dict) and place.get("kind") == "scratch"
