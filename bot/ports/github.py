"""GitHub as the flow needs it: REST in its own words, and the facts that come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.deliveries import Attempt
from bot.domain.facts import IssueFacts, JobFacts, PullFacts, RunFacts, WordsNow
from bot.domain.looking import FoundIssue
from bot.domain.people import Repo, Role
from executors.protocol.finding import Finding
from executors.protocol.spec import AppToken


@dataclass(frozen=True)
class RepoFacts:
    """A repository as GitHub has it now."""

    repo: Repo
    head: str
    """commit of the default branch"""


@dataclass(frozen=True)
class BlobFile:
    """One file at one commit: its bytes and its git blob SHA."""

    data: bytes
    sha: str


@dataclass(frozen=True)
class Pull:
    """A pull request of ours."""

    number: int
    head: str
    url: str


@dataclass(frozen=True)
class Started:
    """A workflow run that was found or started: its id and its page."""

    id: int
    url: str


@dataclass(frozen=True)
class CheckText:
    """The output of a check run, rendered, within GitHub's limits."""

    name: str
    title: str
    summary: str
    text: str
    external_id: str
    status: str
    conclusion: str | None
    annotations: tuple[Finding, ...] = ()
    details_url: str = ""


@dataclass(frozen=True)
class ArtifactMeta:
    """An artifact as the API describes it; `digest` is `sha256:<hex>`."""

    id: int
    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class Asset:
    """A release asset that was published."""

    id: int
    url: str


@dataclass(frozen=True)
class AnchorNow:
    """What an anchor's ref holds: its commit, its tree, and the git blob name of each path."""

    commit: str
    tree: str
    files: Mapping[str, str]
    complete: bool = True
    """whether GitHub listed all of them"""


@dataclass(frozen=True)
class NewAnchor:
    """An anchor to be made: files by path, upon the tree `base`, after the commit `parent`."""

    ref: str
    files: Mapping[str, bytes]
    message: str
    base: str | None
    parent: str | None
    """None for one without history, which replaces whatever is there"""
    is_there: bool
    """whether the ref is there already"""


class GitHub(Protocol):
    """GitHub's REST API in the words of the flow. Each method raises GitHubError (bot/errors.py)."""

    async def repository(self, repo: Repo) -> RepoFacts: ...
    async def installation_state(self, installation: int) -> str: ...
    async def repository_state(self, repo: Repo) -> str: ...
    async def find_repository(self, installation: int, name: str) -> RepoFacts | None: ...
    async def role(self, repo: Repo, login: str, user: int) -> Role: ...
    async def teams_of(self, repo: Repo, login: str, slugs: Sequence[str]) -> tuple[str, ...]: ...
    async def file(self, repo: Repo, path: str, ref: str) -> BlobFile | None: ...
    async def file_in(self, installation: int, name: str, path: str) -> BlobFile | None: ...
    async def folder(self, repo: Repo, path: str, ref: str) -> dict[str, bytes]: ...
    async def issue(self, repo: Repo, number: int) -> IssueFacts | None: ...
    async def comment(self, repo: Repo, comment_id: int) -> WordsNow | None: ...
    async def review(self, repo: Repo, pull: int, review_id: int) -> WordsNow | None: ...
    async def create_comment(self, repo: Repo, number: int, body: str, *, urgent: bool = False) -> int: ...
    async def edit_comment(self, repo: Repo, comment_id: int, body: str) -> None: ...
    async def find_comment(self, repo: Repo, number: int, marker: str) -> int | None: ...
    async def react(self, repo: Repo, number: int, comment_id: int | None, content: str) -> None: ...
    async def set_state_label(self, repo: Repo, number: int, state: str) -> None: ...
    async def close_issue(self, repo: Repo, number: int, reason: str, state: str = "") -> None: ...
    async def put_branch(self, repo: Repo, branch: str, files: Mapping[str, bytes], message: str) -> str: ...
    async def open_pull(self, repo: Repo, branch: str, title: str, body: str) -> Pull: ...
    async def pull_files(self, repo: Repo, number: int) -> tuple[str, ...]: ...
    async def close_pull(self, repo: Repo, number: int) -> None: ...
    async def put_check(self, repo: Repo, head: str, text: CheckText, known: int | None) -> int: ...
    async def dispatch(self, repo: Repo, path: str, ref: str, inputs: Mapping[str, str]) -> Started | None: ...
    def look_for(self, nonce: str) -> float: ...

    """Seconds for which a run that may have been dispatched must still be looked for."""

    async def find_run(self, repo: Repo, path: str, nonce: str) -> Started | None: ...
    async def run(self, repo: Repo, run_id: int) -> RunFacts | None: ...
    async def jobs(self, repo: Repo, run_id: int) -> tuple[JobFacts, ...]: ...
    async def job_of_check(self, repo: Repo, run_id: int, check_run_id: int) -> str | None: ...
    async def cancel_run(self, repo: Repo, run_id: int) -> None: ...
    async def artifact(self, repo: Repo, run_id: int, name: str) -> ArtifactMeta | None: ...
    async def download(self, repo: Repo, artifact: ArtifactMeta) -> bytes: ...
    async def deployment(self, repo: Repo, ref: str, environment: str, payload: str) -> int: ...
    async def deployment_status(self, repo: Repo, deployment: int, state: str, url: str) -> None: ...
    async def publish(self, repo: Repo, tag: str, name: str, data: bytes) -> Asset: ...
    async def anchor_now(self, repo: Repo, ref: str) -> AnchorNow | None: ...
    async def put_anchor(self, repo: Repo, new: NewAnchor) -> str: ...
    async def token(
        self, installation: int, repositories: Sequence[int], permissions: Mapping[str, str]
    ) -> AppToken: ...
    async def bot_user(self, repo: Repo) -> tuple[int, str]: ...
    def look_anew(self, installation: int) -> None: ...
    async def pull_now(self, repo: Repo, number: int) -> PullFacts | None: ...
    async def installations(self) -> tuple[int, ...]: ...
    async def reached(self, installation: int) -> tuple[Repo, ...]: ...
    async def labelled(self, repo: Repo, label: str) -> tuple[FoundIssue, ...]: ...
    def deliveries(self) -> AsyncIterator[Attempt]: ...
    async def redeliver(self, delivery: int) -> None: ...
