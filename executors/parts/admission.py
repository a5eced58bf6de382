"""Is this spec the one that this job was dispatched for? Every difference is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from executors.protocol.plan import Leg
from executors.protocol.spec import JobSpec


@dataclass(frozen=True)
class Dispatched:
    """What the job knows of itself: the workflow's inputs and its own run."""

    case: str
    leg: str
    nonce: str
    run_id: int


def leg_of(spec: JobSpec) -> Leg | None:
    """Return the leg of the plan that the spec is for, None if the plan has none of that name."""
    return next((leg for leg in spec.plan.legs if leg.id == spec.leg), None)


def faults(spec: JobSpec, job: Dispatched, now: datetime) -> tuple[str, ...]:
    """Return what is wrong with the spec for this job, a sentence each; nothing where all is well (T7, T36)."""
    return tuple(_identity(spec, job)) + tuple(_freshness(spec, now)) + tuple(_plan(spec))


def _identity(spec: JobSpec, job: Dispatched) -> Iterator[str]:
    for name in ("case", "leg", "nonce", "run_id"):
        if getattr(spec, name) != getattr(job, name):
            yield f"the spec is for another {name.replace('_', ' ')} than this job was dispatched for"


def _freshness(spec: JobSpec, now: datetime) -> Iterator[str]:
    try:
        expires = datetime.fromisoformat(spec.expires_at)
        late = now >= expires
    except (ValueError, TypeError):
        yield f"the spec's expiry {spec.expires_at[:40]!r} is no time with an offset"
        return
    if late:
        yield f"the spec expired at {spec.expires_at}"


def _plan(spec: JobSpec) -> Iterator[str]:
    if spec.plan.digest != spec.digest:
        yield f"the plan's digest is {spec.plan.digest[:12]}…, not the approved {spec.digest[:12]}…"
    leg = leg_of(spec)
    if leg is None:
        yield f"the plan has no leg {spec.leg!r}"
        return
    known = {step.id for step in spec.plan.steps}
    if strangers := [step for step in spec.steps if step not in leg.steps or step not in known]:
        yield f"the steps {', '.join(strangers)} are not in leg {leg.id!r} of the plan"
    if spec.plan.dry_run and spec.verb != "preview":
        yield "the plan is a dry run, which is never carried out"
    if not spec.steps:
        yield "the spec names no step"
    if spec.environment not in _environments(leg, spec.verb):
        yield f"the environment {spec.environment!r} is not the one that the plan names for leg {leg.id!r}"


def _environments(leg: Leg, verb: str) -> set[str | None]:
    """Return the environments in which the verb may run: a preview reads with fewer rights."""
    if verb == "preview":
        return {None, leg.environment and f"{leg.environment}-read"}
    return {leg.environment}
