"""The job `execute`: claims its leg, carries it out, keeps the bundle; and `report`, its last step.

The job `report` of a foreign leg does the same with what the job `build` left, and runs nothing of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from executors import workflow_commands
from executors.errors import MillwrightError
from executors.parts.admission import faults, leg_of
from executors.protocol.finding import Finding
from executors.protocol.journal import JournalLine
from executors.protocol.spec import Checked, JobName, JobSpec
from executors.runner import bundle
from executors.runner.adopted import Adopted
from executors.runner.leg import Ended, run
from executors.runner.screenshots import photographed
from executors.runner.telling import tell
from executors.runner.tools import Outlets
from executors.world import words
from executors.world.clock import Clock
from executors.world.console import Console
from executors.world.folder import Folder
from executors.world.github import Content
from executors.world.github_pages import Pages
from executors.world.job import Job
from executors.world.runs import Claimed, Session, claim
from executors.world.secrets import Secrets
from executors.world.world import World


@dataclass(frozen=True)
class _Desk:
    """What the job works with once it has claimed."""

    job: Job
    folder: Folder
    console: Console
    hidden: Secrets
    clock: Clock


def execute(verb: str, environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Claim the leg, carry it out as `verb`, and keep the bundle; returns the exit code.

    Raises MillwrightError where nothing could begin.
    """
    return _carry_out("execute", verb, environ, stream, clock)


