"""Which facts an event needs, and the answers that `load` brings. Deciding never fetches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.allowance import Opened
from bot.domain.case import Case
from bot.domain.checks import CheckFiles
from bot.domain.codeowners import Codeowners
from bot.domain.deliveries import EMPTY_LOG, DeliveryLog
from bot.domain.erp import NOTHING_KNOWN, Catalogue
from bot.domain.facts import AroundNow, ArtifactFacts, IssueFacts, Operations, PullFacts, RunFacts, WordsNow
from bot.domain.faults import Fault
from bot.domain.ledger import Line
from bot.domain.looking import NOTHING, Piece
from bot.domain.own_templates import OwnTemplate, OwnTemplates
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.proposed import Proposal, ProposedPolicy
from bot.domain.template_words import ProposedTemplates, TemplateProposal
from bot.domain.took import Took
from bot.domain.unheard_needs import MissedDeliveries as MissedDeliveries
from bot.domain.unheard_needs import OpenCases as OpenCases
from bot.domain.unheard_needs import OpenedLately as OpenedLately
from bot.domain.unheard_needs import PullNow as PullNow
from bot.domain.unheard_needs import Unheard as Unheard
from bot.domain.vertical import Vertical
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import WorkflowPin


@dataclass(frozen=True)
class Permission:
    """The live role of an account on the case's repository (T3); answers `Knowledge.roles[user_id]`."""

    user: int
    login: str


@dataclass(frozen=True)
class TeamsOf:
    """The policy's approver teams that an account is a member of; answers `Knowledge.teams[user_id]`."""

    user: int
    login: str


@dataclass(frozen=True)
class PolicyFile:
    """The policy from the operations repository's default branch; answers policy, policy_faults, operations."""


@dataclass(frozen=True)
class Blueprints:
    """Verticals, template digests, executor cards, Odoo's modules, the form: what planning reads. No network.

    With them comes how long steps took before in the installation; answers `took`.
    """


@dataclass(frozen=True)
class WorkflowFile:
    """The generated workflow on the operations repository's default branch, or at a commit; answers `workflow`."""

    at: str | None = None


@dataclass(frozen=True)
class Blobs:
    """Stored blobs by digest: journals, bundles; answers `blobs`. What was erased is left out."""

    digests: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """The commit of the product repository's default branch; answers `head`."""


@dataclass(frozen=True)
class IssueNow:
    """The issue as it stands now (an event is a hint, T20); answers `issue`."""

    number: int


@dataclass(frozen=True)
class RunNow:
    """A workflow run of the operations repository as it stands now; answers `run`."""

    run_id: int


@dataclass(frozen=True)
class ArtifactNow:
    """The artifact of a run, downloaded and checked, and the digests of those `beside` it; answers `artifact`."""

    run_id: int
    name: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobNow:
    """The name of the job behind a check run id, by the jobs API; answers `job`."""

    run_id: int
    check_run_id: int | None


@dataclass(frozen=True)
class Words:
    """The words that approvals stand on, as they are now: `comment:<id>`, `review:<id>`; answers `words`."""

    sources: tuple[str, ...]


@dataclass(frozen=True)
class Owners:
    """Who owns the plan's files by the product repository's CODEOWNERS; answers `owners`."""


@dataclass(frozen=True)
class History:
    """The case's whole ledger; answers `lines`."""


@dataclass(frozen=True)
class Ledgers:
    """The ledgers of other cases by key: an environment's, a budget's; answers `ledgers`."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class CasesOf:
    """The keys of all cases that were ever opened in these repositories; answers `cases`.

    With an installation also of those whose plans are carried out in one of them; without any repository, of all
    that the installation ever planned.
    """

    repositories: tuple[int, ...] = ()
    installation: int = 0


@dataclass(frozen=True)
class Around:
    """How an installation and repositories of it (id, name) stand at this moment (T20); answers `around`."""

    installation: int
    places: tuple[tuple[int, str], ...] = ()


Need = (
    Permission
    | TeamsOf
    | PolicyFile
    | Blueprints
    | CheckFiles
    | OwnTemplates
    | ProposedPolicy
    | ProposedTemplates
    | WorkflowFile
    | Blobs
    | Head
    | IssueNow
    | RunNow
    | ArtifactNow
    | JobNow
    | Words
    | Owners
    | History
    | Ledgers
    | CasesOf
    | Around
    | MissedDeliveries
    | PullNow
    | OpenCases
    | Unheard
    | OpenedLately
)


@dataclass(frozen=True)
class Knowledge:
    """The answers. What was not needed, or is not there, is None or empty."""

    case: Case | None = None
    roles: Mapping[int, Role] = field(default_factory=dict)
    teams: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    policy: Policy | None = None
    policy_faults: tuple[Fault, ...] = ()
    operations: Operations | None = None
    workflow: WorkflowPin | None = None
    head: str | None = None
    issue: IssueFacts | None = None
    run: RunFacts | None = None
    artifact: ArtifactFacts | None = None
    job: str | None = None
    verticals: tuple[Vertical, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, ExecutorCard] = field(default_factory=dict)
    catalogue: Catalogue = NOTHING_KNOWN
    form: str = ""
    proposal: Proposal | None = None
    templates_proposed: TemplateProposal | None = None
    own_templates: Mapping[str, OwnTemplate] = field(default_factory=dict)
    check_files: Mapping[str, str] = field(default_factory=dict)
    took: tuple[Took, ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    words: Mapping[str, WordsNow] = field(default_factory=dict)
    """source → what stands there now; what is gone is left out"""
    owners: Codeowners | None = None
    lines: tuple[Line, ...] = ()
    ledgers: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    cases: tuple[str, ...] = ()
    opened: tuple[Opened, ...] = ()
    around: AroundNow | None = None
    deliveries: DeliveryLog = EMPTY_LOG
    pull: PullFacts | None = None
    open_cases: Piece = NOTHING
    unheard: Piece = NOTHING
    is_readable: bool = True
    """whether GitHub let be read what a round wanted to know; only `swept` goes on without"""
    sweep_every: float = 3600.0
    """seconds between two sweeps"""
    retention_days: int = 0
    """days after a capability's end at which its personal data are erased; 0 keeps them"""
    nonce: str = ""
    """32 hex digits, fresh for this event: chance is an argument"""
    bot: int = 0
    """the numeric id of our App's bot user"""
    bot_login: str = ""
