"""What a workflow run is made of while the sandbox remembers it: runs, jobs, steps, artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.actions.workflows import Workflow
from bot.sandbox.answers import Json


@dataclass(slots=True)
class StepRun:
    """One step as it went; `status` and `conclusion` in GitHub's words."""

    number: int
    name: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None


@dataclass(slots=True)
class JobRun:
    """One job of one attempt; `environment` is evaluated only when the job starts."""

    id: int
    key: str
    name: str
    attempt: int
    labels: tuple[str, ...]
    permissions: Mapping[str, str]
    created_at: str
    token: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    environment: str = ""
    check_run_id: int = 0
    deployment_id: int | None = None
    steps: list[StepRun] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    summary: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the job has a conclusion."""
        return self.conclusion is not None


@dataclass(slots=True)
class Run:
    """One workflow run; `jobs` are those of its present attempt, `earlier` those of the attempts before."""

    id: int
    number: int
    repository_id: int
    workflow_id: int
    workflow: Workflow
    title: str
    ref: str
    sha: str
    inputs: Mapping[str, str]
    actor_id: int
    triggering_actor_id: int
    created_at: str
    updated_at: str
    started_at: str
    head_commit: Json
    check_suite_id: int = 0
    event: str = "workflow_dispatch"
    attempt: int = 1
    status: str = "queued"
    conclusion: str | None = None
    jobs: list[JobRun] = field(default_factory=list)
    earlier: list[JobRun] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def branch(self) -> str:
        """The ref without `refs/heads/` or `refs/tags/`."""
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")

    @property
    def is_over(self) -> bool:
        """Whether the run has a conclusion."""
        return self.conclusion is not None

    def job(self, key: str) -> JobRun:
        """Return the present attempt's job of that key; raises KeyError."""
        return {job.key: job for job in self.jobs}[key]


@dataclass(frozen=True, slots=True)
class Artifact:
    """An uploaded ZIP; `digest` is 64 hex characters of SHA-256 over its bytes."""

    id: int
    run_id: int
    name: str
    content: bytes
    digest: str
    created_at: str
    expires_at: str
