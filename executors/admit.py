"""Is this run the one that the bot dispatched? Says so, and what is about to happen, before any secret is near.

Claim 1 of the leg: no session. The outputs `environment` and `verb` steer the next job. Of a leg with code that we
did not ship it gathers what that runs on, with a token to read the product repository; other legs get none here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TextIO

from executors import workflow_commands
from executors.errors import MillwrightError
from executors.parts.admission import faults, leg_of
from executors.protocol.finding import Finding
from executors.protocol.spec import JobSpec
from executors.world import words
from executors.world.clock import Clock
from executors.world.console import Console
from executors.world.job import Job
from executors.world.runs import Claimed, claim
from executors.world.secrets import Secrets

Prepare = Callable[[Job, Claimed], None]
"""Gathers what foreign code runs on; raises MillwrightError where that is not what was approved."""


def admit(environ: Mapping[str, str], stream: TextIO, clock: Clock, prepare: Prepare) -> int:
    """Claim, check, tell, and set the job's outputs; returns the exit code."""
    hidden = Secrets((), environ)
    hidden.hide(environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    console = Console(stream, hidden)
    try:
        job = Job.read(environ)
        claimed = claim(job, "admit", os.urandom(16).hex(), clock)
        spec = claimed.spec
        console.mask(claimed.token.token if claimed.token else None)
        wrong = faults(spec, job.dispatched, clock.now())
        if not wrong:
            if is_foreign(spec):
                prepare(job, claimed)
            _outputs(job, spec)
    except (MillwrightError, ValueError, OSError) as error:
        wrong = (str(error),)
    if wrong:
        return refuse(console, wrong)
    console.say(announcement(spec))
    return 0


def is_foreign(spec: JobSpec) -> bool:
    """Whether the leg runs code that we did not ship, so that the jobs `build` and `report` carry it out."""
    leg = leg_of(spec)
    return leg is not None and leg.foreign


def announcement(spec: JobSpec) -> str:
    """Return what is about to happen and who decided it, one screen of plain text."""
    plan = spec.plan
    return words.page("admit.txt").substitute(
        display_id=plan.display_id,
        title=plan.title,
        verb=spec.verb,
        leg=spec.leg,
        token=plan.token,
        digest=spec.digest,
        risk=plan.risk.level,
        approved=", ".join(spec.approved_by) or "nobody yet: this run only looks",
        environment=spec.environment or "none",
        content="none" if spec.content is None else f"{spec.content.repository} at {spec.content.commit[:12]}",
        expires=spec.expires_at,
        steps="\n".join(
            f"  {step.id}: {step.title} ({step.undo})" for step in plan.steps if step.id in spec.steps
        ),
    )


def refuse(console: Console, wrong: tuple[str, ...]) -> int:
    """Say why nothing happens, as text and as annotations; returns the exit code."""
    console.say(words.page("refused.txt").substitute(faults="\n".join(f"  - {fault}" for fault in wrong)))
    for fault in wrong:
        console.find(Finding(level="failure", code="not-admitted", message=fault[:4000]))
    return 1


def _outputs(job: Job, spec: JobSpec) -> None:
    """Tell the workflow environment and verb; `ValueError` for a name of more than one line."""
    lines = workflow_commands.output("environment", spec.environment or "")
    lines += workflow_commands.output("verb", "build" if is_foreign(spec) else spec.verb)
    if job.output is not None:
        with job.output.open("a", encoding="utf-8") as output:
            output.write(lines)
