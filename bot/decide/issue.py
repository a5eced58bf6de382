"""An issue was opened, edited, labelled or taken away: a plan, a new version, or an end with its reason."""

from __future__ import annotations

from bot.domain.allowance import Full, full_for_again, full_for_new
from bot.domain.case import Case, Opening
from bot.domain.checks import CheckFiles
from bot.domain.drafting import PREFIX, is_ours
from bot.domain.effects import ClosePull, Say
from bot.domain.knowledge import (
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
from bot.domain.lifecycle import ENDED, Phase, can
from bot.domain.messages import ApprovalsVoid
from bot.domain.next import Await, next_step
from bot.domain.own_templates import OwnTemplates
from bot.domain.people import Role
from bot.domain.proposal import Request, open_case, propose, subject_digest
from bot.domain.stale import AGAIN, defer, make_stale, note
from bot.domain.stop import at_own_gate, cancel, is_untouched
from bot.domain.turn import Turn
from bot.domain.view import show
from bot.domain.void import is_open
from bot.events.model import IssueChanged

PLANS = frozenset({"opened", "edited", "labeled"})
ENDS = {
    "closed": "the issue was closed",
    "deleted": "the issue was deleted",
    "transferred": "the issue was moved to another repository",
    "unlabeled": "the capability label was taken off",
}
OPEN = frozenset({Phase.DRAFT, Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED})
"""Phases in which an edit makes a new plan by itself; afterwards it takes `/plan`."""


def needs(event: IssueChanged, case: Case | None) -> tuple[Need, ...]:
    """The issue as it stands and what planning reads; nothing for labels and edits that are not about us."""
    if event.issue.is_pull or not _concerns(event, case):
        return ()
    now = IssueNow(event.issue.number)
    if event.action in ENDS or event.action == "reopened":
        return (now, PolicyFile()) if event.action == "unlabeled" else (PolicyFile(),)
    who = Permission(event.actor.id, event.actor.login)
    counted = History() if case is not None else OpenedLately(event.repo.id)
    return (now, who, PolicyFile(), Blueprints(), CheckFiles(), OwnTemplates(), WorkflowFile(), counted)


def _concerns(event: IssueChanged, case: Case | None) -> bool:
    if event.action in {"labeled", "unlabeled"} and not (event.label or "").lower().startswith(PREFIX):
        return False
    if case is None:
        return event.action in PLANS and is_ours(event.issue.labels)
    if event.action == "edited":
        return event.body_changed
    return event.action in PLANS or event.action in ENDS or event.action == "reopened"


def decide(event: IssueChanged, turn: Turn, known: Knowledge) -> None:
    """Plans, or ends the case; what the bot itself did means nothing."""
    if event.issue.is_pull or event.actor.id == known.bot:
        return
    if turn.known is None and _is_edited_by_another(event):
        # Whether a label comes later nobody knows, and GitHub's REST API does not tell afterwards who edited (T1).
        turn.record(Entry("briefing.edited", {}, event.actor))
    if not _concerns(event, turn.known):
        return
    if event.action in ENDS:
        _end(event, turn, known)
    elif event.action == "reopened" or (event.action == "labeled" and _is_over(turn.known)):
        _again(event, turn, known)
    else:
        _plan(event, turn, known)


def _is_over(case: Case | None) -> bool:
    return case is not None and case.phase in ENDED | {Phase.FAILED}


def _again(event: IssueChanged, turn: Turn, known: Knowledge) -> None:
    """Reopened, or labelled again: nothing goes on by itself, for it was approved before it ended."""
    if not _is_over(turn.known) or (event.action == "labeled" and not is_ours((event.label or "",))):
        return
    step = next_step(turn.case, known.policy, turn.now)
    did = "reopened" if event.action == "reopened" else "labelled again"
    state = turn.case.phase.value.replace("_", " ")
    what = f"The issue was {did} by {event.actor.login}. Nothing goes on by itself: this is {state}."
    note(turn, what, step.line if isinstance(step, Await) else "`/status`")


def _plan(event: IssueChanged, turn: Turn, known: Knowledge) -> None:
    issue = known.issue
    if issue is None or not issue.open:
        return
    if turn.known is None:
        if not is_ours(issue.labels):
            return
        opening = Opening(event.repo, event.issue.node_id, event.issue.number, issue.title, event.issue.author)
        if not _may_open(event, opening, turn, known):
            return
        open_case(turn, opening, issue, event.actor)
    elif _is_edited_by_another(event) and event.actor.id not in turn.case.editors:
        turn.record(Entry("briefing.edited", {}, event.actor))
    case = turn.case
    is_plan = case.phase in OPEN or is_untouched(case) or at_own_gate(case)
    if case.body == subject_digest(issue):
        return
    if not (is_plan or _is_held_plan(case)):
        _edited_too_late(event, turn)
        return
    approved = tuple(dict.fromkeys(approval.login for approval in case.approvals))
    role = known.roles.get(event.actor.id, Role.NONE)
    if (full := full_for_again(known.lines, event.actor.id, role, turn.now)) is not None:
        _not_planned(event, turn, known, full)
        return
    propose(turn, Request(issue, event.actor, event.actor.is_person and role >= Role.TRIAGE), known)
    if approved and not turn.case.approvals:
        message = ApprovalsVoid(turn.case, f"the briefing was edited by {event.actor.login}", approved)
        turn.do(Say(turn.name("void"), message, to="reply"))


def _not_planned(event: IssueChanged, turn: Turn, known: Knowledge, full: Full) -> None:
    """One edit too many: no plan is made of it, and what was approved of the one that stands is void (T10)."""
    defer(turn, full, event.actor)
    if any(is_open(turn.case, one) for one in turn.case.approvals):
        what = f"The briefing was edited by {event.actor.login}, so this plan is not of the issue as it stands."
        make_stale(turn, known, event.actor, what, AGAIN)


def _may_open(event: IssueChanged, opening: Opening, turn: Turn, known: Knowledge) -> bool:
    """Whether whoever did this may cost a plan more today; the first time that not, they are told (T47)."""
    role = known.roles.get(event.actor.id, Role.NONE)
    full = full_for_new(known.opened, event.actor.id, role, turn.now)
    if full is None:
        return True
    if full.is_first and known.issue is not None:
        open_case(turn, opening, known.issue, event.actor)
        defer(turn, full, event.actor)
    return False


def _edited_too_late(event: IssueChanged, turn: Turn) -> None:
    """Said at the edit and not only when the next leg's claim is refused for it (T10)."""
    case = turn.case
    if event.action != "edited" or case.phase not in {Phase.EXECUTING, Phase.WAITING, Phase.HELD}:
        return
    what = (
        f"The briefing was edited by {event.actor.login}. What is under way is v{case.version} as it was approved"
    )
    line = "put the briefing back as it was; or `/cancel`, then `/rollback` or `/plan`"
    note(turn, f"{what}; no further leg of it starts while the briefing differs.", line)


def _is_held_plan(case: Case) -> bool:
    """Whether it is held and only a plan: the new version is held too."""
    return case.phase is Phase.HELD and case.is_fresh and case.held_from in OPEN | {Phase.WAITING}


def _is_edited_by_another(event: IssueChanged) -> bool:
    """Whether somebody edits what another one wrote: they do not approve it (T1, T10)."""
    edited = event.action == "edited" and event.body_changed
    return edited and event.actor.id not in {0, event.issue.author.id}


def _end(event: IssueChanged, turn: Turn, known: Knowledge) -> None:
    phase = turn.case.phase
    if event.action == "unlabeled" and _is_still_ours(turn.case, known):
        return
    if turn.case.cancel or (phase is not Phase.EXECUTING and not can(phase, "capability.cancelled")):
        return
    why = f"{ENDS[event.action]} by {event.actor.login}"
    cancel(turn, event.actor, why)
    if event.action not in {"deleted", "transferred"}:
        show(turn, known.policy, why)
    if not can(turn.case.phase, "capability.cancelled"):
        turn.do(ClosePull(turn.name("close-pull")))


def _is_still_ours(case: Case, known: Knowledge) -> bool:
    """Whether a label of the case's kind is still there,."""
    labels = known.issue.labels if known.issue else ()
    return any(label.lower() == f"{PREFIX}{case.lane}" for label in labels)
