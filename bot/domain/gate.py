"""A gate as a decision that explains itself: who may approve, whose approval counts, is it enough?

One mechanism for every gate: `plan` (may this plan be carried out?) and `rollback` (may be taken back what cannot
simply be taken back?). An approval counts at the gate it was given at, for the version and digest it names.

Everything compares numeric ids, live roles and digests; nothing compares names, labels or author
dates (T1, T2, T9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.approval import Approval, Verdict
from bot.domain.case import Case
from bot.domain.knowledge import Knowledge, Need, Permission, TeamsOf
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.rules import Approvers, Quorum


@dataclass(frozen=True)
class Standing:
    """An account's rights at this moment."""

    user: int
    login: str
    role: Role
    teams: tuple[str, ...] = ()


def standing(known: Knowledge, user: int, login: str) -> Standing:
    """The account's live role and teams, as they were asked for with Permission and TeamsOf."""
    return Standing(user, login, known.roles.get(user, Role.NONE), tuple(known.teams.get(user, ())))


def basis(approvers: Approvers, who: Standing) -> str | None:
    """On what ground the account may approve (`role:maintain`, `team:ops`, `user:1001`); None for none (T3)."""
    if who.role < Role.READ:
        return None
    if approvers.roles and who.role >= min(Role[name.upper()] for name in approvers.roles):
        return f"role:{who.role.word}"
    if any(person.id == who.user for person in approvers.users):
        return f"user:{who.user}"
    team = next((slug for slug in approvers.teams if slug in who.teams), None)
    return f"team:{team}" if team else None


def approvers_of(case: Case, policy: Policy) -> Approvers:
    """Who may approve for the case's product."""
    product = policy.product_of(case.repo.name)
    return policy.approvers_of(product) if product else policy.approvers


def quorum_of(case: Case, policy: Policy) -> Quorum:
    """How many, and whether the author may be among them, at this plan's risk."""
    return policy.quorum(case.plan.risk.level if case.plan else "CRITICAL")


def excluded(case: Case, policy: Policy) -> frozenset[int]:
    """The accounts that may not approve: issue author and briefing editors, where duties are separate (T1)."""
    return frozenset() if quorum_of(case, policy).author else case.editors | {case.author.id}


def in_words(approvers: Approvers) -> str:
    """Who may approve, for readers."""
    parts = []
    if approvers.roles:
        parts.append(f"{min(Role[name.upper()] for name in approvers.roles).word} role or more")
    parts += [f"@{person.login}" if person.login else f"account {person.id}" for person in approvers.users]
    parts += [f"team {slug}" for slug in approvers.teams]
    return ", ".join(parts)


def _yes(because: str, code: str, children: tuple[Verdict, ...] = ()) -> Verdict:
    return Verdict(allowed=True, because=because, code=code, children=children)


def _no(because: str, code: str, children: tuple[Verdict, ...] = ()) -> Verdict:
    return Verdict(allowed=False, because=because, code=code, children=children)


def judge(
    case: Case, gate: str, policy: Policy, now: datetime, live: Mapping[int, Standing] | None = None
) -> Verdict:
    """Whether the gate is passed, with the verdict on every approval given at it as children.

    With `live` each approver's rights are judged again as they are now (T3); without it the rights at the moment
    of approval stand.
    """
    if case.plan is None:
        return _no("there is no plan to approve", "no_plan")
    need = quorum_of(case, policy).count
    given = case.approvals_of(gate)
    children = tuple(_counts(approval, case, policy, now, live) for approval in given)
    if any(one.allowed and one.code == "by_policy" for one in children):
        return _yes("approved by policy", "by_policy", children)
    have = len({a.user for a, verdict in zip(given, children, strict=True) if verdict.allowed})
    if have >= need:
        return _yes(f"{have} of {need} approvals", "enough", children)
    return _no(f"{have} of {need} approvals", "approvals_missing", children)


def _counts(
    approval: Approval, case: Case, policy: Policy, now: datetime, live: Mapping[int, Standing] | None
) -> Verdict:
    """Whether one approval counts now."""
    assert case.plan is not None
    who = f"{approval.login}'s approval" if approval.kind == "person" else "the policy's approval"
    if approval.version != case.version or approval.digest != case.plan.digest:
        return _no(f"{who} is of v{approval.version}, not of {case.plan.token}", "approval_stale")
    if is_expired(approval, policy, now):
        return _no(f"{who} is older than {policy.approval.expiry_hours} hours", "expired")
    if approval.kind == "policy":
        allowed = policy.mode == "auto" and case.plan.risk.level == "LOW"
        return Verdict(allowed, f"{who} stands" if allowed else f"{who} needs mode auto and LOW risk", "by_policy")
    if approval.user in excluded(case, policy):
        return _no(f"{who} does not count: author or editor of the briefing", "self_approval")
    ground: str | None = approval.basis
    if live is not None:
        found = live.get(approval.user)
        ground = basis(approvers_of(case, policy), found) if found else None
    if not ground:
        return _no(f"{approval.login} may not approve any more", "no_role")
    return _yes(f"{who} counts ({ground})", "counts")


def live_rights(case: Case, gate: str, known: Knowledge) -> dict[int, Standing]:
    """The rights that everybody who approved at the gate has now, as they were asked for with `rights_of`."""
    return {
        one.user: standing(known, one.user, one.login) for one in case.approvals_of(gate) if one.kind == "person"
    }


def rights_of(people: Mapping[int, str]) -> tuple[Need, ...]:
    """What it takes to know the present rights of these accounts, by id and login (T3)."""
    return tuple(
        need for user, login in people.items() for need in (Permission(user, login), TeamsOf(user, login))
    )


def is_expired(approval: Approval, policy: Policy, now: datetime) -> bool:
    """Whether the approval is older than the policy allows; counts until dispatch."""
    return now >= expires(approval, policy)


def expires(approval: Approval, policy: Policy) -> datetime:
    """When the approval stops counting."""
    return datetime.fromisoformat(approval.at) + timedelta(hours=policy.approval.expiry_hours)


def drift(case: Case, known: Knowledge) -> str:
    """What of policy, prices or workflow is no longer what the plan's digest holds (T7); "" where all agrees."""
    plan, policy = case.plan, known.policy
    if plan is None or policy is None:
        return "the policy cannot be read"
    product = policy.product_of(case.repo.name)
    if product is None or plan.policy != policy.slice_digest(product, plan.risk.level):
        return "the policy has changed since this plan was made"
    if plan.prices != policy.prices.digest:
        return "the price table has changed since this plan was made"
    if plan.workflow is None or known.workflow is None or plan.workflow != known.workflow:
        return "the workflow in the operations repository is not the one this plan was made with"
    return ""
