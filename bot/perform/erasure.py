"""Erasing: the blobs of a case go from the store, but for what another case's ledger names too (T52)."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.effects import Erase
from bot.domain.ledger import Entry
from bot.perform.made import made
from bot.ports import Hands


async def erase(effect: Erase, case: Case, hands: Hands) -> list[Entry]:
    """Notes how many pieces are gone, and how many stay because another capability has the same."""
    gone = await hands.store.erase(case.key, effect.digests)
    return made(effect, None, erased=len(gone), shared=len(effect.digests) - len(gone))
