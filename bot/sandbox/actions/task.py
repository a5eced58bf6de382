"""What a runner is given to do one job, and what it gives back: the seam between runs and runners."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.actions.expressions import Scope
from bot.sandbox.actions.model import JobRun, Run, StepRun
from bot.sandbox.actions.processes import Processes
from bot.sandbox.actions.workflows import Job

Result = Literal["success", "failure", "cancelled", "skipped"]


class JobFailed(Exception):
    """The job cannot be started or carried on; the message goes to its log, and it concludes `failure`."""


@dataclass
class Task:
    """One job to do: its text, a folder of its own, its environment and the secrets it may see.

    `environ` is the whole environment of its processes; `github` is the `github` context; `needs` maps the jobs
    before it to {"result", "outputs"}; `verbs` starts one of our own verbs. `check_out` puts the repository at the
    run's commit into a new folder; `resolve` gives the folder of the repository that a `uses` names at exactly
    that ref, or None where the sandbox has no such repository.
    """

    run: Run
    job: JobRun
    plan: Job
    folder: Path
    environ: Mapping[str, str]
    github: Mapping[str, Any]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    needs: Mapping[str, Any]
    verbs: Sequence[str]
    now: Callable[[], str]
    check_out: Callable[[Path], Awaitable[object]]
    resolve: Callable[[str], Awaitable[Path | None]]
    processes: Processes

    @property
    def temp(self) -> Path:
        """RUNNER_TEMP: fresh for this job."""
        return Path(self.environ["RUNNER_TEMP"])

    @property
    def workspace(self) -> Path:
        """GITHUB_WORKSPACE: empty until the job checks something out."""
        return Path(self.environ["GITHUB_WORKSPACE"])

    def scope(self) -> Scope:
        """What the job's own expressions can see before its first step."""
        return Scope(
            {
                "github": self.github,
                "inputs": dict(self.run.inputs),
                "needs": self.needs,
                "vars": self.variables,
                "secrets": self.secrets,
                "runner": {"temp": str(self.temp), "os": "Linux", "tool_cache": self.environ["RUNNER_TOOL_CACHE"]},
                "env": {},
                "steps": {},
                "job": {"status": "success"},
            }
        )

    def say(self, line: str) -> None:
        """Write a line to the job's log, secrets masked."""
        for secret in self.secrets.values():
            for part in filter(str.strip, secret.splitlines()):
                line = line.replace(part, "***")
        self.job.log.append(line)

    def begin(self, number: int, name: str) -> StepRun:
        """Note that a step (counted from 0) starts now."""
        step = self.job.steps[number]
        step.name, step.status, step.started_at = name, "in_progress", self.now()
        self.say(f"##[group]{name}")
        return step

    def finish(self, step: StepRun, conclusion: str) -> None:
        """Note how a step ended."""
        step.status, step.conclusion, step.completed_at = "completed", conclusion, self.now()
        step.started_at = step.started_at or step.completed_at


@dataclass(frozen=True)
class Outcome:
    """How a job ended by itself, and what it put out."""

    result: Result
    outputs: Mapping[str, str] = field(default_factory=dict)


Runner = Callable[[Task], Awaitable[Outcome]]
