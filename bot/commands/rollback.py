"""`/rollback`: take back what was done, in reverse order, by the undo plan that was approved too (T50).

What is exact, or restored from a copy, one who may approve takes back at once. The rest is put before people at
the gate `rollback` first, where asking for it counts as an approval.
"""

from __future__ import annotations

from bot.domain import consent, undo
from bot.domain.advance import advance
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gates import ROLLBACK, ask
from bot.domain.knowledge import Blobs, Knowledge, Need, Permission, PolicyFile, TeamsOf
from bot.domain.ledger import Entry
from bot.domain.leg import Launch, start
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.rights import basis, in_words, standing
from bot.domain.turn import Turn
from bot.domain.view import show


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The asker's rights, the policy, and what the runs journalled."""
    who = asked.actor
    digests = undo.every_digest(case) if case else ()
    return (Permission(who.id, who.login), TeamsOf(who.id, who.login), PolicyFile(), Blobs(digests))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Starts the rollback of the last leg that stands, the ones before it follow; or asks people at the gate."""
    refused = _refusal(asked, turn, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "rollback", refused)
    elif turn.case.gate is not None or undo.lossy(turn.case, known.blobs):
        _at_gate(asked, turn, known)
    else:
        leg = undo.standing_legs(turn.case, known.blobs)[0]
        turn.record(Entry("rollback.requested", {"comment": asked.comment_id, "leg": leg.id}, asked.actor))
        start(turn, Launch(leg, "rollback", known.nonce, asked.actor), known.policy)
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
        show(turn, known.policy)


def _at_gate(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Opens the gate where it is not open. Asking is an approval, and the last one that is needed starts it."""
    if turn.case.gate is None:
        why = f"{asked.actor.login} asks to take it back"
        undo.open_gate(turn, known.blobs, asked.actor, why, asked.comment_id)
    word = consent.word_of(asked)
    if consent.refusal(word, turn.case, known, ROLLBACK) is None:
        consent.give(word, turn, known, ROLLBACK)
    else:
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    advance(turn, known.policy, known.nonce)
    show(turn, known.policy)


def _refusal(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    who, case = asked.actor, turn.case
    if asked.arguments:
        return Refused("arguments", who.login, "rolling back to a step is not in this release", "/rollback")
    if known.policy is None:
        return Refused("no_policy", who.login, "the policy cannot be read", "/status")
    at = ask(case, known.policy, ROLLBACK)
    assert at is not None
    if basis(at.approvers, standing(known, who.id, who.login)) is None:
        why = "only those who may approve may take it back"
        return Refused("no_role", who.login, why, f"ask {in_words(at.approvers)}")
    if case.run is not None and case.run.open:
        return Refused("wrong_phase", who.login, "a run is still under way", "say /cancel first, then /rollback")
    if case.gate is not None:
        return _at_open_gate(asked, turn, known)
    if not undo.standing_legs(case, known.blobs):
        return Refused("nothing_to_undo", who.login, "nothing of this stands that could be taken back", "/status")
    return None


def _at_open_gate(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    """Whether asking once more adds anything: it is an approval, so only one that counts does."""
    word = consent.word_of(asked)
    refused = consent.refusal(word, turn.case, known, ROLLBACK)
    if refused is None and consent.has_said(word, turn, known, ROLLBACK):
        return Refused("already_approved", asked.actor.login, "you have approved this already", "/why")
    return refused


COMMAND = Command(
    name="rollback",
    usage="/rollback",
    summary="Take back what was done.",
    who=Role.WRITE,
    phases=frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED, Phase.WAITING, Phase.MONITORING}),
    examples=("/rollback",),
    needs=needs,
    decide=decide,
)
