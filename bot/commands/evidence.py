"""`/evidence`: where the evidence pack is and how anyone checks it, or why there is none yet."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.knowledge import History, Knowledge, Need, Permission
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.replies import EvidenceReply
from bot.domain.turn import Turn


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who asks, and the ledger, which says what became of the last pack."""
    return (Permission(asked.actor.id, asked.actor.login), History())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the newest pack."""
    case, lines = turn.case, known.lines
    last = next((line for line in reversed(lines) if line.entry.type.startswith("evidence.")), None)
    if last is None or last.entry.type == "evidence.refused":
        refused = str(last.entry.data.get("why", "")) if last is not None else ""
        reply = EvidenceReply(case, "", "", "", "", len(lines), 0, refused)
    else:
        sealed = int(case.evidence.get("lines", "0"))
        reply = EvidenceReply(
            case=case,
            url=case.evidence.get("url", ""),
            sha256=case.evidence.get("sha256", ""),
            key=case.evidence.get("key", ""),
            name=case.evidence.get("url", "").rpartition("/")[2],
            lines=sealed,
            since=max(0, len(lines) - sealed),
        )
    turn.reply(asked.comment_id, reply, asked.number)


COMMAND = Command(
    name="evidence",
    usage="/evidence",
    summary="Say where the evidence pack is and how to check it.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/evidence",),
    needs=needs,
    decide=decide,
)
