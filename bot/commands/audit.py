"""`/audit`: the ledger as a table, newest last, with the hash that its chain ends with."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.knowledge import History, Knowledge, Need, Permission
from bot.domain.ledger import Line, broken_at
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.replies import AuditReply, AuditRow
from bot.domain.turn import Turn

SHOWN = 60
"""Lines that the table shows; the newest."""
HOUSEKEEPING = frozenset({"effect.performed", "leg.bound", "leg.journalled", "leg.reported", "lock.renewed"})
"""Entries about the bot's own work, which tell a reader nothing that another line does not say."""
_TELLING = (
    *("version", "risk", "gate", "code", "leg", "verb", "job", "step", "outcome", "effect", "to"),
    *("news", "places", "place"),
)
"""Fields of an entry that a sentence names; nothing else of it leaves the ledger."""


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who asks, and the ledger."""
    return (Permission(asked.actor.id, asked.actor.login), History())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the newest lines that tell something, and says whether the chain is whole."""
    lines = known.lines
    telling = [line for line in lines if line.entry.type not in HOUSEKEEPING]
    rows = tuple(_row(line) for line in telling[-SHOWN:])
    head = lines[-1].hash if lines else ""
    turn.reply(asked.comment_id, AuditReply(turn.case, rows, len(lines), head, broken_at(lines)), asked.number)


def _row(line: Line) -> AuditRow:
    data = {name: line.entry.data[name] for name in _TELLING if isinstance(line.entry.data.get(name), str | int)}
    return AuditRow(line.n, line.at, line.entry.actor.login, line.entry.type, line.entry.reason[:300], data)


COMMAND = Command(
    name="audit",
    usage="/audit",
    summary="Show what happened, who did it and why, with the hash of the ledger.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/audit",),
    needs=needs,
    decide=decide,
)
