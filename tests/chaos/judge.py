"""Whether a rough pass came to what the calm one came to, and nothing beyond it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from tests.chaos.books import Book
from tests.chaos.course import Outcome
from tests.chaos.seen import Seen

MADE = ("replies", "reactions", "pulls", "checks", "deployments", "evidence", "runs")
"""The fields of `Seen` that count what was made: more of it than in the calm pass was made twice."""


@dataclass(frozen=True)
class Verdict:
    """What is wrong with the pass, each in words; `cases` are those whose ledgers are worth a look."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    other: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.other)


def judged(rough: Outcome, calm: Outcome) -> Verdict:
    """Each capability of the rough pass beside the calm one of the same course."""
    patterns = {course_of(name): name for name in calm.books}
    lost, doubled, other, cases = list(rough.lost), list(rough.doubled), [*rough.wrong, *rough.aside], set[str]()
    for name, book in rough.books.items():
        like = patterns[course_of(name)]
        found = list(differences(book, calm.books[like]))
        for field, now, then in [*found, *differences(rough.seen[name], calm.seen[like])]:
            words = f"{name}: {field} is {now!r} where the calm pass has {then!r}"
            is_more = field in MADE and _size(now) > _size(then)
            (doubled if is_more else lost if field in MADE else other).append(words)
            cases.add(name)
    return Verdict(tuple(lost), tuple(doubled), tuple(other), tuple(sorted(cases)))


def course_of(name: str) -> str:
    """The course in a capability's name."""
    return name.split("/")[1]


def differences(ours: Book | Seen, theirs: Book | Seen) -> Iterable[tuple[str, object, object]]:
    """The fields in which two of a kind differ, with both values."""
    for one in fields(ours):
        now, then = getattr(ours, one.name), getattr(theirs, one.name)
        if now != then:
            yield one.name, now, then


def _size(made: object) -> int:
    if isinstance(made, int):
        return made
    assert isinstance(made, tuple)
    return sum(one[1] if isinstance(one, tuple) and isinstance(one[-1], int) else 1 for one in made)
