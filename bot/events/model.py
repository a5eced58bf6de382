"""Everything that can happen, as one union. Timers, claims and journal lines are events like a comment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.people import Actor, Repo
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged
from executors.protocol.journal import JournalLine
from executors.protocol.spec import Bundle, Claim


@dataclass(frozen=True)
class Issue:
    """An issue as a webhook shows it; `body` is "" where GitHub says null."""

    node_id: str
    number: int
    title: str
    body: str
    author: Actor
    labels: tuple[str, ...] = ()
    open: bool = True
    is_pull: bool = False


@dataclass(frozen=True)
class IssueChanged:
    """An issue was opened, edited, labelled, closed …; `label` where one came or went."""

    repo: Repo
    action: Literal["opened", "edited", "labeled", "unlabeled", "closed", "reopened", "deleted", "transferred"]
    issue: Issue
    actor: Actor
    label: str | None = None
    body_changed: bool = False


@dataclass(frozen=True)
class CommentCreated:
    """Somebody commented on an issue or on a pull request (`issue.is_pull`)."""

    repo: Repo
    issue: Issue
    comment_id: int
    body: str
    actor: Actor


@dataclass(frozen=True)
class CommentChanged:
    """A comment was edited or deleted; `author` wrote it, `actor` changed it; `was` is its body before that."""

    repo: Repo
    issue: Issue
    action: Literal["edited", "deleted"]
    comment_id: int
    author: Actor
    actor: Actor
    was: str = ""


@dataclass(frozen=True)
class PullChanged:
    """A pull request was closed, merged, pushed to or reopened."""

    repo: Repo
    number: int
    action: str
    head_sha: str
    merged: bool
    actor: Actor


@dataclass(frozen=True)
class RunChanged:
    """A workflow run was requested, went on or completed."""

    repo: Repo
    action: Literal["requested", "in_progress", "completed"]
    run_id: int
    attempt: int
    title: str
    conclusion: str | None
    actor: Actor
    path: str = ""
    event: str = ""


@dataclass(frozen=True)
class CheckRequested:
    """Somebody asked for one of our check runs again, or pressed a button on it; `external_id` says of which case.

    Where all checks of a commit are asked for again it is "", and `check_run_id` is the suite's.
    """

    repo: Repo
    check_run_id: int
    external_id: str
    action: Literal["rerequested", "requested_action"]
    identifier: str | None
    actor: Actor


@dataclass(frozen=True)
class TimerDue:
    """A timer of ours is due; `name` says which."""

    case: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """Another case of ours says something to this one (`effects.Tell`); `kind` says what."""

    case: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReviewChanged:
    """A review of a pull request was submitted, edited or dismissed; `author` wrote it, `actor` did this to it."""

    repo: Repo
    number: int
    """of the pull request"""
    action: Literal["submitted", "edited", "dismissed"]
    review_id: int
    state: str
    """approved, changes_requested, commented, dismissed"""
    commit: str
    body: str
    author: Actor
    actor: Actor


@dataclass(frozen=True)
class Job:
    """What a verified OIDC token says of the job that holds it (GitHub's claim names)."""

    repository_id: int
    repository: str
    event_name: str
    actor_id: int
    workflow_ref: str
    workflow_sha: str
    run_id: int
    run_attempt: int
    environment: str | None
    check_run_id: int | None
    jti: str
    issued_at: int
    """seconds since the epoch"""


@dataclass(frozen=True)
class ClaimReceived:
    """A job claims its leg at `/runs/claim`; the token's signature, issuer, audience and age were checked."""

    case: str
    claim: Claim
    job: Job


@dataclass(frozen=True)
class JournalReceived:
    """Journal lines of a running leg; `session` is the SHA-256 of the session key that was presented."""

    case: str
    session: str
    lines: tuple[JournalLine, ...]


@dataclass(frozen=True)
class DoneReceived:
    """The bundle manifest at the end of a leg."""

    case: str
    session: str
    bundle: Bundle


@dataclass(frozen=True)
class EffectFailed:
    """An effect could not be performed and will not be tried again; `effect` is its class, `key` its key."""

    case: str
    effect: str
    key: str
    why: str


@dataclass(frozen=True)
class Ignored:
    """A webhook that means nothing to us, by name."""

    event: str
    action: str
    why: str


Event = (
    IssueChanged
    | CommentCreated
    | CommentChanged
    | PullChanged
    | RunChanged
    | CheckRequested
    | RepositoryChanged
    | InstallationChanged
    | RightsChanged
    | TimerDue
    | Told
    | ReviewChanged
    | ClaimReceived
    | JournalReceived
    | DoneReceived
    | EffectFailed
)
