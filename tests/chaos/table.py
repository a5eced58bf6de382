"""What a pass came to, as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.chaos.course import Outcome
from tests.chaos.judge import Verdict, course_of

MOST = 12
"""Differences that are written out."""


def table(what: str, outcome: Outcome, verdict: Verdict) -> str:
    """The pass in lines of two columns, and whether it is good."""
    phases = Counter(book.phase for book in outcome.books.values())
    lines = {
        "capabilities": _counts(phases, str(len(outcome.books))),
        "deliveries": f"{outcome.deliveries}",
        "requests to GitHub": f"{outcome.requests}",
        "faults": _counts(outcome.faults, str(sum(outcome.faults.values()))),
        "kills": _counts(outcome.kills, str(sum(outcome.kills.values()))),
        "lost": f"{len(verdict.lost)}",
        "doubled": f"{len(verdict.doubled)}",
        "otherwise wrong": f"{len(verdict.other)}",
        "seconds": f"{outcome.seconds:.0f}",
    }
    width = max(len(name) for name in lines)
    head = f"{what}: {'good' if verdict.is_good else 'NOT GOOD'}"
    return "\n".join([head, *(f"  {name:{width}}  {value}" for name, value in lines.items())])


def _counts(found: Mapping[str, int], whole: str) -> str:
    told = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
    return f"{whole}: {told}" if told else whole


def complaint(verdict: Verdict, rough: Outcome, calm: Outcome) -> str:
    """The differences in words, and the ledger of the first cases beside that of the calm pass."""
    lines = [f"  {kind}: {words}" for kind, words in _all(verdict)]
    shown = lines[:MOST] + ([f"  … and {len(lines) - MOST} more"] if len(lines) > MOST else [])
    patterns = {course_of(name): name for name in calm.ledgers}
    for name in verdict.cases[:2]:
        shown += [f"  the ledger of {name}:", *(f"    {line}" for line in rough.ledgers[name])]
        like = patterns[course_of(name)]
        shown += [f"  and of {like} in the calm pass:", *(f"    {line}" for line in calm.ledgers[like])]
    return "\n".join(shown)


def _all(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield from (("lost", words) for words in verdict.lost)
    yield from (("doubled", words) for words in verdict.doubled)
    yield from (("wrong", words) for words in verdict.other)
