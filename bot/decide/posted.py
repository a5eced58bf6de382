"""A message that is to be sent, and what became of it.

The case `post:…` of one message hears `post.wanted` and sends; the capability hears `post.sent` or `post.failed`
and keeps it in its ledger, so that nothing is dropped silently.
"""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.knowledge import Knowledge, Need
from bot.domain.ledger import Entry
from bot.domain.posting import Message, SendMail, SendWebhook
from bot.domain.turn import Turn
from bot.events.model import Told

WANTED, SENT, FAILED = "post.wanted", "post.sent", "post.failed"


def needs(_event: Told, _case: Case | None) -> tuple[Need, ...]:
    """Nothing: what is to be sent stands in the word, and under its digest."""
    return ()


def wanted(event: Told, turn: Turn, _: Knowledge) -> None:
    """Sends the one message of this case; said twice, it is sent once."""
    if turn.known is not None:
        return  # a capability sends nothing by itself
    data = dict(event.data)
    way, to = data.pop("way"), str(data.pop("to"))
    message = Message(**data)
    turn.do(SendMail("send", to, message) if way == "mail" else SendWebhook("send", to, message))


def sent(event: Told, turn: Turn, _: Knowledge) -> None:
    """Keeps that a message was taken."""
    if turn.known is not None:
        turn.record(Entry("notice.sent", {"place": str(event.data["place"])}))


def failed(event: Told, turn: Turn, _: Knowledge) -> None:
    """Keeps that a message was not taken, and why."""
    if turn.known is not None:
        turn.record(
            Entry("notice.failed", {"place": str(event.data["place"])}, reason=str(event.data["why"])[:500])
        )
