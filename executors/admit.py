"""Is this run the one that the bot dispatched? Says so, and what is about to happen, before any secret is near.

Claim 1 of the leg: no session, no token. The outputs `environment` and `verb` steer the next job.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from executors import workflow_commands
from executors.errors import MillwrightError
from executors.parts.admission import faults
from executors.protocol.finding import Finding
from executors.protocol.spec import JobSpec
from executors.world import words
from executors.world.clock import Clock
from executors.world.console import Console
from executors.world.job import Job
from executors.world.runs import claim
from executors.world.secrets import Secrets


def admit(environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Claim, check, tell, and set the job's outputs; returns the exit code."""
    hidden = Secrets((), environ)
    hidden.hide(environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    console = Console(stream, hidden)
    try:
        job = Job.read(environ)
        spec = claim(job, "admit", os.urandom(16).hex(), clock).spec
        wrong = faults(spec, job.dispatched, clock.now())
        if not wrong:
            _outputs(job, spec)
    except (MillwrightError, ValueError, OSError) as error:
        wrong = (str(error),)
    if wrong:
        return refuse(console, wrong)
    console.say(announcement(spec))
    return 0


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
    lines += workflow_commands.output("verb", spec.verb)
    if job.output is not None:
        with job.output.open("a", encoding="utf-8") as output:
            output.write(lines)
