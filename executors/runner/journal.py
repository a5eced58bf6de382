"""The journal of one run: numbered, sent to the bot in small batches, acknowledged before it matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from executors.protocol.journal import Entry, Intent, JournalLine, LegFinished, Looked, Noted, Result, StepFinished
from executors.world.clock import Clock, stamp

BATCH = 100


class Link(Protocol):
    """Who acknowledges: the bot over `/runs/journal`, or nobody in an offline run."""

    def post(self, lines: Sequence[JournalLine]) -> Literal["go", "stop"]:
        """Take the lines and decide; raises Unconfirmed where they were not acknowledged."""


@dataclass
class Journal:
    """Lines of this run. `sink` sees each line when it is written, before it is sent."""

    link: Link
    clock: Clock
    sink: Callable[[JournalLine], None] = lambda _line: None
    redact: Callable[[str], str] = str
    """Takes secrets out of texts that come from errors."""
    lines: list[JournalLine] = field(default_factory=list)
    stopping: bool = False
    """Whether the bot has asked to stop after the current operation."""
    _sent: int = 0

    def note(self, entry: Entry) -> None:
        """Write an entry that may ride with the next one."""
        at = stamp(self.clock.now())
        line = JournalLine(n=len(self.lines) + 1, at=at, body=self._clean(entry))
        self.lines.append(line)
        self.sink(line)
        if len(self.lines) - self._sent >= BATCH:
            self.send()

    def tell(self, entry: Entry) -> None:
        """Write an entry and return when the bot has it; raises Unconfirmed."""
        self.note(entry)
        self.send()

    def ask(self, intents: Sequence[Intent]) -> bool:
        """Write the intents and return whether they may be carried out; raises Unconfirmed."""
        for intent in intents:
            self.note(intent)
        self.send()
        return not self.stopping

    def send(self) -> None:
        """Send what was not sent yet, in batches."""
        while waiting := self.lines[self._sent : self._sent + BATCH]:
            if self.link.post(waiting) == "stop":
                self.stopping = True
            self._sent += len(waiting)

    def _clean(self, entry: Entry) -> Entry:
        """Return the entry without secrets in its error, its message or what was seen."""
        match entry:
            case Noted(finding=finding):
                message = self.redact(finding.message)
                return Noted(finding=finding.model_copy(update={"message": message}))
            case Looked(seen=seen) if any(self.redact(fact.value) != fact.value for fact in seen):
                hidden = tuple(fact.model_copy(update={"value": self.redact(fact.value)}) for fact in seen)
                return entry.model_copy(update={"seen": hidden})
            case Result(error=str(error)) | StepFinished(error=str(error)) | LegFinished(error=str(error)):
                return entry.model_copy(update={"error": self.redact(error)})
            case _:
                return entry

    @property
    def sent(self) -> int:
        """Return how many lines the bot has acknowledged."""
        return self._sent
