"""`/approve v3-1a2b3c4d5e6f`: one person allows exactly one version of the plan to be carried out.

`/approve rollback v3-1a2b3c4d5e6f` is the same at another gate: to take back what cannot simply be taken back.
"""

from __future__ import annotations

from bot.domain import consent, gate, undo, view
from bot.domain.advance import advance
from bot.domain.case import Case
from bot.domain.command import Asked, Command, token
from bot.domain.effects import Check, React
from bot.domain.faults import Refused
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile, TeamsOf, WorkflowFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import CheckReport
from bot.domain.people import Role
from bot.domain.turn import Turn

PLAN = "plan"
"""The gate that is meant where none is named."""
PHASES = {PLAN: frozenset({Phase.VALIDATED, Phase.PREVIEWING}), undo.GATE: frozenset({Phase.WAITING})}
"""The gates there are, and when people decide at them."""


def said(arguments: str) -> tuple[str, str]:
    """The gate and the token that the words name; a first word that is no gate is a part of the token."""
    first, _, rest = arguments.partition(" ")
    return (first, rest.strip()) if first in PHASES else (PLAN, arguments)


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The approver's rights as they are now, the policy, and the workflow the plan is pinned to."""
    if case is None or not asked.actor.is_person:
        return ()
    who = asked.actor
    return (Permission(who.id, who.login), TeamsOf(who.id, who.login), PolicyFile(), WorkflowFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Records the approval and goes on, or refuses with a reason code."""
    refused = refusal(asked, turn, known)
    if refused is not None:
        _refuse(asked, turn, known, refused)
    else:
        _accept(asked, turn, known)


def refusal(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    """Why this approval does not count, None where it does; the first reason that applies."""
    case = turn.known
    if case is None or case.plan is None:
        return Refused("wrong_phase", asked.actor.login, "there is no plan here yet", "/plan")
    refused = consent.refusal(asked, case, known) or _which(asked, case)
    if refused is None and said(asked.arguments)[0] == PLAN:
        refused = _whether(asked, case, known)
    if refused is None and consent.has_said(asked, turn, known, said(asked.arguments)[0]):
        return Refused("already_approved", asked.actor.login, "you have approved this already", "/why")
    return refused


def _which(asked: Asked, case: Case) -> Refused | None:
    """Whether the words name exactly the present plan, at a gate where people decide now (T13, T58)."""
    assert case.plan is not None
    who, (name, words) = asked.actor.login, said(asked.arguments)
    line = f"/approve {case.plan.token}" if name == PLAN else f"/approve {name} {case.plan.token}"
    if case.phase not in PHASES[name] or (name != PLAN and (case.gate is None or case.gate.name != name)):
        return _not_now(who, name, case)
    if not words:
        return Refused("token_missing", who, "an approval names the plan's version and digest", line)
    named = token(words)
    if named is None:
        return Refused("token_malformed", who, "the token is `v<version>-<12 lower-case hex digits>`", line)
    if (named.version, named.prefix) != (case.version, case.plan.digest[:12]):
        return Refused("approval_stale", who, "that is not the plan as it stands now", line)
    return None


def _not_now(who: str, name: str, case: Case) -> Refused:
    assert case.plan is not None
    if case.phase is Phase.WAITING and case.gate is not None:
        why = f"this waits at the gate `{case.gate.name}`, which an approval names"
        return Refused("wrong_phase", who, why, f"/approve {case.gate.name} {case.plan.token}")
    if name != PLAN:
        return Refused("gate_closed", who, f"nobody has to decide at the gate `{name}` now", "/status")
    return Refused("wrong_phase", who, f"nothing is to be approved while this is {case.phase.value}", "/status")


def _whether(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    """Whether this plan can be approved now."""
    assert case.plan is not None
    who = asked.actor.login
    if changed := gate.drift(case, known):
        return Refused("approval_stale", who, changed, "/plan")
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


def _refuse(asked: Asked, turn: Turn, known: Knowledge, refused: Refused) -> None:
    if turn.known is not None:
        name, words = said(asked.arguments)
        data = {"code": refused.code, "said": asked.arguments[:80], "gate": name, **consent.source(asked)}
        data["role"] = known.roles.get(asked.actor.id, Role.NONE).word
        plan = turn.known.plan
        if plan is not None and words == plan.token:
            data |= {"version": plan.version, "digest": plan.digest}
        turn.record(Entry("approval.refused", data, asked.actor, refused.why))
    if refused.code == "not_a_person":  # a reply to a bot invites a reply from it
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "-1"))
    else:
        turn.refuse(asked.comment_id, asked.number, "approve", refused)


def _accept(asked: Asked, turn: Turn, known: Knowledge) -> None:
    name, _ = said(asked.arguments)
    consent.give(asked, turn, known, name)
    advance(turn, known.policy, known.nonce)
    plan = turn.case.plan
    if name == PLAN and turn.case.passed and plan is not None:
        report = CheckReport("plan", turn.case, plan, "success")
        turn.do(Check(turn.name("check"), report, "completed", "success"))
    view.show(turn, known.policy)


COMMAND = Command(
    name="approve",
    usage="/approve [gate] v<version>-<hash>",
    summary="Allow exactly this version of the plan to be carried out, or what waits at another gate.",
    who=Role.WRITE,
    phases=PHASES[PLAN] | PHASES[undo.GATE],
    examples=("/approve v1-1a2b3c4d5e6f", "/approve rollback v1-1a2b3c4d5e6f"),
    needs=needs,
    decide=decide,
    at_gate=True,
)
