"""A plan put before people: what is recorded, what is said first, and what follows, for a new or edited issue."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.domain.advance import advance
from bot.domain.case import Case, Opening
from bot.domain.difference import difference, same_plan, step_changes
from bot.domain.drafting import Drafted, draft, house_faults, is_ours, kind_of
from bot.domain.effects import OpenPull, React
from bot.domain.facts import IssueFacts
from bot.domain.faults import Fault
from bot.domain.fold_life import place_alias
from bot.domain.holding import keep_hold
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import BriefingFaults, NoPolicy, PullText
from bot.domain.people import Actor
from bot.domain.plan_check import check_plan
from bot.domain.policy import Policy
from bot.domain.stop import at_own_gate, recall
from bot.domain.turn import Turn
from bot.domain.view import plan_ready, show
from executors.protocol.canonical import canonical

CHANGES_KEPT = 100
"""Changes of steps that the ledger keeps of a new version; the plans themselves hold all."""


@dataclass(frozen=True)
class Request:
    """Why there is to be a plan: the issue as it stands, who asked, and whether they may publish (T60)."""

    issue: IssueFacts
    actor: Actor
    publish: bool
    comment_id: int | None = None


def open_case(turn: Turn, opening: Opening, issue: IssueFacts, by: Actor) -> None:
    """Record the case's first line; `by` is whoever had it opened."""
    repo, author, kind = opening.repo, opening.author, kind_of(issue.labels)
    data = {
        "repo": {
            "id": repo.id,
            "name": repo.name,
            "installation": repo.installation,
            "private": repo.private,
            "default_branch": repo.default_branch,
        },
        "node_id": opening.node_id,
        "number": opening.number,
        "title": sound(issue.title),
        "author": {"id": author.id, "login": author.login, "kind": author.kind},
        "display_id": kind.display_id or f"#{opening.number}",
        "lane": kind.lane,
        "asked_by": by.id,
    }
    turn.record(Entry("capability.opened", data, author, alias=f"issue:{repo.id}:{opening.number}"))


def propose(turn: Turn, request: Request, known: Knowledge) -> None:
    """Plan the issue as it stands and put the plan, or what is wrong with the briefing, before people."""
    case = turn.case
    if faults := house_faults(known):
        where = known.operations.name if known.operations else "the operations repository"
        turn.sticky(NoPolicy(case, where, faults))
        turn.labels()
        return
    drafted = draft(case, request.issue, known, case.version + 1)
    if isinstance(drafted, tuple):
        _refuse(turn, request, drafted)
    elif _is_same(case, request, known):
        _again(turn, request, known)
    else:
        _publish(turn, request, drafted, known)


def _is_same(case: Case, request: Request, known: Knowledge) -> bool:
    """Whether the case already holds this very plan, so that nothing is superseded (title edits, typos undone).

    It is drafted once more as the version that is held, for inputs may carry the version: the name of a copy does.
    """
    held = {Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED, Phase.EXECUTING, Phase.HELD}
    if not (case.phase in held or at_own_gate(case)) or case.plan is None:
        return False
    drafted = draft(case, request.issue, known, case.version)
    return not isinstance(drafted, tuple) and same_plan(case.plan, drafted.plan)


def _clear(turn: Turn, request: Request) -> None:
    """Whatever was planned or dispatched before is no longer what is wanted."""
    case = turn.case
    recall(turn, "the briefing was edited", request.actor)
    if case.phase is not Phase.DRAFT:
        turn.record(Entry("plan.superseded", {"version": case.version}, request.actor))


def _refuse(turn: Turn, request: Request, faults: tuple[Fault, ...]) -> None:
    before = turn.case
    _clear(turn, request)
    named = [{"path": fault.path[:200], "message": fault.message[:300]} for fault in faults[:50]]
    data = {"faults": named, "body": _body(request)} | _comment(request)
    turn.record(Entry("briefing.refused", data, request.actor, alias=place_alias(turn.case)))
    keep_hold(turn, before)
    turn.sticky(BriefingFaults(turn.case, faults))
    _looked(turn, request)
    turn.labels()


def _publish(turn: Turn, request: Request, drafted: Drafted, known: Knowledge) -> None:
    """The sticky comment is the first write; the rest follows (product.md section 2)."""
    assert known.policy is not None
    before = turn.case
    _clear(turn, request)
    turn.record(_generated(turn.case, request, drafted), canonical(drafted.plan.to_json()), drafted.briefing)
    turn.sticky(plan_ready(turn.case, known.policy))
    _looked(turn, request)
    if request.publish:
        open_pull(turn, drafted.briefing, known.policy)
    keep_hold(turn, before)
    advance(turn, known.policy, known.nonce)
    show(turn, known.policy)


def _again(turn: Turn, request: Request, known: Knowledge) -> None:
    """The same plan is asked for again: somebody with rights may publish it, or have it previewed once more."""
    case = turn.case
    if not request.publish or (case.publish and case.preview != "failed"):
        return
    turn.record(Entry("plan.requested", _comment(request), request.actor))
    if "pull" not in case.made:
        open_pull(turn, None, known.policy)
    advance(turn, known.policy, known.nonce)
    show(turn, known.policy)


def open_pull(turn: Turn, briefing: bytes | None, policy: Policy | None) -> None:
    """The plan pull request with the plan as canonical JSON, and the check run on its head."""
    case, plan = turn.case, turn.case.plan
    assert plan is not None
    folder = f".millwright/{plan.display_id}"
    files = {f"{folder}/plan.json": canonical(plan.to_json())}
    if briefing is not None:
        files[f"{folder}/briefing.json"] = briefing
    branch = f"millwright/{plan.display_id.lower()}"
    turn.do(OpenPull(turn.name("pull"), branch, PullText(case, plan), files))
    check_plan(turn, policy)


def _looked(turn: Turn, request: Request) -> None:
    """On an issue the sticky comment says so; a reaction too would be one more write, and tell nothing."""
    if request.comment_id is not None:
        turn.do(React(f"react:{request.comment_id}", request.comment_id, "eyes"))


def _generated(case: Case, request: Request, drafted: Drafted) -> Entry:
    plan = drafted.plan
    data = {
        "version": plan.version,
        "digest": plan.digest,
        "previous": case.plan.digest if case.plan else "",
        "changes": difference(case.plan, plan),
        "step_changes": [one.to_data() for one in step_changes(case.plan, plan)[:CHANGES_KEPT]],
        "briefing": plan.briefing,
        "body": _body(request),
        "title": sound(request.issue.title),
        "display_id": plan.display_id,
        "lane": plan.lane,
        "risk": plan.risk.level,
        "steps": [step.id for step in plan.steps],
        "previewable": bool(plan.legs),
        "publish": request.publish,
        "open": request.issue.open,
    }
    alias = place_alias(case, plan.workflow.repository_id if plan.workflow else 0)
    return Entry("plan.generated", data | _comment(request), request.actor, alias=alias)


def _comment(request: Request) -> dict[str, int]:
    return {"comment": request.comment_id} if request.comment_id else {}


def _body(request: Request) -> str:
    return subject_digest(request.issue)


def sound(title: str) -> str:
    """The title as the ledger can hold it: no lone surrogates, 300 characters at most."""
    return title.encode("utf-8", "replace").decode()[:300]


def subject_digest(issue: IssueFacts) -> str:
    """SHA-256 of what a plan is made from: the body and the labels that select its kind."""
    labels = sorted(label for label in issue.labels if is_ours((label,)))
    return hashlib.sha256("\0".join([*labels, issue.body]).encode("utf-8", "replace")).hexdigest()
