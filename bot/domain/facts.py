"""Facts: what GitHub says at this moment of an issue, a run, an artifact, the words of an approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.people import Actor


@dataclass(frozen=True)
class IssueFacts:
    """The issue as GitHub has it now."""

    title: str
    body: str
    labels: tuple[str, ...]
    open: bool
    author: int
    created_at: str = ""


@dataclass(frozen=True)
class JobFacts:
    """One job of a run with its times, RFC 3339 or None."""

    id: int
    name: str
    conclusion: str | None
    started_at: str | None
    completed_at: str | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunFacts:
    """A workflow run as GitHub has it now."""

    id: int
    attempt: int
    status: str
    conclusion: str | None
    actor: int
    event: str
    path: str
    head_sha: str
    url: str
    jobs: tuple[JobFacts, ...] = ()


@dataclass(frozen=True)
class ArtifactFacts:
    """The run's artifact: what the API says of it, and whether what was downloaded agrees (T39)."""

    id: int
    digest: str
    size: int
    faults: tuple[str, ...] = ()
    data: bytes = field(default=b"", repr=False)
    """the downloaded ZIP, empty when it could not be had; record it as a blob, the pack is sealed from it"""
    files: Mapping[str, str] = field(default_factory=dict)
    """path → sha256 of what is really in it"""
    beside: Mapping[str, str] = field(default_factory=dict)
    """name → digest, as the API says, of the run's other artifacts that were asked for"""


@dataclass(frozen=True)
class Operations:
    """The operations repository of the case's installation."""

    id: int
    name: str
    default_branch: str
    head: str


@dataclass(frozen=True)
class WordsNow:
    """A comment or a review as GitHub has it now (T11, T14)."""

    author: int
    sha256: str
    """of the body, 64 hex"""
    hidden: bool = False
    """a comment that somebody minimised"""
    state: str = ""
    """a review's: approved, changes_requested, dismissed …"""
    commit: str = ""
    """a review's"""


@dataclass(frozen=True)
class AroundNow:
    """How an installation and its repositories stand: `here`, `suspended` or `archived`, `gone`."""

    installation: str
    places: Mapping[int, str] = field(default_factory=dict)
    """repository id → how it stands"""


@dataclass(frozen=True)
class PullFacts:
    """A pull request as GitHub has it now."""

    number: int
    head: str
    merged: bool
    by: Actor
    """who merged it, else who opened it"""
    fork: bool = False
    """whether its head is in another repository"""
