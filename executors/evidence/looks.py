"""What a step saw before and after, each look vouched for by the digest that the signed journal has of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from executors.errors import ProtocolError
from executors.evidence.trace import Run, Trace
from executors.protocol.canonical import parse
from executors.protocol.wire import Json

BEFORE, AFTER = "before.json", "after.json"


@dataclass(frozen=True)
class Looks:
    """A step's first and last look; None where it is not in the pack. `notes` say what a reader must know."""

    before: Json | None = None
    after: Json | None = None
    notes: tuple[str, ...] = ()
    settled: bool = False
    """Whether the last look came after everything that the step did, so that it shows all of it."""
    left_out: frozenset[str] = frozenset()
    """Files that no journal vouches for, since their run ended in the middle."""


def looks_of(step: str, files: Mapping[str, bytes], trace: Trace) -> Looks | None:
    """Return the step's looks out of its files; None for a step of which none was to be kept.

    `before.json` must be the first look of a run and `after.json` the last one of the same run or of a later one.
    Raises ProtocolError where they are not, unless a run was cut off: then its look may be missing in the journal,
    and the file is left out.
    """
    kept = {name: files[name] for name in (BEFORE, AFTER) if name in files}
    if not kept and not any(run.looks for run in trace.runs):
        return None
    first = _run_of(kept.get(BEFORE), trace.runs, 0, last=False)
    last = _run_of(kept.get(AFTER), trace.runs, -1, last=True)
    if first is not None and last is not None and first > last:
        raise ProtocolError(
            f"evidence pack: step {step!r}: what was seen before comes from a later run than after"
        )
    bad = frozenset(name for name, run in ((BEFORE, first), (AFTER, last)) if name in kept and run is None)
    if bad and all(run.finished for run in trace.runs):
        raise ProtocolError(f"evidence pack: step {step!r}: {min(bad)} is not what its journal says was seen")
    notes, settled = _notes(trace, first, last, cut=bool(bad))
    return Looks(_read(kept, BEFORE, bad, step), _read(kept, AFTER, bad, step), notes, settled, bad)


def _run_of(data: bytes | None, runs: list[Run], place: int, *, last: bool) -> int | None:
    """Return the place of the run whose look at `place` this is; one that may change things before a preview."""
    if data is None:
        return None
    digest = hashlib.sha256(data).hexdigest()
    found = [number for number, run in enumerate(runs) if run.looks and run.looks[place] == digest]
    found = [number for number in found if runs[number].verb != "preview"] or found
    return (found[-1] if last else found[0]) if found else None


def _notes(trace: Trace, first: int | None, last: int | None, *, cut: bool) -> tuple[tuple[str, ...], bool]:
    """Return what a reader must know of these looks, and whether they show all that the step did."""
    runs, notes = trace.runs, []
    if cut:
        notes.append("A run was cut off before the journal had its last look; that look is left out.")
    if first is None or last is None:
        return (
            *notes,
            "What was seen is not complete in this pack: a run ended before it could hand it in.",
        ), False
    if runs[last].verb == "preview":
        notes.append("This is what the preview saw; it changes nothing.")
    elif runs[first].verb == "preview":
        notes.append("“Before” is what the preview saw; others may have changed things until the step began.")
    elif any(run.verb == "execute" and (run.looks or run.moved) for run in runs[:first]):
        notes.append("“Before” is before a later attempt; what the first one saw is not in this pack.")
    settled = not any(run.moved or run.looks for run in runs[last + 1 :]) and not runs[last].moved
    if trace.status == "rolled_back":
        notes.append("This was taken back afterwards.")
    elif not settled:
        notes.append("The step worked on after this look and did not look again: there may be more.")
    return tuple(notes), settled


def _read(kept: Mapping[str, bytes], name: str, bad: frozenset[str], step: str) -> Json | None:
    if name not in kept or name in bad:
        return None
    value = parse(kept[name])
    if not isinstance(value, dict):
        raise ProtocolError(f"evidence pack: step {step!r}: {name} is no record")
    return value
