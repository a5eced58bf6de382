"""Approvals that do not count any more: what was not begun is recalled, and it is said once, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import ending
from bot.domain.approval import Approval
from bot.domain.case import Case, Override
from bot.domain.effects import Say
from bot.domain.gates import PLAN, ROLLBACK
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalsVoid
from bot.domain.people import NOBODY, Actor
from bot.domain.stop import is_untouched, recall
from bot.domain.turn import Turn

BEFORE = frozenset({Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED, Phase.HELD})
"""Phases in which nothing that was approved has begun."""


def is_open(case: Case, approval: Approval | Override) -> bool:
    """Whether what the approval allows has not begun yet, so that taking it back still counts."""
    if case.gate is not None and approval.gate == case.gate.name:
        return True
    if approval.gate == ROLLBACK:
        return False
    if case.phase in {Phase.WAITING, Phase.HELD} and case.waits_behind(approval.gate):
        return True
    rests = case.phase in BEFORE or case.phase in {Phase.WAITING, Phase.FAILED}
    return (rests or is_untouched(case)) and case.is_fresh


def void(
    turn: Turn,
    given: Sequence[Approval | Override],
    why: str,
    known: Knowledge,
    actor: Actor = NOBODY,
    code: str = "withdrawn",
) -> None:
    """Take these approvals out, tell whose they were and why, and go on with what is left."""
    if not given:
        return
    take_out(turn, given, why, actor, code)
    logins = tuple(dict.fromkeys(one.login for one in given))
    turn.do(Say(turn.name("void"), ApprovalsVoid(turn.case, why, logins), to="reply"))
    ending.go_on(turn, known)  # there may be approvals enough without these


def take_out(turn: Turn, given: Sequence[Approval | Override], why: str, actor: Actor, code: str) -> None:
    """Take these out of the account: what was not begun is recalled, and their gate is shut again."""
    before = turn.case
    own = {*before.gates_passed, *([before.gate.name] if before.gate is not None else [])}
    if before.phase is Phase.EXECUTING:
        recall(turn, why, actor)
    for one in given:
        turn.record(Entry("approval.withdrawn", {"source": one.source, "code": code}, actor, why))
    if any(one.gate not in own for one in given):
        shut(turn, why, actor)


def shut(turn: Turn, why: str, actor: Actor) -> None:
    """The plan's gate is shut again, where nothing has begun; a run that no job has claimed is recalled."""
    if is_untouched(turn.case):
        recall(turn, why, actor)
    case = turn.case
    if case.passed and case.is_fresh and case.phase in {Phase.APPROVED, Phase.HELD, Phase.WAITING}:
        turn.record(Entry("gate.reopened", {"gate": PLAN}, actor, why))
