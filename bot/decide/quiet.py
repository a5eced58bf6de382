"""How much is said to people who may not command: in words, then by a sign, then nothing (T45).

Everybody may comment on a public issue, and each answer of ours costs one of the writes that GitHub lets the whole
installation make. What is counted are the answers in the case's own ledger, so a restart forgets nothing; what
somebody brings about (an approval of one whom the policy names) is no mere answer and is never held back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.effects import Check, Effect, React, Record, Say
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.events.model import CommentCreated

WITHIN = timedelta(hours=1)
IN_WORDS = 5
"""Answers in words that a case gives to its author, and as many to all others below triage, within an hour."""
ALTOGETHER = 10
"""Answers of any kind; the others are a reaction. What comes after that leaves no trace at all."""


def hush(event: CommentCreated, case: Case | None, turn: Turn, known: Knowledge) -> None:
    """Holds the answers back that are too many; whoever has triage or more is always answered.

    `case` is as it was before the comment.
    """
    if case is None or known.roles.get(event.actor.id, Role.NONE) >= Role.TRIAGE:
        return
    if not turn.effects or not all(_is_answer(effect) for effect in turn.effects):
        return
    before = _lately(case, event.actor.id, turn.now)
    if before >= ALTOGETHER:
        turn.effects.clear()
        return
    if before >= IN_WORDS:
        turn.effects[:] = [one for one in turn.effects if isinstance(one, Record | React)]
        if not any(isinstance(one, React) for one in turn.effects):
            turn.do(React(f"react:{event.comment_id}", event.comment_id, "confused"))
    if not any(isinstance(one, Record) for one in turn.effects):  # a refusal is a line of its own
        turn.record(Entry("outsider.answered", {"comment": event.comment_id}, event.actor))


def _is_answer(effect: Effect) -> bool:
    """Whether it does nothing but tell something: in a reply, by a sign, in a check that lists who was refused."""
    match effect:
        case Say(to="reply") | React() | Check():
            return True
        case Record(Entry("approval.refused")):
            return True
        case _:
            return False


def _lately(case: Case, user: int, now: datetime) -> int:
    """The author is counted apart: nobody else can talk until the author is not answered any more."""
    author = case.author.id
    recent = [one for at, one in case.answered if datetime.fromisoformat(at) > now - WITHIN]
    return sum(1 for one in recent if (one == author) == (user == author))
