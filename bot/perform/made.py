"""What an effect made, in the ledger's words."""

from __future__ import annotations

from typing import Any

from bot.domain.effects import Effect
from bot.domain.ledger import Entry


def made(effect: Effect, alias: str | None = None, /, **things: Any) -> list[Entry]:
    """`effect.performed` with the effect's class, its key and the ids of what it made on GitHub."""
    data = {"effect": type(effect).__name__, "key": getattr(effect, "key", ""), "made": things}
    return [Entry("effect.performed", data, alias=alias)]
