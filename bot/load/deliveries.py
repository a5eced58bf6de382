"""GitHub's log of deliveries beside our inbox: what it sent, and what of it we have."""

from __future__ import annotations

import logging

from bot.domain.deliveries import WINDOW, Attempt, DeliveryLog
from bot.domain.knowledge import MissedDeliveries
from bot.errors import GitHubBusy, GitHubError
from bot.ports import Hands

log = logging.getLogger(__name__)


async def delivery_log(need: MissedDeliveries, hands: Hands) -> DeliveryLog:
    """The log back to `need.since`, three days at most; what GitHub refuses to show is not whole.

    The inbox is asked last: what arrived while the log was read counts as arrived. Raises GitHubBusy.
    """
    began = hands.clock() - WINDOW
    since = max(began, need.since) if need.since is not None else began
    attempts: list[Attempt] = []
    is_whole = True
    try:
        async for one in hands.github.deliveries():
            if one.at < since:
                break
            attempts.append(one)
    except GitHubBusy:
        raise
    except GitHubError as error:  # a sweep that fails must not end all sweeps: what was read is worked on
        log.warning("the log of deliveries could not be read to its end: %s", error)
        is_whole = False
    unheard = {one.guid for one in attempts} - {one.guid for one in attempts if one.is_ok}
    return DeliveryLog(tuple(attempts), await hands.store.delivered(sorted(unheard)), is_whole)
