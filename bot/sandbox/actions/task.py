"""What a runner is given to do one job, and what it gives back: the seam between runs and runners."""

from collections.abc import Awaitable, Callable, Mapping
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
    """One job to do: its text, a checkout of the repository, folders, variables and the secrets it may see.

    `environ` is the whole environment of its processes; `actions` maps `owner/repo@ref` to a folder;
    `needs` maps the jobs before it to {"result", "outputs"}; `event` is github.event.
    """

    run: Run
    job: JobRun
    plan: Job
    folder: Path
    checkout: Path
    environ: Mapping[str, str]
    github: Mapping[str, Any]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    needs: Mapping[str, Any]
    actions: Mapping[str, Path]
    now: Callable[[], str]
    processes: Processes = field(default_factory=Processes)

    @property
    def temp(self) -> Path:
        """RUNNER_TEMP: fresh for this job."""
        return Path(self.environ["RUNNER_TEMP"])

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

    def begin(self, name: str) -> StepRun:
        """Note that a step starts now."""
        step = StepRun(len(self.job.steps) + 1, name, "in_progress", None, self.now())
        self.job.steps.append(step)
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
