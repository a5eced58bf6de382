"""What another case of ours says to this one: a lock that is given, a budget that is spent.

`KINDS` has a row for each kind of word; who adds one adds a row here, and its two functions where they belong. The
cases that hear them are told apart by their keys: capabilities `case:…`, environments `env:…`, budgets `budget:…`,
names `names:…`, messages `post:…`.
A word of an unknown kind, which only an older or newer version of ourselves can send, means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.decide import budgets, life, locks, names, posted, queued, rebuilt, swept
from bot.domain.case import Case
from bot.domain.knowledge import Knowledge, Need
from bot.domain.turn import Turn
from bot.events.model import Told
from bot.events.rows import SWEPT


@dataclass(frozen=True)
class Kind:
    """Which facts a word takes, and what is done about it."""

    needs: Callable[[Told, Case | None], tuple[Need, ...]]
    decide: Callable[[Told, Turn, Knowledge], None]


KINDS: Mapping[str, Kind] = {
    # a budget hears
    "budget.reserve": Kind(budgets.needs, budgets.reserve),
    "budget.settle": Kind(budgets.needs, budgets.settle),
    "budget.release": Kind(budgets.needs, budgets.release),
    # the names of an installation hear
    "names.want": Kind(names.needs, names.want),
    "names.settle": Kind(names.needs, names.settle),
    "names.release": Kind(names.needs, names.release),
    # an environment hears
    "lock.want": Kind(locks.needs_of_told, locks.decided(locks.want)),
    "lock.release": Kind(locks.needs_of_told, locks.decided(locks.release)),
    "lock.renew": Kind(locks.needs_of_told, locks.decided(locks.renew)),
    "lock.close": Kind(locks.needs_of_told, locks.decided(locks.close)),
    "lock.open": Kind(locks.needs_of_told, locks.decided(locks.open_again)),
    # a message hears
    posted.WANTED: Kind(posted.needs, posted.wanted),
    # a capability hears
    "leg.reserved": Kind(queued.needs, queued.reserved),
    "leg.stopped": Kind(queued.needs, queued.stopped),
    "leg.taken": Kind(queued.needs, queued.taken),
    "leg.locked": Kind(queued.needs, queued.locked),
    "leg.waits": Kind(queued.needs, queued.waits),
    "leg.expired": Kind(queued.needs, queued.expired),
    "lock.answered": Kind(queued.needs_nothing, queued.answered),
    posted.SENT: Kind(posted.needs, posted.sent),
    posted.FAILED: Kind(posted.needs, posted.failed),
    rebuilt.KIND: Kind(rebuilt.needs, rebuilt.decide),
    SWEPT: Kind(swept.needs, swept.decide),
    # and what happens around it: to its repository, to the installation, to people's rights
    **{kind: Kind(life.needs, life.decide) for kind in sorted(life.KINDS)},
}


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """The facts that the word takes."""
    kind = KINDS.get(event.kind)
    return kind.needs(event, case) if kind is not None else ()


def decide(event: Told, turn: Turn, known: Knowledge) -> None:
    """Does what follows from the word."""
    kind = KINDS.get(event.kind)
    if kind is not None:
        kind.decide(event, turn, known)
