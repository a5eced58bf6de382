"""`/erase`: the personal data that the bot stores of this capability go, and the ledger stays whole (T52).

Said alone it tells what would be lost and what GitHub keeps; only the line that it then names erases anything.
"""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.erasure import erase, is_at_rest, stored, token
from bot.domain.faults import Refused
from bot.domain.knowledge import Blobs, History, Knowledge, Need, Permission
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.replies import EraseAsk
from bot.domain.turn import Turn
from bot.domain.undo import every_digest, standing_legs


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who asks, everything that the ledger names, and whether something still stands."""
    digests = every_digest(case) if case else ()
    return (Permission(asked.actor.id, asked.actor.login), History(), Blobs(digests))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Says what would be lost, or erases it."""
    found = stored(known.lines)
    refused = _refusal(asked, turn.case, bool(found))
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "erase", refused)
    elif not asked.arguments:
        counts = {kind: len(digests) for kind, digests in found.items()}
        standing = bool(standing_legs(turn.case, known.blobs))
        line = f"/erase {token(turn.case)}"
        turn.reply(asked.comment_id, EraseAsk(turn.case, line, counts, standing), asked.number)
    else:
        _erase(asked, turn, tuple(dict.fromkeys(digest for digests in found.values() for digest in digests)))


def _erase(asked: Asked, turn: Turn, digests: tuple[str, ...]) -> None:
    erase(turn, digests, asked.actor, comment=asked.comment_id)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))


def _refusal(asked: Asked, case: Case, has_any: bool) -> Refused | None:
    who = asked.actor.login
    if case.erased or not has_any:
        why = "they were erased already" if case.erased else "nothing but the ledger is stored of this"
        return Refused("nothing_to_erase", who, why, "/audit")
    if not is_at_rest(case):
        why = f"this is {case.phase.value}; data are erased once nothing runs and nobody has to decide"
        return Refused("wrong_phase", who, why, "`/cancel` or `/reject <why>` first, then `/erase`")
    if asked.arguments and asked.arguments != token(case):
        return Refused("not_confirmed", who, "only the exact line erases anything", f"/erase {token(case)}")
    return None


COMMAND = Command(
    name="erase",
    usage="/erase [v<version>-<hash>]",
    summary="Erase the personal data stored of this capability; it first says what is lost, and what confirms it.",
    who=Role.ADMIN,
    phases=frozenset(Phase),
    examples=("/erase", "/erase v1-1a2b3c4d5e6f"),
    needs=needs,
    decide=decide,
)
