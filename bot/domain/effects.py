"""What a decision wants done, as data. `perform` does each once, found again by its key.

Keys are unique within a case. An effect whose key was performed before is not performed again; the sticky comment,
labels and check runs carry `latest`, so that a newer one replaces an older one that still waits.

What came of an effect is recorded as `effect.performed`, in the words of `perform/made.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.domain.ledger import Entry
from bot.domain.messages import CheckReport, Message, PullText
from bot.domain.people import Repo
from bot.domain.policy_words import PolicyChecked
from bot.domain.posting import Post, SendMail, SendWebhook
from bot.domain.template_words import TemplateProposal
from executors.protocol.finding import Finding
from executors.protocol.plan import Plan, Verb
from executors.protocol.spec import JobName, JobSpec


@dataclass(frozen=True)
class Record:
    """Append to the case's ledger; `blobs` are stored with it, by digest."""

    entry: Entry
    blobs: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Say:
    """Write the one sticky comment (`to="sticky"`, created or edited) or a reply of its own (`to="reply"`)."""

    key: str
    message: Message
    to: Literal["sticky", "reply"] = "sticky"
    number: int | None = None
    """issue or pull request number; the case's issue where None"""
    lingers: bool = False
    """it tells only how far things are, so it waits a little for what will replace it"""


@dataclass(frozen=True)
class React:
    """Put a reaction on a comment (or on the issue where `comment_id` is None)."""

    key: str
    comment_id: int | None
    content: Literal["+1", "-1", "confused", "eyes", "rocket"]


@dataclass(frozen=True)
class SetLabels:
    """Make the issue carry `state:<phase>` and no other `state:` label."""

    key: str
    state: str
    lingers: bool = False
    """as `Say.lingers`"""


@dataclass(frozen=True)
class OpenPull:
    """Make or update the plan pull request; its branch holds `files` under `.millwright/<ID>/`."""

    key: str
    branch: str
    text: PullText
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class ClosePull:
    """Close the plan pull request, its branch kept."""

    key: str


@dataclass(frozen=True)
class Check:
    """Create or update a check run of the App; `on` is the commit, the plan pull request's head where None."""

    key: str
    report: CheckReport
    status: Literal["queued", "in_progress", "completed"]
    conclusion: str | None = None
    annotations: tuple[Finding, ...] = ()
    on: str | None = None


@dataclass(frozen=True)
class PolicyReport:
    """Create or update the check run `millwright / policy` on a pull request's head, for no capability."""

    key: str
    repo: Repo
    number: int
    head: str
    text: PolicyChecked
    conclusion: str
    mark: str
    """8 hex that tell one set of annotations from another: GitHub only ever adds to them"""
    annotations: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TemplateReport:
    """Try the templates that a pull request touches; create or update the check run `millwright / template`."""

    key: str
    proposal: TemplateProposal


@dataclass(frozen=True)
class Dispatch:
    """Start a leg: workflow_dispatch in the operations repository with {case, leg, nonce} and nothing else."""

    key: str
    leg: str
    verb: Verb
    nonce: str
    plan: Plan


@dataclass(frozen=True)
class Deployment:
    """Create the deployment on the product repository, or set its status."""

    key: str
    environment: str
    state: Literal["in_progress", "success", "failure", "inactive"]
    url: str = ""
    run_id: int | None = None


@dataclass(frozen=True)
class Timer:
    """An event of ours at `due`; a later timer of the same key replaces it."""

    key: str
    name: str
    due: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tell:
    """Say something to another case of ours: a row in its inbox, stored with the decision; `Told` there."""

    key: str
    to: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Redeliver:
    """Ask GitHub to send one attempt of its delivery log again, to our own front door (T18)."""

    key: str
    delivery: int


@dataclass(frozen=True)
class Grant:
    """The answer to a claim that was accepted: the spec to sign, and which repositories the token may read.

    With `token_writes` it may write their contents too: the leg pushes to a Pages branch.
    """

    key: str
    spec: JobSpec
    client_key: str
    job: JobName
    token_repositories: tuple[int, ...] = ()
    token_writes: bool = False


@dataclass(frozen=True)
class Answer:
    """The answer to a door that waits: HTTP status and JSON body."""

    key: str
    status: int
    body: Mapping[str, Any]
    token_repositories: tuple[int, ...] = ()
    """repositories that a renewed App token reads; none is minted where this is empty"""
    token_writes: bool = False
    """whether it may write their contents too"""


@dataclass(frozen=True)
class Seal:
    """Seal the evidence pack from ledger, journals and artifact, and publish it as a release asset."""

    key: str
    outcome: str
    lines: int = 0
    """how much of the ledger it tells, so that it is the same pack whenever it is sealed; 0 for all there is"""


@dataclass(frozen=True)
class CloseIssue:
    """Close the issue with GitHub's `state_reason`, and its `state:` label in the same write."""

    key: str
    reason: Literal["completed", "not_planned"]
    state: str = ""
    """the phase to show as a label; "" leaves the labels as they are"""


@dataclass(frozen=True)
class CancelRun:
    """Ask GitHub to cancel a workflow run that no longer answers."""

    key: str
    run_id: int


@dataclass(frozen=True)
class Erase:
    """Let the stored blobs of the case go, but for those that another case's ledger names too (T52)."""

    key: str
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Anchor:
    """Commit the signed ledger, as far as it stands by then, to the case's ref in the operations repository."""

    key: str
    place: Repo


Effect = (
    Record | Say | React | SetLabels | OpenPull | ClosePull | Check | PolicyReport | TemplateReport | Dispatch
    | Deployment | Timer | Tell | Redeliver | Grant | Answer | Seal | CloseIssue | CancelRun | Erase | Anchor
    | Post | SendMail | SendWebhook
)  # fmt: skip
