"""`/approve v3-1a2b3c4d5e6f`: one person allows exactly one version of the plan to be carried out."""

from __future__ import annotations

from bot.domain import gate, view
from bot.domain.advance import advance
from bot.domain.case import Case
from bot.domain.command import Asked, Command, token
from bot.domain.effects import Check, React, Timer
from bot.domain.faults import Refused
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile, TeamsOf, WorkflowFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalNoted, CheckReport
from bot.domain.people import Role
from bot.domain.turn import Turn

PHASES = frozenset({Phase.VALIDATED, Phase.PREVIEWING})


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
    return _who(asked, case, known) or _which(asked, case) or _whether(asked, case, turn, known)


def _who(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    """Whether this account may approve at all (T1, T2, T3)."""
    who, policy = asked.actor, known.policy
    if who.kind != "User" or who.id in {0, known.bot}:
        return Refused("not_a_person", who.login, "only people approve", "ask one of the approvers")
    if who.via_app:
        return Refused("app_comment", who.login, "an App wrote this in your name", "write the comment yourself")
    if policy is None:
        return Refused("no_policy", who.login, "the policy cannot be read, so nobody can be told apart", "/status")
    if who.id in gate.excluded(case, policy):
        why = "you wrote or edited the briefing, and from MEDIUM risk up somebody else must approve"
        return Refused("self_approval", who.login, why, f"ask {gate.in_words(gate.approvers_of(case, policy))}")
    approvers = gate.approvers_of(case, policy)
    if gate.basis(approvers, gate.standing(known, who.id, who.login)) is None:
        why = f"your role here is {known.roles.get(who.id, Role.NONE).word}; the policy asks for more"
        return Refused("no_role", who.login, why, f"ask {gate.in_words(approvers)}")
    return None


def _which(asked: Asked, case: Case) -> Refused | None:
    """Whether the words name exactly the present plan (T13, T58)."""
    assert case.plan is not None
    who, line = asked.actor.login, f"/approve {case.plan.token}"
    if case.phase not in PHASES:
        return Refused(
            "wrong_phase", who, f"nothing is to be approved while this is {case.phase.value}", "/status"
        )
    if not asked.arguments:
        return Refused("token_missing", who, "an approval names the plan's version and digest", line)
    said = token(asked.arguments)
    if said is None:
        return Refused("token_malformed", who, "the token is `v<version>-<12 lower-case hex digits>`", line)
    if (said.version, said.prefix) != (case.version, case.plan.digest[:12]):
        return Refused("approval_stale", who, "that is not the plan as it stands now", line)
    return None


def _whether(asked: Asked, case: Case, turn: Turn, known: Knowledge) -> Refused | None:
    """Whether this plan can be approved now."""
    assert case.plan is not None
    assert known.policy is not None
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
    mine = [one for one in case.approvals if one.user == asked.actor.id]
    if any(one.digest == case.plan.digest and not gate.is_expired(one, known.policy, turn.now) for one in mine):
        return Refused("already_approved", who, "you have approved this plan already", "/why")
    return None


def _refuse(asked: Asked, turn: Turn, known: Knowledge, refused: Refused) -> None:
    if turn.known is not None:
        data = {"code": refused.code, "said": asked.arguments[:80], **_source(asked)}
        data["role"] = known.roles.get(asked.actor.id, Role.NONE).word
        plan = turn.known.plan
        if plan is not None and asked.arguments.strip() == plan.token:
            data |= {"version": plan.version, "digest": plan.digest}
        turn.record(Entry("approval.refused", data, asked.actor, refused.why))
    if refused.code == "not_a_person":  # a reply to a bot invites a reply from it
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "-1"))
    else:
        turn.refuse(asked.comment_id, asked.number, "approve", refused)


def _source(asked: Asked) -> dict[str, object]:
    source = f"comment:{asked.comment_id}"
    return {"comment": asked.comment_id, "source": source, "evidence": asked.body_sha256}


def _accept(asked: Asked, turn: Turn, known: Knowledge) -> None:
    case, policy = turn.case, known.policy
    assert policy is not None
    assert case.plan is not None
    who = gate.standing(known, asked.actor.id, asked.actor.login)
    data = {
        "role": who.role.word,
        "basis": gate.basis(gate.approvers_of(case, policy), who) or "",
        "version": case.version,
        "digest": case.plan.digest,
        "gate": "plan",
        "kind": "person",
        "policy": case.plan.policy,
        **_source(asked),
    }
    turn.record(Entry("approval.given", data, asked.actor))
    approval = turn.case.approvals[-1]
    turn.do(Timer("approval-expiry", "approval-expiry", gate.expires(approval, policy)))
    verdict = gate.plan_gate(turn.case, policy, turn.now)
    have, need = sum(one.allowed for one in verdict.children), gate.quorum_of(case, policy).count
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    noted = ApprovalNoted(who.login, who.role.word, case.plan.token, case.plan.digest, have, need)
    turn.reply(asked.comment_id, noted, asked.number)
    advance(turn, policy, known.nonce)
    if turn.case.passed:
        report = CheckReport("plan", turn.case, case.plan, "success")
        turn.do(Check(turn.name("check"), report, "completed", "success"))
    view.show(turn, policy)


COMMAND = Command(
    name="approve",
    usage="/approve v<version>-<hash>",
    summary="Allow exactly this version of the plan to be carried out.",
    who=Role.WRITE,
    phases=PHASES,
    examples=("/approve v1-1a2b3c4d5e6f",),
    needs=needs,
    decide=decide,
    at_gate=True,
)
