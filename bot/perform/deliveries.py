"""Asking GitHub for a delivery again; what comes of it comes by the front door."""

from __future__ import annotations

import logging

from bot.domain.effects import Redeliver
from bot.domain.ledger import Entry
from bot.errors import GitHubBusy, GitHubError
from bot.ports import Hands

log = logging.getLogger(__name__)


async def redeliver(effect: Redeliver, hands: Hands) -> list[Entry]:
    """Nothing for the ledger: whether it has come the inbox knows, and the next sweep looks. Raises GitHubBusy."""
    try:
        await hands.github.redeliver(effect.delivery)
    except GitHubBusy:
        raise
    except GitHubError as error:  # it has left GitHub's log meanwhile; the next sweep counts it as lost
        log.warning("delivery %d cannot be asked for: %s", effect.delivery, error)
        return []
    hands.metrics.swept.inc()
    return []
