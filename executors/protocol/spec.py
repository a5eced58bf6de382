"""What a job gets when it claims its leg, and what it hands in when it is done.

The spec is signed by the bot (DSSE, Ed25519); a job acts on nothing else (T36).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from executors.protocol.journal import JournalLine, Outcome
from executors.protocol.plan import Plan, Verb
from executors.protocol.wire import GitSha, Hex256, Slug, Text, Wire

SPEC_TYPE = "application/vnd.millwright.spec.v1+json"
"""The DSSE payload type of a signed JobSpec."""

JobName = Literal["admit", "execute", "report"]
"""The jobs that claim: the second is `execute`, or `report` where the leg runs code that we did not ship."""


class ContentSource(Wire):
    """Where `content.images` are read from: the product repository at one commit, with the leg's token."""

    repository: str
    commit: GitSha


class JobSpec(Wire):
    """One leg, for one run: everything the job may do."""

    case: str
    leg: Slug
    nonce: str
    verb: Verb
    plan: Plan
    digest: Hex256
    steps: tuple[Slug, ...]
    run_id: int
    environment: str | None
    content: ContentSource | None
    journal: tuple[JournalLine, ...] = ()
    """What earlier runs of this leg journalled: a resumed run goes on from it, a rollback takes it back."""
    rollback_to: Slug | None = None
    by_decision: bool = True
    """Whether people decided at the gate `rollback`; without it a rollback only does what is exact (T50)."""
    issued_at: str
    expires_at: str
    approved_by: tuple[str, ...] = ()


class Claim(Wire):
    """The body of `POST /runs/claim`; authority comes from the OIDC token, never from here."""

    case: Annotated[str, Field(max_length=200)]
    leg: Slug
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    job: JobName
    client_key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class AppToken(Wire):
    """A GitHub App token narrowed to the leg; `expires_at` is RFC 3339."""

    token: str
    expires_at: str


class ClaimAnswer(Wire):
    """200 of `POST /runs/claim`: the DSSE envelope of the JobSpec; session and token for `execute` only.

    The envelope has a signature per key; a job trusts those keys only whose fingerprints its workflow pins.
    """

    spec: dict[str, object]
    public_keys: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=8, description="base64 of the raw 32 bytes of each signer")
    ]
    session: str | None = None
    token: AppToken | None = None


class JournalPost(Wire):
    """The body of `POST /runs/journal`: consecutive lines, numbered from 1 within the run."""

    lines: Annotated[tuple[JournalLine, ...], Field(min_length=1, max_length=500)]


class JournalAnswer(Wire):
    """200 of `POST /runs/journal`: go on, or stop after the current operation."""

    decision: Literal["go", "stop"]
    token: AppToken | None = None


class BundleFile(Wire):
    """One file of the artifact."""

    path: Annotated[str, Field(max_length=400)]
    sha256: Hex256
    size: Annotated[int, Field(ge=0)]


class JobTime(Wire):
    """How long one job took, for the cost report; seconds as a decimal string."""

    job: str
    seconds: str


class Checked(Wire):
    """An artifact of another job of the same run that this job fetched and found to be the reported one."""

    artifact: Annotated[str, Field(max_length=200)]
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Bundle(Wire):
    """The body of `POST /runs/done`: what the artifact holds and how the leg ended."""

    leg: Slug
    outcome: Outcome
    lines: Annotated[int, Field(ge=0, description="how many journal lines were sent")]
    files: Annotated[tuple[BundleFile, ...], Field(max_length=5_000)]
    artifact: Annotated[str, Field(description="the artifact's name")]
    artifact_digest: Annotated[str | None, Field(pattern=r"^sha256:[0-9a-f]{64}$")] = None
    summary: Text = ""
    checked: Annotated[tuple[Checked, ...], Field(max_length=4)] = ()


class Refusal(Wire):
    """Any 4xx of `/runs`: the reason code and what to do next."""

    code: Slug
    why: Text
    next: Text
