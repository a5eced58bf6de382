"""`/rollback [to-step]`: take back what was done, in reverse order, by the undo plan that was approved too (T50).

With a step everything after it is taken back, across legs; the step itself and what came before it stay.

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
from bot.domain.knowledge import Blobs, Knowledge, Need, Owners, Permission, PolicyFile, TeamsOf
from bot.domain.launch import queue
from bot.domain.ledger import Entry
from bot.domain.leg import Launch
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.rights import basis, in_words, standing
from bot.domain.stop import refuse_gate
from bot.domain.turn import Turn
from bot.domain.view import show


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The asker's rights, the policy, and what the runs journalled."""
    who = asked.actor
    digests = undo.every_digest(case) if case else ()
    return (Permission(who.id, who.login), TeamsOf(who.id, who.login), PolicyFile(), Owners(), Blobs(digests))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Starts the rollback of the last leg that stands, the ones before it follow; or asks people at the gate."""
    refused = _refusal(asked, turn, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "rollback", refused)
        return
    if turn.case.gate is not None and turn.case.gate.name != ROLLBACK:  # it is not gone on with
        refuse_gate(turn, asked.actor, f"{asked.actor.login} asks to take back what was done")
    if turn.case.gate is not None or undo.lossy(turn.case, known.blobs, asked.arguments):
        _at_gate(asked, turn, known)
    else:
        leg = undo.standing_legs(turn.case, known.blobs, asked.arguments)[0]
        data = {"comment": asked.comment_id, "leg": leg.id, "to": asked.arguments}
        turn.record(Entry("rollback.requested", data, asked.actor))
        queue(turn, Launch(leg, "rollback", known.nonce, asked.actor), known.policy)
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
        show(turn, known.policy)


def _at_gate(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Opens the gate where it is not open. Asking is an approval, and the last one that is needed starts it."""
    if turn.case.gate is None:
        down = f" down to {asked.arguments}" if asked.arguments else ""
        why = f"{asked.actor.login} asks to take it back{down}"
        undo.open_gate(turn, known.blobs, undo.Wanted(asked.actor, why, asked.comment_id, asked.arguments))
    word = consent.word_of(asked)
    if consent.refusal(word, turn.case, known, ROLLBACK) is None:
        consent.give(word, turn, known, ROLLBACK)
    else:
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    advance(turn, known.policy, known.nonce)
    show(turn, known.policy)


def _refusal(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    who, case = asked.actor, turn.case
    if case.erased:
        why = "what its runs journalled was erased, so nothing of it can be taken back"
        return Refused("erased", who.login, why, "/status")
    if known.policy is None:
        return Refused("no_policy", who.login, "the policy cannot be read", "/status")
    at = ask(case, known.policy, ROLLBACK)
    assert at is not None
    if basis(at.approvers, standing(known, who.id, who.login)) is None:
        why = "only those who may approve may take it back"
        return Refused("no_role", who.login, why, f"ask {in_words(at.approvers)}")
    if case.run is not None and case.run.open:
        return Refused("wrong_phase", who.login, "a run is still under way", "say /cancel first, then /rollback")
    if case.gate is not None and case.gate.name == ROLLBACK:
        return _at_open_gate(asked, turn, known)
    if asked.arguments and not undo.kept_steps(case, asked.arguments):
        return _unknown(asked, case, known)
    if not undo.standing_legs(case, known.blobs, asked.arguments):
        after = f" after {asked.arguments}" if asked.arguments else ""
        why = f"nothing{after} stands that could be taken back"
        return Refused("nothing_to_undo", who.login, why, "/rollback" if after else "/status")
    return None


def _unknown(asked: Asked, case: Case, known: Knowledge) -> Refused:
    """No step of that name: those that stand are listed, the last one first."""
    steps = ", ".join(f"`{step}`" for step in undo.standing_steps(case, known.blobs)[:30]) or "none"
    said = asked.arguments[:60].replace("`", "'")
    why = f"the plan has no step `{said}`; of these something stands, the last one first: {steps}"
    return Refused("step_unknown", asked.actor.login, why, "/rollback <to-step>")


def _at_open_gate(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    """Whether asking once more adds anything: it is an approval of just that, so only one that counts does."""
    if asked.arguments != turn.case.rollback_to:
        down = f"down to {turn.case.rollback_to}" if turn.case.rollback_to else "as a whole"
        why = f"people decide here whether it is taken back {down}"
        line = "`/reject <why>` leaves it as it is; then ask for what you want"
        return Refused("other_rollback", asked.actor.login, why, line)
    word = consent.word_of(asked)
    refused = consent.refusal(word, turn.case, known, ROLLBACK)
    if refused is None and consent.has_said(word, turn, known, ROLLBACK):
        return Refused("already_approved", asked.actor.login, "you have approved this already", "/why")
    return refused


COMMAND = Command(
    name="rollback",
    usage="/rollback [to-step]",
    summary="Take back what was done, as a whole or down to a step, which stays.",
    who=Role.WRITE,
    phases=frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED, Phase.WAITING, Phase.MONITORING}),
    examples=("/rollback", "/rollback website"),
    needs=needs,
    decide=decide,
)