def collect(environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Claim a foreign leg and journal what the job `build` left as its result; returns the exit code (T57).

    Raises MillwrightError where nothing could begin.
    """
    return _carry_out("report", "execute", environ, stream, clock)


def _carry_out(name: JobName, verb: str, environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Be the leg's second job: claim, check, run, keep the bundle."""
    job = Job.read(environ)
    folder = Folder(job.temp / "millwright")
    folder.make()
    claimed = claim(job, name, secrets.token_hex(16), clock)
    spec, leg = claimed.spec, leg_of(claimed.spec)
    hidden = Secrets(leg.secrets if leg else (), environ, spec.environment)
    hidden.hide(job.oidc_token)
    desk = _Desk(job, folder, Console(stream, hidden, folder.bundle / bundle.LOG), hidden, clock)
    session = _session(desk, claimed)
    folder.remember({"session": claimed.session or "", "leg": spec.leg})
    _check(spec, verb, desk)
    begun = clock.monotonic()
    world = _world(desk, spec, session) if name == "execute" else _reporting(desk, spec, environ)
    ended = _run(desk, spec, session, world)
    report = bundle.report_of(spec, ended, f"{clock.monotonic() - begun:.3f}")
    bundle.keep(folder, report, spec.steps)
    if name == "execute" and verb == "execute" and ended.outcome == "completed":
        photographed(folder, spec.steps, environ, desk.console, clock)
    desk.console.say(words.line("ended", leg=spec.leg, outcome=ended.outcome, error=ended.error or ""))
    return 0 if ended.succeeded(verb) else 1


def report(environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Hand the bundle's manifest in and write the job summary; returns the exit code."""
    job = Job.read(environ)
    folder = Folder(job.temp / "millwright")
    state = folder.remembered()
    console = Console(stream, Secrets((), environ))
    if not state.get("session"):
        console.say("Nothing was claimed in this job, so there is nothing to hand in.")
        return 0
    console.mask(state["session"])
    found = bundle.kept_report(folder)
    digest, checked = environ.get("MILLWRIGHT_ARTIFACT_DIGEST", ""), _checked(state)
    manifest = bundle.manifest(folder, state["leg"], found, digest, checked)
    Session(job.bot, state["session"], clock).done(manifest)
    folder.forget()
    console.say(f"Handed in {len(manifest.files)} files and {manifest.lines} journal lines of leg {manifest.leg}.")
    if found is not None and job.summary is not None:
        with job.summary.open("a", encoding="utf-8") as summary:
            summary.write(summary_of(found, manifest.artifact))
    return 0


def _checked(state: Mapping[str, str]) -> tuple[Checked, ...]:
    """Return the artifacts of other jobs that the step before has found to be the reported ones."""
    mark = "checked:"
    return tuple(
        Checked(artifact=name.removeprefix(mark), digest=f"sha256:{digest}")
        for name, digest in sorted(state.items())
        if name.startswith(mark)
    )


def summary_of(report: bundle.Report, artifact: str) -> str:
    """Return the job summary as Markdown; text from outside stays text."""
    cell = workflow_commands.cell
    return words.page("summary.md").substitute(
        leg=cell(report.leg),
        outcome=cell(report.outcome),
        error=cell(report.error or ""),
        steps="\n".join(
            f"| {cell(step.step)} | {step.status} | {step.changed} | {cell(step.seconds)} |"
            for step in report.steps
        ),
        display_id=cell(report.display_id),
        token=report.token,
        lines=report.sent,
        artifact=artifact,
        residue="".join(f"\n- left as it is: {cell(text)}" for text in report.residue),
        findings="".join(f"\n- {one.level}: {cell(one.message[:400])}" for one in report.findings[:100]),
    )


def _check(spec: JobSpec, verb: str, desk: _Desk) -> None:
    """Raise MillwrightError, before anything is applied, where the spec is not for this job."""
    wrong = faults(spec, desk.job.dispatched, desk.clock.now())
    if spec.verb != verb:
        wrong += (f"the spec says {spec.verb}, the workflow started {verb}",)
    if wrong:
        raise MillwrightError("this is not the run that the bot dispatched: " + "; ".join(wrong))


def _session(desk: _Desk, claimed: Claimed) -> Session:
    if claimed.session is None:
        raise MillwrightError("the bot gave this job no session, so nothing can be journalled or applied")
    desk.console.mask(claimed.session, claimed.token.token if claimed.token else None)
    return Session(desk.job.bot, claimed.session, desk.clock, claimed.token, on_token=desk.console.mask)


def _world(desk: _Desk, spec: JobSpec, session: Session) -> World:
    """Return hands and eyes for the leg: its hosts, its secrets, the product repository."""
    leg = leg_of(spec)
    source = Content(spec.content, desk.job.api, session.token) if spec.content else None
    hosts = leg.hosts if leg else ()
    log = bundle.log_into(desk.folder, desk.hidden.redact)
    return World(
        desk.folder.root,
        f"{spec.case}/{spec.leg}",
        hosts,
        source,
        desk.hidden,
        log,
        clock=desk.clock,
        pages=lambda at: Pages(at, desk.job.api, session.token),
    )


def _reporting(desk: _Desk, spec: JobSpec, environ: Mapping[str, str]) -> World:
    """Return a world that fetches nothing: the inputs as `admit` left them, the results as `build` did."""
    adopted = Adopted.taken(desk.job.temp, spec.leg, environ, desk.hidden.redact)
    desk.folder.remember(
        desk.folder.remembered() | {f"checked:{name}": one for name, one in adopted.digests.items()}
    )
    adopted.restore(desk.folder.root)
    return World(desk.folder.root, f"{spec.case}/{spec.leg}", (), adopted, desk.hidden, results=adopted)


def _run(desk: _Desk, spec: JobSpec, session: Session, world: World) -> Ended:
    def sink(line: JournalLine) -> None:
        bundle.keep_line(desk.folder, line)
        tell(desk.console, spec.leg, line)

    return run(spec, world, session, desk.clock, Outlets(sink, desk.hidden.redact, desk.folder.put))


def fail(environ: Mapping[str, str], stream: TextIO, error: Exception) -> int:
    """Say what went wrong before or after the leg, as text and annotation; returns the exit code."""
    hidden = Secrets((), environ)
    hidden.hide(environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    Console(stream, hidden).find(Finding(level="failure", code="not-carried-out", message=str(error)[:4000]))
    return 1
