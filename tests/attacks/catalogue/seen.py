"""What is seen of the bot from behind the scene: the errors that it logs, the phase of a case."""

from __future__ import annotations

import logging

from bot.cli.demo.scene import Scene
from bot.domain.lifecycle import Phase, move
from tests.attacks.catalogue.judge import entries


class Errors(logging.Handler):
    """Keeps what the bot logs as an error: each is a thing that nobody has foreseen."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("bot."):
            self.said.append(record.getMessage())


def phase_of(scene: Scene, case: str) -> str:
    """Where a case stands, as its ledger says it; labels are for everybody to put on."""
    phase = before = Phase.DRAFT
    for key, entry in entries(scene, 0):
        if key == case:
            came, waits = move(phase, entry["type"], before), {Phase.HELD, Phase.WAITING}
            before = phase if came in waits and phase not in waits else before
            phase = came
    return str(phase)
