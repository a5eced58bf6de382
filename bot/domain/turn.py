"""One decision in the making: what it wants recorded and done, and the case as it stands after each record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case import Case
from bot.domain.effects import Answer, Effect, React, Record, Say, SetLabels
from bot.domain.faults import Refused
from bot.domain.fold import evolve
from bot.domain.ledger import Entry, Line, stamp
from bot.domain.lifecycle import Phase
from bot.domain.messages import CommandRefused, Message

UNDER_WAY = frozenset({Phase.PREVIEWING, Phase.EXECUTING, Phase.ROLLING_BACK})


@dataclass
class Turn:
    """Collects effects. `record` moves the case at once, so that messages show it as it will be stored."""

    key: str
    now: datetime
    known: Case | None
    effects: list[Effect] = field(default_factory=list)
    _blobs: dict[str, bytes] = field(default_factory=dict)
    _began: Phase | None = None

    def __post_init__(self) -> None:
        self._began = self.known.phase if self.known is not None else None

    @property
    def case(self) -> Case:
        """The case as it now stands; LookupError where nothing has opened it."""
        if self.known is None:
            raise LookupError(f"{self.key} has not been opened")
        return self.known

    def record(self, entry: Entry, *blobs: bytes) -> None:
        """Append to the ledger; raises IllegalMove where the lifecycle does not allow it."""
        for data in blobs:
            self._blobs[hashlib.sha256(data).hexdigest()] = data
        n = self.known.last + 1 if self.known else 1
        self.known = evolve(self.key, self.known, Line(n, stamp(self.now), entry, b""), self._blobs.get)
        self.effects.append(Record(entry, blobs))

    def do(self, *effects: Effect) -> None:
        """Want these done, in this order."""
        self.effects.extend(effects)

    def name(self, what: str) -> str:
        """An effect key that is unique to this point of the ledger: the same decision gives the same key."""
        return f"{what}:{self.known.last if self.known else 0}:{len(self.effects)}"

    def sticky(self, message: Message) -> None:
        """Write or edit the one sticky comment; what has just been approved or has failed is shown at once."""
        is_news = self.case.phase is not self._began and self.case.phase is not Phase.PREVIEWING
        self.do(Say(self.name("sticky"), message, lingers=self._is_under_way and not is_news))

    def labels(self) -> None:
        """Show the phase as the label `state:<phase>`."""
        self.do(SetLabels(self.name("labels"), self.case.phase.value, lingers=self._is_under_way))

    @property
    def _is_under_way(self) -> bool:
        """Whether things go on by themselves, and nobody waits for what is shown."""
        return self.known is not None and self.known.phase in UNDER_WAY

    def reply(self, comment_id: int, message: Message, number: int) -> None:
        """Answer a comment, once however often it is delivered (T17)."""
        self.do(Say(f"reply:{comment_id}", message, to="reply", number=number))

    def refuse(self, comment_id: int, number: int, command: str, refused: Refused) -> None:
        """Say no to a command, with the next line to type."""
        self.do(React(f"react:{comment_id}", comment_id, "-1"))
        self.reply(comment_id, CommandRefused(command, refused), number)

    def answer(
        self, status: int, body: dict[str, object], renew: tuple[int, ...] = (), *, writes: bool = False
    ) -> None:
        """Answer the door that waits; `renew` are the repositories that a fresh App token reads, or writes too."""
        self.do(Answer(self.name("answer"), status, body, renew, writes))
