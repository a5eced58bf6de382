"""`/plan`: plan this issue as it stands; said by triage or more, the plan is published and previewed (T60)."""

from __future__ import annotations

from bot.domain import undo
from bot.domain.case import Case
from bot.domain.checks import CheckFiles
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.knowledge import Blobs, Blueprints, IssueNow, Knowledge, Need, Permission, PolicyFile, WorkflowFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.proposal import Request, open_case, propose
from bot.domain.turn import Turn

AFTERWARDS = frozenset({Phase.FAILED, Phase.ROLLED_BACK, Phase.REJECTED, Phase.CANCELLED})
"""Phases in which something has been decided already: planning again takes triage or more."""


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The issue as it stands, everything planning reads, and what earlier runs left behind."""
    number = case.number if case else asked.opening.number if asked.opening else asked.number
    left = undo.every_digest(case) if case and case.phase in AFTERWARDS else ()
    who = Permission(asked.actor.id, asked.actor.login)
    return (IssueNow(number), who, PolicyFile(), Blueprints(), CheckFiles(), WorkflowFile(), Blobs(left))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Opens the case where there is none, and proposes a plan."""
    role = known.roles.get(asked.actor.id, Role.NONE)
    if known.issue is None or (turn.known is None and asked.opening is None):
        return
    if turn.known is None and asked.opening is not None:
        open_case(turn, asked.opening, known.issue)
    refused = _refusal(asked, turn, known, role)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "plan", refused)
        return
    if turn.case.phase in AFTERWARDS:
        turn.record(Entry("plan.superseded", {"version": turn.case.version}, asked.actor))
    before = len(turn.effects)
    propose(turn, Request(known.issue, asked.actor, role >= Role.TRIAGE, asked.comment_id), known)
    if len(turn.effects) == before:
        turn.refuse(asked.comment_id, asked.number, "plan", _nothing_new(asked, turn.case, role))
    else:
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "eyes"))


def _refusal(asked: Asked, turn: Turn, known: Knowledge, role: Role) -> Refused | None:
    who, case = asked.actor.login, turn.case
    if asked.arguments:
        why = "`/plan` takes no words; for a dry run the briefing says `dry_run: true`"
        return Refused("arguments", who, why, "/plan")
    if case.phase in AFTERWARDS and role < Role.TRIAGE:
        why = "planning again takes the triage role or more"
        return Refused("no_role", who, why, "ask somebody with the triage role")
    if case.phase in AFTERWARDS and undo.standing_legs(case, known.blobs):
        why = "something of the last run still stands in the world"
        return Refused("residue_first", who, why, "/rollback" if case.phase is not Phase.REJECTED else "/status")
    return None


def _nothing_new(asked: Asked, case: Case, role: Role) -> Refused:
    if role < Role.TRIAGE:
        why = "to publish and preview this plan takes the triage role or more"
        return Refused("no_role", asked.actor.login, why, "ask somebody with the triage role")
    line = f"/approve {case.plan.token}" if case.plan else "/status"
    return Refused("same_plan", asked.actor.login, "the issue gives exactly the plan that is here", line)


COMMAND = Command(
    name="plan",
    usage="/plan",
    summary="Plan this issue as it stands; from triage up, publish and preview the plan.",
    who=Role.READ,
    phases=frozenset({Phase.DRAFT, Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED}) | AFTERWARDS,
    examples=("/plan",),
    needs=needs,
    decide=decide,
)
