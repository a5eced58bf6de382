"""What a preview saw and proposed, as the envelope that people approve; the same function for runner and bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from executors.protocol.canonical import canonical, digest
from executors.protocol.journal import JournalLine, LegStarted, Looked, Noted
from executors.protocol.operation import ONCE, Operation, names_of, target_of, undo_class
from executors.protocol.plan import Envelope, Leg, Planned, Seen
from executors.protocol.undo import UndoClass

_Kind = tuple[str, str]


def planned(operations: Iterable[Operation]) -> tuple[Planned, ...]:
    """Return the operations counted by kind and target, sorted."""
    counts: Counter[tuple[str, str, UndoClass]] = Counter()
    names: dict[tuple[str, str, UndoClass], set[str]] = {}
    for operation in operations:
        kind = (operation.op, target_of(operation), undo_class(operation))
        counts[kind] += 1
        names.setdefault(kind, set()).update(names_of(operation))
    return tuple(
        Planned(op=op, target=target, count=count, undo=undo, names=tuple(sorted(names[op, target, undo])))
        for (op, target, undo), count in sorted(counts.items())
    )


def envelope_of(lines: Sequence[JournalLine], leg: Leg) -> Envelope:
    """Return the envelope of the last preview run in `lines`; empty where none looked at anything.

    A preview applies what it proposes in build folders, so these add up over its rounds; what it proposes in
    the world it proposes again in each round, so of these the largest round counts.
    """
    counts: Counter[_Kind] = Counter()
    undo: dict[_Kind, UndoClass] = {}
    names: dict[_Kind, set[str]] = {}
    seen: dict[tuple[str, str], Seen] = {}
    entries = [line.body for line in _last_preview(lines)]
    by_step: dict[str, list[Looked]] = {}
    for entry in entries:
        if isinstance(entry, Looked):
            by_step.setdefault(entry.step, []).append(entry)
    for looks in by_step.values():
        seen |= {(fact.target, fact.fact): fact for fact in looks[0].seen}
        counts.update(_counts(looks))
        counts.update({kind: 1 - counts[kind] for kind in counts if kind[0] in ONCE})
        for item in (item for look in looks for item in look.planned):
            undo[item.op, item.target] = item.undo
            names.setdefault((item.op, item.target), set()).update(item.names)
    findings = [entry.finding.to_json() for entry in entries if isinstance(entry, Noted)]
    return Envelope(
        leg=leg.id,
        planned=tuple(
            Planned(
                op=op, target=target, count=count, undo=undo[op, target], names=tuple(sorted(names[op, target]))
            )
            for (op, target), count in sorted(counts.items())
        ),
        seen=tuple(seen[key] for key in sorted(seen)),
        findings_digest=digest(sorted(findings, key=canonical)) if findings else None,
    )


def _counts(looks: Sequence[Looked]) -> Counter[_Kind]:
    """Return how often each kind of operation is to be expected from one step."""
    counts: Counter[_Kind] = Counter()
    for look in looks:
        for item in look.planned:
            kind = (item.op, item.target)
            counts[kind] = (
                counts[kind] + item.count if item.target.startswith("build:") else max(counts[kind], item.count)
            )
    return counts


def _last_preview(lines: Sequence[JournalLine]) -> Sequence[JournalLine]:
    """Return the lines from the last start of a preview to the next start of anything else."""
    run: list[JournalLine] = []
    inside = False
    for line in lines:
        if isinstance(line.body, LegStarted):
            inside = line.body.verb == "preview"
            run = [] if inside else run
        if inside:
            run.append(line)
    return run
