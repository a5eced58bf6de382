"""Stopping: what is running for a case is told to stop, and the case says so."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.effects import CancelRun, Check, Deployment
from bot.domain.gates import ROLLBACK
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase, can
from bot.domain.messages import CheckReport
from bot.domain.people import NOBODY, Actor
from bot.domain.turn import Turn


def is_untouched(case: Case) -> bool:
    """Whether the execution that was dispatched has not yet claimed the right to act, nor any run before it."""
    run = case.run
    if case.phase is not Phase.EXECUTING or run is None or not run.open or run.client_keys.keys() - {"admit"}:
        return False
    return not case.legs_done and not any(one.journal for one in case.leg_runs(run.leg))


def at_own_gate(case: Case) -> bool:
    """Whether it waits at or behind a gate of the policy's own, nothing carried out: it is still only a plan."""
    decides_back = case.gate is not None and case.gate.name == ROLLBACK
    return case.phase is Phase.WAITING and not decides_back and case.is_fresh


def recall(turn: Turn, why: str = "", actor: Actor = NOBODY) -> None:
    """Ends a run that has changed nothing: a preview, or an execution before its job has claimed it.

    An execution goes back to validated; for anything else only GitHub is asked to cancel the run.
    """
    case, run = turn.case, turn.case.run
    if run is None or not run.open:
        return
    if is_untouched(case):
        turn.record(Entry("execution.recalled", {"nonce": run.nonce}, actor, why))
        inactive(turn)
    if run.run_id is not None:
        turn.do(CancelRun(f"cancel:{run.nonce}", run.run_id))


def inactive(turn: Turn) -> None:
    """Says on deployment and check run that the present leg came to nothing."""
    case = turn.case
    if case.plan is None or case.run is None or not case.run.place:
        return
    turn.do(Deployment(turn.name("deployment"), case.run.place, "inactive"))
    report = CheckReport("run", case, case.plan, "cancelled")
    turn.do(Check(turn.name("check"), report, "completed", "cancelled"))


def ask_to_stop(turn: Turn, actor: Actor, why: str, comment_id: int | None = None) -> None:
    """The running leg is to stop after its present operation; its next journal answer says so."""
    data = {"comment": comment_id} if comment_id else {}
    turn.record(Entry("execution.cancel_requested", data, actor, why))


def refuse_gate(turn: Turn, actor: Actor, why: str, comment_id: int | None = None) -> None:
    """What waits at a gate, or behind one, is not done: everything stays as it is, the case is where it was."""
    case = turn.case
    behind = (name for name in reversed([*case.gates_passed]) if case.waits_behind(name))
    name = case.gate.name if case.gate else next(behind, "")
    data: dict[str, object] = {"gate": name, "digest": case.digest}
    turn.record(Entry("gate.refused", data | ({"comment": comment_id} if comment_id else {}), actor, why))


def cancel(turn: Turn, actor: Actor, why: str, comment_id: int | None = None) -> None:
    """Cancels what has not begun at once; what has begun is asked to stop and never cut off in an operation."""
    if turn.case.gate is not None and turn.case.phase is not Phase.HELD:
        refuse_gate(turn, actor, why)
        if not can(turn.case.phase, "capability.cancelled"):
            return
    case = turn.case
    if case.phase is Phase.EXECUTING and case.run is not None and case.run.open and not is_untouched(case):
        ask_to_stop(turn, actor, why, comment_id)
        return
    recall(turn, why, actor)
    data = {"comment": comment_id} if comment_id else {}
    turn.record(Entry("capability.cancelled", data, actor, why))
