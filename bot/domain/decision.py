"""A yes at a gate, whichever door it came by: a comment, a review of the plan pull request, a button.

Each door says who, by which words, at which gate and to which plan; everything else is the same for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import consent, ending, view
from bot.domain.case import Case
from bot.domain.command import token
from bot.domain.consent import Word
from bot.domain.drift import drift
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gates import PLAN, ROLLBACK
from bot.domain.knowledge import (
    Blobs,
    IssueNow,
    Knowledge,
    Need,
    Owners,
    Permission,
    PolicyFile,
    TeamsOf,
    WorkflowFile,
)
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import CommandRefused
from bot.domain.people import Actor, Role
from bot.domain.plan_check import check_plan
from bot.domain.proposal import subject_digest
from bot.domain.turn import Turn
from bot.domain.undo import every_digest

DECIDED_ON = frozenset({Phase.VALIDATED, Phase.PREVIEWING})
"""When people decide on a plan; at every other gate while the case waits."""


@dataclass(frozen=True)
class Yes:
    """What somebody says yes to: a gate, and a plan by its token, exactly as it was said."""

    word: Word
    gate: str
    token: str


def needs(actor: Actor, case: Case) -> tuple[Need, ...]:
    """The rights, policy, issue, and the workflow that the plan is pinned to, as they are now; what was done."""
    who = (Permission(actor.id, actor.login), TeamsOf(actor.id, actor.login))
    done = (Blobs(every_digest(case)),) if case.gate is not None else ()
    return (*who, PolicyFile(), WorkflowFile(), Owners(), IssueNow(case.number), *done)


def decide(yes: Yes, turn: Turn, known: Knowledge) -> None:
    """Records the approval and goes on, or refuses with a reason code; either is answered once."""
    refused = refusal(yes, turn, known)
    if refused is not None:
        refuse(yes, turn, known, refused)
        return
    consent.give(yes.word, turn, known, yes.gate)
    ending.go_on(turn, known)
    if yes.gate == PLAN:
        check_plan(turn, known.policy)


def refusal(yes: Yes, turn: Turn, known: Knowledge) -> Refused | None:
    """Why this approval does not count, None where it does; the first reason that applies."""
    case, who = turn.known, yes.word.actor.login
    if case is None or case.plan is None:
        return Refused("wrong_phase", who, "there is no plan here yet", "/plan")
    refused = consent.refusal(yes.word, case, known, yes.gate) or _which(yes, case)
    if refused is None and yes.gate != ROLLBACK:
        refused = in_the_way(who, case, known)
    if refused is None and consent.has_said(yes.word, turn, known, yes.gate):
        return Refused("already_approved", who, "you have approved this already", "/why")
    return refused


def line(case: Case, gate: str) -> str:
    """What is typed to approve what stands now at the gate."""
    assert case.plan is not None
    return f"/approve {case.plan.token}" if gate == PLAN else f"/approve {gate} {case.plan.token}"


def _which(yes: Yes, case: Case) -> Refused | None:
    """Whether the words name exactly the present plan, at a gate where people decide now (T13, T58)."""
    assert case.plan is not None
    who = yes.word.actor.login
    if not is_open(case, yes.gate):
        return _not_now(who, yes.gate, case)
    if not yes.token:
        return Refused(
            "token_missing", who, "an approval names the plan's version and digest", line(case, yes.gate)
        )
    named = token(yes.token)
    if named is None:
        shape = "the token is `v<version>-<12 lower-case hex digits>`"
        return Refused("token_malformed", who, shape, line(case, yes.gate))
    if (named.version, named.prefix) != (case.version, case.plan.digest[:12]):
        return Refused("approval_stale", who, "that is not the plan as it stands now", line(case, yes.gate))
    return None


def is_open(case: Case, gate: str) -> bool:
    """Whether people decide at that gate now."""
    if gate == PLAN:
        return case.phase in DECIDED_ON
    return case.phase is Phase.WAITING and case.gate is not None and case.gate.name == gate


def _not_now(who: str, name: str, case: Case) -> Refused:
    if case.phase is Phase.WAITING and case.gate is not None:
        why = f"this waits at the gate `{case.gate.name}`, which an approval names"
        return Refused("wrong_phase", who, why, line(case, case.gate.name))
    if case.phase is Phase.HELD:
        return Refused("held", who, "this is held, and nothing is decided meanwhile", "/resume")
    if name != PLAN:
        return Refused("gate_closed", who, f"nobody has to decide at the gate `{name}` now", "/status")
    return Refused("wrong_phase", who, f"nothing is to be approved while this is {case.phase.value}", "/status")


def in_the_way(who: str, case: Case, known: Knowledge) -> Refused | None:
    """Why nobody can allow this plan now, by no approval and no override; None where they can."""
    assert case.plan is not None
    if changed := drift(case, known):
        return Refused("approval_stale", who, changed, "/plan")
    if case.phase in DECIDED_ON and known.issue is not None and case.body != subject_digest(known.issue):
        return Refused("approval_stale", who, "the issue is not what this plan was made from any more", "/plan")
    if case.plan.risk.level != "LOW" and case.preview in {"pending", "running", "failed"}:
        step = "wait for it" if case.preview == "running" else "/plan"
        why = f"the preview is {case.preview}, and above LOW risk it comes first"
        return Refused("preview_pending", who, why, step)
    if open_choices := view.blocked(case):
        first = open_choices[0]
        return Refused(first.code, who, f"{first.who}: {first.why}", first.next)
    if not case.plan.legs:
        return Refused("nothing_to_do", who, "this plan changes nothing", "edit the issue")
    return None


def refuse(yes: Yes, turn: Turn, known: Knowledge, refused: Refused) -> None:
    """Keeps the refusal with its code, and explains it once in the thread."""
    word, plan = yes.word, turn.known.plan if turn.known else None
    if turn.known is not None:
        data = {"code": refused.code, "said": yes.token[:80], "gate": yes.gate[:60], **word.record}
        data["role"] = known.roles.get(word.actor.id, Role.NONE).word
        if plan is not None and yes.token == plan.token:
            data |= {"version": plan.version, "digest": plan.digest}
        turn.record(Entry("approval.refused", data, word.actor, refused.why))
    if refused.code == "not_a_person":  # a reply to a bot invites a reply from it
        if word.comment_id is not None:
            turn.do(React(f"react:{word.comment_id}", word.comment_id, "-1"))
    else:
        consent.answer(turn, word, CommandRefused("approve", refused), "-1")
        if yes.gate == PLAN and turn.known is not None:
            check_plan(turn, known.policy)
