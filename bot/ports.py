"""What the flow needs from the world, and no more: GitHub, the store, keys, time and chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.effects import Effect
from bot.domain.knowledge import IssueFacts, JobFacts, RunFacts
from bot.domain.ledger import Line
from bot.domain.people import Repo, Role
from executors.protocol.operation import Finding
from executors.protocol.spec import AppToken

# --- GitHub -----------------------------------------------------------------------------------------------------


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


class GitHub(Protocol):
    """GitHub's REST API in the words of the flow. Each method raises GitHubError (bot/errors.py)."""

    async def repository(self, repo: Repo) -> RepoFacts: ...
    async def find_repository(self, installation: int, name: str) -> RepoFacts | None: ...
    async def role(self, repo: Repo, login: str, user: int) -> Role: ...
    async def teams_of(self, repo: Repo, login: str, slugs: Sequence[str]) -> tuple[str, ...]: ...
    async def file(self, repo: Repo, path: str, ref: str) -> BlobFile | None: ...
    async def issue(self, repo: Repo, number: int) -> IssueFacts | None: ...
    async def create_comment(self, repo: Repo, number: int, body: str) -> int: ...
    async def edit_comment(self, repo: Repo, comment_id: int, body: str) -> None: ...
    async def find_comment(self, repo: Repo, number: int, marker: str) -> int | None: ...
    async def react(self, repo: Repo, number: int, comment_id: int | None, content: str) -> None: ...
    async def set_state_label(self, repo: Repo, number: int, state: str) -> None: ...
    async def close_issue(self, repo: Repo, number: int, reason: str) -> None: ...
    async def put_branch(self, repo: Repo, branch: str, files: Mapping[str, bytes], message: str) -> str: ...
    async def open_pull(self, repo: Repo, branch: str, title: str, body: str) -> Pull: ...
    async def close_pull(self, repo: Repo, number: int) -> None: ...
    async def put_check(self, repo: Repo, head: str, text: CheckText, known: int | None) -> int: ...
    async def dispatch(self, repo: Repo, path: str, ref: str, inputs: Mapping[str, str]) -> Started | None: ...
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
    async def token(
        self, installation: int, repositories: Sequence[int], permissions: Mapping[str, str]
    ) -> AppToken: ...
    async def bot_user(self, repo: Repo) -> tuple[int, str]: ...


# --- The store --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewRow:
    """Something accepted that will be handled: `source` is github, runs, timer or internal."""

    source: str
    kind: str
    """GitHub's event name; claim, journal, done; the timer's name"""
    delivery: str
    """unique: the delivery id, or a key of our own; a second row of the same is dropped (T17)"""
    body: bytes
    case: str | None = None
    """known for timers, claims and results; webhooks are routed later"""
    due: datetime | None = None
    replaces: bool = False
    """a waiting row of the same delivery key is replaced (timers)"""


@dataclass(frozen=True)
class Row:
    """An inbox row that a worker has leased."""

    id: int
    source: str
    kind: str
    delivery: str
    body: bytes
    case: str | None
    attempts: int
    received: datetime


@dataclass(frozen=True)
class Pending:
    """An effect in the outbox, in its order within the case."""

    id: int
    case: str
    row: int
    """the inbox row whose decision it is"""
    key: str
    effect: Effect
    attempts: int


@dataclass(frozen=True)
class Commit:
    """One decision, stored whole or not at all."""

    row: int
    case: str
    after: int
    """number of the ledger line the decision was made on; Fenced if the ledger has moved"""
    lines: tuple[Line, ...] = ()
    blobs: tuple[bytes, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[NewRow, ...] = ()


class Store(Protocol):
    """Inbox, ledger, outbox and blobs. Every method is one transaction; it is durable when it returns."""

    async def accept(self, row: NewRow) -> int | None: ...

    """The row's id, or None for a duplicate. Accepts that arrive together share one commit."""

    async def lines(self, case: str) -> list[Line]: ...
    async def find(self, alias: str) -> str | None: ...

    """The case whose ledger holds `alias` (`run:42`, `issue:REPO:7`, `pull:REPO:9`), the latest one."""

    async def blob(self, digest: str) -> bytes | None: ...
    async def commit(self, commit: Commit) -> None: ...
    async def pending(self, case: str, now: datetime) -> list[Pending]: ...

    """Effects of the case that are to be performed, in order; those with a later due time end the list."""

    async def performed(
        self, effect: Pending, lines: Sequence[Line], result: str, blobs: Sequence[bytes] = ()
    ) -> None: ...
    async def postpone(self, effect: Pending, due: datetime, why: str) -> None: ...


# --- Keys, answers, time and chance -----------------------------------------------------------------------------


class Keys(Protocol):
    """The bot's Ed25519 key and its secret for session keys."""

    @property
    def private(self) -> Ed25519PrivateKey: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def public(self) -> bytes: ...
    def sign(self, payload: bytes, payload_type: str) -> dict[str, Any]: ...

    """A DSSE envelope."""

    def session(self, *parts: str) -> str: ...

    """A session key: HMAC of the parts under a secret, so that it is derived again and stored nowhere."""


@dataclass(frozen=True)
class DoorAnswer:
    """What a waiting door sends back; kept in memory only."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Hands:
    """Everything the flow may use, passed along as one value."""

    github: GitHub
    store: Store
    keys: Keys
    clock: Callable[[], datetime]
    chance: Callable[[], str]
    """32 fresh hex digits"""
    answer: Callable[[int, DoorAnswer], None]
    """tells the door that waits for an inbox row"""
    settings: Mapping[str, str] = field(default_factory=dict)
    """`operations`: name of operations repositories (`millwright-ops`); `url`: the bot's own public URL"""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """values of ours that must never stand in an evidence pack (T26)"""
