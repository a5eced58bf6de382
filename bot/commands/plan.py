"""`/plan`: plan this issue as it stands; said by triage or more, the plan is published and previewed (T60).

`/plan dry-run` only shows, in a reply, what the plan would be: whatever stands stays, whoever asks.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain import undo
from bot.domain.allowance import full_for_again, full_for_new
from bot.domain.case import Case
from bot.domain.checks import CheckFiles
from bot.domain.command import Asked, Command
from bot.domain.difference import difference, same_plan
from bot.domain.drafting import draft, house_faults
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gates import PLAN, ask
from bot.domain.knowledge import (
    Blobs,
    Blueprints,
    History,
    IssueNow,
    Knowledge,
    Need,
    OpenedLately,
    Permission,
    PolicyFile,
    WorkflowFile,
)
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import BriefingFaults, Message, NoPolicy
from bot.domain.own_templates import OwnTemplates
from bot.domain.people import Role
from bot.domain.proposal import Request, open_case, propose
from bot.domain.replies import PlanSketch
from bot.domain.rights import in_words
from bot.domain.stale import defer
from bot.domain.turn import Turn
from bot.domain.wishes import open_choices

DRY = "dry-run"

PHASES = frozenset({Phase.DRAFT, Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED})
"""Phases in which a new plan takes the place of the one that stands, beside those afterwards."""

AFTERWARDS = frozenset({Phase.FAILED, Phase.ROLLED_BACK, Phase.REJECTED, Phase.CANCELLED})
"""Phases in which something has been decided already: planning again takes triage or more."""


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The issue as it stands, everything planning reads, and what earlier runs left behind."""
    number = case.number if case else asked.opening.number if asked.opening else asked.number
    left = undo.every_digest(case) if case and case.phase in AFTERWARDS else ()
    who = Permission(asked.actor.id, asked.actor.login)
    counted = History() if case else OpenedLately(asked.opening.repo.id if asked.opening else 0)
    files = (CheckFiles(), OwnTemplates(), WorkflowFile())
    return (IssueNow(number), who, PolicyFile(), Blueprints(), *files, Blobs(left), counted)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Opens the case where there is none, and proposes a plan."""
    role = known.roles.get(asked.actor.id, Role.NONE)
    if known.issue is None or (turn.known is None and asked.opening is None):
        return
    full = full_for_again(known.lines, asked.actor.id, role, turn.now)
    if turn.known is None and asked.opening is not None:
        full = full_for_new(known.opened, asked.actor.id, role, turn.now)
        if full is not None and not full.is_first:
            return
        open_case(turn, asked.opening, known.issue, asked.actor)
    if full is not None and asked.arguments.lower() != DRY:
        defer(turn, full, asked.actor)
        return
    if asked.arguments.lower() == DRY:
        turn.reply(asked.comment_id, sketch(turn.case, known), asked.number)
        return
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
        return Refused("arguments", who, "`/plan` takes no words but `dry-run`", "/plan")
    if case.phase not in PHASES | AFTERWARDS:
        step = "/resume" if case.phase is Phase.HELD else "`/plan dry-run` shows what the plan would be"
        return Refused("wrong_phase", who, f"this is {case.phase.value}", step)
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


def sketch(case: Case, known: Knowledge) -> Message:
    """What planning the issue as it stands would say, with nothing recorded: the plan, or what is in its way."""
    assert known.issue is not None
    if faults := house_faults(known):
        return NoPolicy(case, known.operations.name if known.operations else "the operations repository", faults)
    drafted = draft(case, known.issue, known, case.version + 1)
    if isinstance(drafted, tuple):
        return BriefingFaults(case, drafted)
    again = draft(case, known.issue, known, case.version) if case.plan is not None else ()
    same = not isinstance(again, tuple) and case.plan is not None and same_plan(case.plan, again.plan)
    assert known.policy is not None
    at = ask(replace(case, plan=drafted.plan), known.policy, PLAN)
    assert at is not None
    return PlanSketch(
        case=case,
        plan=drafted.plan,
        against="" if same or case.plan is None else difference(case.plan, drafted.plan),
        is_same=same,
        approvals_needed=at.count,
        approvers=in_words(at.approvers),
        blocked=open_choices(drafted.plan),
    )


COMMAND = Command(
    name="plan",
    usage="/plan [dry-run]",
    summary="Plan this issue as it stands; from triage up, publish and preview the plan.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/plan", "/plan dry-run"),
    needs=needs,
    decide=decide,
)
