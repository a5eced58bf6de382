"""What machines say about a commit: check suites and runs, deployments with statuses, releases with assets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class CheckSuite:
    """All check runs of one App on one commit; `is_reset` from a re-request until a run moves again."""

    id: int
    app_id: int
    head_sha: str
    head_branch: str | None
    before: str | None
    created_at: str
    updated_at: str
    is_reset: bool = False


@dataclass(slots=True)
class CheckRun:
    """One check run; `output` is GitHub's title, summary and text, `annotations` only ever grow."""

    id: int
    suite_id: int
    app_id: int
    name: str
    head_sha: str
    status: str
    started_at: str | None
    conclusion: str | None = None
    completed_at: str | None = None
    external_id: str = ""
    details_url: str | None = None
    output: dict[str, str | None] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class DeploymentStatus:
    """One step in a deployment's life."""

    id: int
    creator_id: int
    app_id: int | None
    state: str
    description: str
    environment: str
    environment_url: str
    log_url: str
    created_at: str


@dataclass(slots=True)
class Deployment:
    """A deployment of a commit to an environment, newest status last."""

    id: int
    creator_id: int
    app_id: int | None
    ref: str
    sha: str
    task: str
    environment: str
    description: str | None
    payload: dict[str, Any] | str
    created_at: str
    updated_at: str
    is_transient: bool = False
    is_production: bool = False
    statuses: list[DeploymentStatus] = field(default_factory=list)


@dataclass(slots=True)
class Asset:
    """A file attached to a release; its bytes are kept here."""

    id: int
    uploader_id: int
    name: str
    label: str | None
    content_type: str
    content: bytes
    digest: str
    created_at: str
    download_count: int = 0


@dataclass(slots=True)
class Release:
    """A release of a tag."""

    id: int
    author_id: int
    tag_name: str
    target_commitish: str
    name: str | None
    body: str | None
    is_draft: bool
    is_prerelease: bool
    created_at: str
    published_at: str | None
    assets: dict[int, Asset] = field(default_factory=dict)
