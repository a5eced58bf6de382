"""`/run`: ask once more what comes next and do it: a budget was raised, a lock is gone, a policy is back."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.drift import drift
from bot.domain.effects import React
from bot.domain.ending import go_on
from bot.domain.faults import Refused
from bot.domain.gates import ROLLBACK
from bot.domain.knowledge import Blobs, Knowledge, Need, Permission, PolicyFile, WorkflowFile
from bot.domain.lifecycle import Phase
from bot.domain.next import Await, NextStep, next_step
from bot.domain.people import Role
from bot.domain.replies import Awaited
from bot.domain.turn import Turn
from bot.domain.undo import every_digest

_BEGINS = frozenset({Phase.VALIDATED, Phase.APPROVED, Phase.EXECUTING, Phase.WAITING})
"""Phases in which what comes next is carried out under the plan as it was approved."""


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who asks, the policy and the workflow as they are now, and what was done, should this be the end."""
    who = Permission(asked.actor.id, asked.actor.login)
    return (who, PolicyFile(), WorkflowFile(), Blobs(every_digest(case) if case else ()))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Goes on; where nothing can be done, says what is awaited and which line decides it."""
    refused = _refusal(asked, turn.case, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "run", refused)
        return
    before = turn.case.last
    if turn.case.phase in _BEGINS or turn.case.queued is not None:
        go_on(turn, known)
    if turn.case.last != before:
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
        return
    step: NextStep = next_step(turn.case, known.policy, turn.now)
    found = step if isinstance(step, Await) else Await("nothing")
    turn.reply(asked.comment_id, Awaited(turn.case, found.what, found.line), asked.number)


def _refusal(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    who = asked.actor.login
    if known.policy is None:
        return Refused("no_policy", who, "the policy cannot be read, so nothing is begun", "/status")
    if _may_begin(case) and (changed := drift(case, known)):
        fresh = "`/plan`, then approve again" if case.is_fresh else "`/rollback` takes it back, then `/plan`"
        return Refused("approval_stale", who, f"{changed}, so it is carried out no further", fresh)
    return None


def _may_begin(case: Case) -> bool:
    """Whether a part of the plan may be carried out next; what goes back goes under any policy."""
    runs = case.run is not None and case.run.open
    goes_back = case.gate is not None and case.gate.name == ROLLBACK
    goes_back = goes_back or (case.queued is not None and case.queued.verb == "rollback")
    return case.phase in _BEGINS and not runs and not goes_back


COMMAND = Command(
    name="run",
    usage="/run",
    summary="Go on now, where something that was in the way is gone; else say what is awaited.",
    who=Role.WRITE,
    phases=frozenset(Phase),
    examples=("/run",),
    needs=needs,
    decide=decide,
)
