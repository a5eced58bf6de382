"""Whether people still allow what a run is about to do: at each claim everything is read again (T3, T7, T10, T11).

An execution needs every gate up to its leg; taking back by decision needs the gate `rollback`; taking back what is
exact needs somebody who may approve to have asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.approval import Approval
from bot.domain.case import Case, LegRun, Override
from bot.domain.drift import drift
from bot.domain.gate import as_known, gates_of, judge, people_of, sources_of
from bot.domain.gates import ROLLBACK, ask, passed_before
from bot.domain.knowledge import IssueNow, Knowledge, Need, Owners, Words
from bot.domain.lifecycle import Phase
from bot.domain.policy import Policy
from bot.domain.proposal import subject_digest
from bot.domain.rights import basis, rights_of, standing


@dataclass(frozen=True)
class No:
    """A claim that is refused: HTTP status, code, reason."""

    status: int
    code: str
    why: str


def needs(case: Case, run: LegRun) -> tuple[Need, ...]:
    """The rights of everybody whose word allows it, their words as they stand, and the issue as it stands."""
    if run.verb == "preview":
        return ()
    if run.verb == "rollback" and not case.decided:
        return (*rights_of(dict([case.recaller]) if case.recaller else {}), Owners())
    names = gates_of(case)
    people = {user: login for name in names for user, login in people_of(case, name).items()}
    sources = tuple(source for name in names for source in sources_of(case, name))
    issue = (IssueNow(case.number),) if run.verb == "execute" else ()
    return (*rights_of(people), Words(sources), Owners(), *issue)


def refusals(case: Case, run: LegRun, known: Knowledge) -> Iterator[No]:
    """Why the run may not go on, the weightiest reason first; expiry of approvals counts until dispatch."""
    if case.cancel:
        yield No(409, "cancelled", "the capability is being cancelled")
    if case.phase is Phase.HELD:
        yield No(409, "held", "the capability is held")
    if run.version != case.version:
        yield No(409, "approval_stale", "the plan has a newer version")
    if run.verb == "preview":
        return
    if known.policy is None:
        yield No(403, "no_policy", "the policy cannot be read")
    elif run.verb == "rollback" and not case.decided:
        yield from _recalled(case, known, known.policy)
    else:
        yield from _decided(case, run, known, known.policy)
    # What was done is taken back under whatever policy there is now: its approvers and quorum were asked above.
    if run.verb == "execute":
        yield from _changed(case, known)


def _recalled(case: Case, known: Knowledge, policy: Policy) -> Iterator[No]:
    asked = ask(case, policy, ROLLBACK)
    if case.recaller and asked and basis(asked.approvers, standing(known, *case.recaller)) is None:
        yield No(403, "no_role", f"{case.recaller[1]} may not take it back any more")


def _decided(case: Case, run: LegRun, known: Knowledge, policy: Policy) -> Iterator[No]:
    names = (ROLLBACK,) if run.verb == "rollback" else passed_before(case, policy, run.leg)
    for name in names:
        verdict = judge(case, name, policy, as_known(case, name, known, moment(case, run, name), words=True))
        if not verdict.allowed:
            reasons = "; ".join(one.because for one in verdict.children if not one.allowed)
            at = "" if len(names) == 1 else f"at the gate `{name}`: "
            yield No(403, "approvals_void", f"{at}{verdict.because}{': ' if reasons else ''}{reasons}")


def moment(case: Case, run: LegRun, name: str) -> datetime:
    """When what people decided on at the gate was begun: their words must have been young enough then.

    That is the first dispatch after the last of them, for a later gate is decided at when legs have run already.
    """
    words: tuple[Approval | Override, ...] = (*case.approvals, *case.overrides)
    last = max((one.at for one in words if one.gate == name), default="")
    runs = [one for one in case.every_run if one.version == run.version and one.verb == run.verb]
    return datetime.fromisoformat(min([*(one.at for one in runs if one.at >= last), run.at]))


def _changed(case: Case, known: Knowledge) -> Iterator[No]:
    if changed := drift(case, known):
        yield No(403, "approval_stale", changed)
    if known.issue is None:
        yield No(403, "issue_gone", "the issue is not there any more")
    elif case.was_open and not known.issue.open:
        yield No(403, "issue_closed", "the issue is closed")
    elif case.body != subject_digest(known.issue):
        yield No(403, "briefing_changed", "the issue is not what the plan was made from any more")
