"""A job claims its leg at /runs: every check with its own code, then the signed spec, once per leg and job.

The token's signature, issuer, audience and age were checked at the door. Here: is it the job that we dispatched,
by our App, on the workflow that was approved, in its first attempt, and do the approvals still count (T3, T36)?
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.decide import allowed, fencing
from bot.decide.allowed import No
from bot.domain.case import Case, LegRun
from bot.domain.effects import Grant
from bot.domain.frozen import in_words, is_unreadable
from bot.domain.gate import as_known, fallen, gates_of
from bot.domain.gates import PLAN, ROLLBACK
from bot.domain.knowledge import Blobs, Head, JobNow, Knowledge, Need, PolicyFile, WorkflowFile
from bot.domain.ledger import Entry, stamp
from bot.domain.leg import (
    LOOK_EVERY,
    environment_of,
    journal,
    journal_digests,
    leg_of,
    look_again,
    needs_content,
    second_job,
    writes_contents,
)
from bot.domain.turn import Turn
from bot.domain.void import is_open, void
from bot.events.model import ClaimReceived
from executors.protocol.plan import Plan, Verb
from executors.protocol.spec import ContentSource, JobSpec

VALID_FOR = timedelta(hours=1)
"""How long after its claim a job may begin to act."""


def needs(event: ClaimReceived, case: Case | None) -> tuple[Need, ...]:
    """The workflow at the job's own commit, policy, the approvers' rights now, what was journalled before."""
    if case is None or case.run is None or is_unreadable(case):
        return ()
    job, run, pin = event.job, case.run, case.plan.workflow if case.plan else None
    if pin is None or job.repository_id != pin.repository_id or event.claim.nonce != run.nonce:
        return ()  # it will be refused for that; strangers cause no requests
    return (
        PolicyFile(),
        WorkflowFile(at=job.workflow_sha),
        Head(),
        JobNow(job.run_id, job.check_run_id),
        Blobs(journal_digests(case.leg_runs(run.leg))),
        *allowed.needs(case, run),
        *fencing.needs(case, run),
    )


def _gate(run: LegRun) -> str:
    return ROLLBACK if run.verb == "rollback" else PLAN


def decide(event: ClaimReceived, turn: Turn, known: Knowledge) -> None:
    """Records the claim and grants the spec, or answers 403 or 409 with a code."""
    refused = next(_refusals(event, turn.known, known, turn.now), None)
    if refused is not None:
        _refuse(event, turn, refused)
        if refused.code == "approvals_void":
            _void(turn, known)
        return
    run, claim, job = turn.case.run, event.claim, event.job
    assert run is not None
    repositories = _readable(turn.case, run, claim.job, known)
    if claim.job not in run.client_keys:
        facts = {"job": claim.job, "client_key": claim.client_key, "nonce": run.nonce, "run_id": job.run_id}
        facts |= {"token": bool(repositories)}
        turn.record(Entry("leg.claimed", facts | {"jti": job.jti[:200]}, alias=f"run:{job.run_id}"))
        turn.do(look_again(run.nonce, turn.now + LOOK_EVERY))
        fencing.renew(turn)
    spec = spec_for(event, turn.case, known, turn.now)
    key = f"grant:{run.nonce}:{claim.job}:{job.jti[:200]}"
    writes = claim.job == "execute" and writes_contents(turn.case, run)
    turn.do(Grant(key, spec, claim.client_key, claim.job, repositories, writes))


def _void(turn: Turn, known: Knowledge) -> None:
    """What was approved and has not begun: the approvals that do not count any more go, and that is said."""
    case, policy, run = turn.case, known.policy, turn.case.run
    assert policy is not None
    assert run is not None
    for name in gates_of(case):
        now = as_known(case, name, known, allowed.moment(case, run, name), words=True)
        for one, verdict in fallen(case, name, policy, now):
            if is_open(turn.case, one):
                void(turn, (one,), verdict.because, known, code=verdict.code)


def _readable(case: Case, run: LegRun, job: str, known: Knowledge) -> tuple[int, ...]:
    """The repositories that the job's App token reads: none for what needs no content.

    Of a foreign leg it is `admit` that fetches the files for the job with the foreign code; `report` fetches none.
    """
    leg = leg_of(case, run.leg)
    if leg is None or (run.verb == "rollback" and not writes_contents(case, run)):
        return ()
    reads = job == "admit" if leg.foreign else job == "execute" and needs_content(leg, known.policy)
    return (case.repo.id,) if reads else ()


def _refuse(event: ClaimReceived, turn: Turn, refused: No) -> None:
    plan = turn.known.plan if turn.known else None
    if plan is not None and plan.workflow is not None and event.job.repository_id == plan.workflow.repository_id:
        facts = {"code": refused.code, "job": event.claim.job, "run_id": event.job.run_id}
        turn.record(Entry("claim.refused", facts, reason=refused.why))
    advice = "nothing: only the bot starts runs; see the capability's comment for what comes next"
    turn.answer(refused.status, {"code": refused.code, "why": refused.why, "next": advice})


def _refusals(event: ClaimReceived, case: Case | None, known: Knowledge, now: datetime) -> Iterator[No]:
    """What is wrong with the claim, in the order in which it is looked at."""
    if case is None or case.plan is None or not _is_here(event, case.plan):
        # One answer for both: a stranger's token learns of no case whether it is there.
        yield No(403, "case_unknown", "no such case is carried out in the token's repository")
    elif case.run is None:
        yield No(403, "leg_unknown", "no leg of this case was dispatched")
    elif is_unreadable(case):
        yield No(409, "frozen", in_words(case.frozen))
    else:
        yield from _dispatched(event, case.run)
        yield from _ours(event, case.plan, case.run.verb, known)
        yield from _this_job(event, case, case.run, known)
        yield from _once(event, case.run)
        yield from fencing.refusals(case, case.run, event.claim.job, known, now)
        yield from allowed.refusals(case, case.run, known)


def _is_here(event: ClaimReceived, plan: Plan) -> bool:
    """Whether the token is of the repository that the plan is carried out in."""
    return plan.workflow is not None and event.job.repository_id == plan.workflow.repository_id


def _dispatched(event: ClaimReceived, run: LegRun) -> Iterator[No]:
    if event.claim.nonce != run.nonce:
        yield No(403, "nonce", "the nonce is not the one of the present dispatch")
    if event.claim.leg != run.leg:
        yield No(403, "leg_unknown", f"the present dispatch is of leg {run.leg}")
    if not run.open:
        yield No(409, "leg_closed", "this run of the leg is over")
    if run.bundle is not None:
        yield No(409, "leg_done", "this run has handed in its bundle")


def _ours(event: ClaimReceived, plan: Plan, verb: Verb, known: Knowledge) -> Iterator[No]:
    """Whether GitHub started this run for our App, on the workflow that was approved (T36, T37)."""
    job, pin = event.job, plan.workflow
    assert pin is not None
    if job.event_name != "workflow_dispatch":
        yield No(403, "event", f"the run was started by {job.event_name[:40]}, not by a dispatch")
    if known.bot == 0 or job.actor_id != known.bot:
        yield No(403, "actor", "the run was not started by our App")
    # What was done must stay possible to take back after the workflow was generated anew, or its branch renamed:
    # who may change the operations repository's default branch decides that. To carry out is bound to the file.
    at = known.workflow
    here = at if verb == "rollback" and at is not None else pin
    if job.workflow_ref != f"{here.repository}/{pin.path}@{here.ref}":
        yield No(403, "workflow_ref", "the run is not of the generated workflow on the default branch")
    same = at is not None and at.path == pin.path and (verb == "rollback" or at.blob == pin.blob)
    if not same:
        yield No(403, "workflow_changed", "the workflow at the run's commit is not the one that was planned with")


def _this_job(event: ClaimReceived, case: Case, run: LegRun, known: Knowledge) -> Iterator[No]:
    job, claim, leg = event.job, event.claim, leg_of(case, run.leg)
    if job.run_attempt != 1:
        yield No(403, "attempt", "a run is not repeated: `/retry` starts a new one")
    if run.run_id is not None and job.run_id != run.run_id:
        yield No(403, "run", "the token is of another run than the one that was dispatched")
    if job.check_run_id is not None and (known.job or "").lower() != claim.job:
        yield No(403, "job", "the token is not of the job that the claim names")
    if leg is not None and claim.job not in {"admit", second_job(leg)}:
        yield No(403, "job_of_leg", f"leg {leg.id} is carried out by `{second_job(leg)}`, not by `{claim.job}`")
    wanted = environment_of(leg, run.verb, known.policy) if leg and claim.job == "execute" else None
    if leg is None or (job.environment or None) != wanted:
        yield No(403, "environment", f"the job runs in {job.environment or 'no environment'}")


def _once(event: ClaimReceived, run: LegRun) -> Iterator[No]:
    """Once per leg and job; a lost answer may be asked for again with the same key until the first line."""
    claim = event.claim
    if claim.job != "admit" and "admit" not in run.client_keys:
        yield No(409, "admit_first", "the job `admit` of this run has not claimed")
    known = run.client_keys.get(claim.job)
    if known is not None and known != claim.client_key:
        yield No(409, "already_claimed", f"the job {claim.job} of this leg has been claimed")
    if known is not None and run.lines:
        yield No(409, "already_started", f"the job {claim.job} of this leg has begun to journal")


def spec_for(event: ClaimReceived, case: Case, known: Knowledge, now: datetime) -> JobSpec:
    """Everything the job may do."""
    plan, run = case.plan, case.run
    assert plan is not None
    assert run is not None
    leg = leg_of(case, run.leg)
    assert leg is not None
    facts: dict[str, Any] = {
        "case": case.key,
        "leg": leg.id,
        "nonce": run.nonce,
        "verb": run.verb,
        "plan": plan,
        "digest": plan.digest,
        "steps": leg.steps,
        "run_id": event.job.run_id,
        "environment": environment_of(leg, run.verb, known.policy),
        "content": ContentSource(repository=case.repo.name, commit=known.head) if known.head else None,
        "journal": () if run.verb == "preview" else journal(case.leg_runs(run.leg), known.blobs),
        "issued_at": stamp(now),
        "expires_at": stamp(now + VALID_FOR),
        "rollback_to": case.rollback_to if run.verb == "rollback" and case.rollback_to in leg.steps else None,
        "by_decision": run.verb != "rollback" or case.decided,
        "approved_by": tuple(approval.login for approval in case.approvals_of(_gate(run))),
    }
    return JobSpec(**facts)
