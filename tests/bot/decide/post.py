"""The rows between cases: what one tells another arrives there, is decided by the real deciders, and is answered.

An environment and a budget are ledgers here as they are in the store. Rows are delivered at once and in order,
unless a test takes that into its own hands (`hold`) and delivers them as it likes (`deliver`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.decide import decide, needs
from bot.domain.effects import Effect, Record, Tell, Timer
from bot.domain.knowledge import Knowledge, Ledgers
from bot.domain.ledger import Line, chain
from bot.events.model import TimerDue, Told

if TYPE_CHECKING:
    from tests.bot.decide.scene import Scene


@dataclass
class Post:
    """All cases that are no scene of their own, and the rows that are under way."""

    ledgers: dict[str, list[Line]] = field(default_factory=dict)
    scenes: dict[str, Scene] = field(default_factory=dict)
    rows: list[Told] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """of each row the case that told it"""
    keys: set[tuple[str, str]] = field(default_factory=set)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    hold: bool = False

    def accept(self, sender: str, effects: list[Effect]) -> None:
        """Rows of the inbox: each once by its key, in the order in which they were decided."""
        for effect in effects:
            if isinstance(effect, Tell) and (sender, effect.key) not in self.keys:
                self.keys.add((sender, effect.key))
                self.rows.append(Told(effect.to, effect.kind, effect.data))
                self.senders.append(sender)
            if isinstance(effect, Timer) and not sender.startswith("case:"):
                self.timers[sender, effect.key] = effect.due

    def settle(self, now: datetime, home: Scene) -> list[Effect]:
        """Delivers until nothing is under way; what came of it for `home`, in order."""
        found: list[Effect] = []
        while self.rows and not self.hold:
            found += self.deliver(0, now, home)
        return found

    def deliver(self, index: int, now: datetime, home: Scene | None = None) -> list[Effect]:
        """Delivers one row; what came of it for `home`."""
        row, _ = self.rows.pop(index), self.senders.pop(index)
        if row.case.startswith("case:"):
            scene = self.scenes.get(row.case)
            effects = scene.hears(row) if scene is not None else []
            return effects if scene is home else []
        self.decide(row, now)
        return []

    def due(self, case: str, name: str, now: datetime) -> None:
        """A timer of an environment rings."""
        self.timers.pop((case, name), None)
        self.decide(TimerDue(case, name, {}), now)

    def decide(self, event: Told | TimerDue, now: datetime) -> None:
        """An environment or a budget decides by its own ledger; twice gives the same."""
        wanted = needs(event, None)
        keys = [key for need in wanted if isinstance(need, Ledgers) for key in need.keys]
        assert len(wanted) == len([need for need in wanted if isinstance(need, Ledgers)])
        known = Knowledge(ledgers={key: tuple(self.ledgers.get(key, ())) for key in keys}, nonce="0" * 32)
        effects = decide(event, None, known, now)
        assert effects == decide(event, None, known, now), "deciding twice gives the same"
        lines = self.ledgers.setdefault(event.case, [])
        entries = [effect.entry for effect in effects if isinstance(effect, Record)]
        lines += chain(entries, lines[-1] if lines else None, now)
        assert all(isinstance(effect, Record | Tell | Timer) for effect in effects), "it has nowhere to write"
        self.accept(event.case, effects)
