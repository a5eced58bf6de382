"""A change of the policy that somebody proposes: what a pull request's head holds, against what is in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.domain.codeowners import PLACES
from bot.domain.defaults import PolicyText
from bot.domain.faults import Fault
from bot.domain.people import Repo
from bot.domain.policy import LEVELS, PATH, Policy, parse
from bot.domain.rules import Product
from bot.domain.workflow_check import Bot
from executors.protocol.plan import RiskLevel

_EXTERNAL = re.compile(r"repo:[0-9]{1,16}/policy/([1-9][0-9]{0,9})-([0-9a-f]{40,64})-[0-9a-f]{8}")


@dataclass(frozen=True)
class ProposedPolicy:
    """The need for what a pull request does to the policy; answers `proposal`, None where it does nothing."""

    number: int
    head: str


def asked_again(external: str) -> ProposedPolicy | None:
    """The pull request and head in the external id of one of our check runs of a policy."""
    found = _EXTERNAL.fullmatch(external)
    return ProposedPolicy(int(found[1]), found[2]) if found else None


def external_id(repository: int, number: int, head: str, mark: str) -> str:
    """What `asked_again` reads; `mark` (8 hex) tells one outcome from another on the same head."""
    return f"repo:{repository}/policy/{number}-{head}-{mark}"


@dataclass(frozen=True)
class Texts:
    """A policy and the defaults below it, None where there is no such file."""

    policy: str | None
    defaults: PolicyText | None = None

    def read(self) -> Policy | tuple[Fault, ...]:
        """The policy they make, or every fault in them."""
        if self.policy is None:
            return (Fault(PATH, "is not there", "add the file"),)
        return parse(self.policy, self.defaults)


@dataclass(frozen=True)
class OpenPlan:
    """A plan that is not carried out yet, with the digest of the rules that it was made under."""

    repository: str
    number: int
    display_id: str
    level: RiskLevel
    digest: str


@dataclass(frozen=True)
class Proposal:
    """What `load` found."""

    number: int
    head: str
    repo: Repo
    """where the pull request is"""
    holds: Literal["policy", "defaults"]
    """what the repository holds"""
    operations: str
    """name of the operations repository; "" where the App does not see it"""
    touched: tuple[str, ...]
    before: Texts
    after: Texts
    bot: Bot
    workflow: str | None = None
    faults: tuple[Fault, ...] = ()
    """of files that nobody can read"""
    plans: tuple[OpenPlan, ...] = ()
    is_whole: bool = True
    """whether all plans were looked at"""
    codeowners: tuple[tuple[str, str], ...] = ()
    """path and text of each CODEOWNERS file that the pull request touches"""
    has_mail: bool = True
    """whether this bot has a mail server"""


def worth_reading(paths: Iterable[str], holds: str) -> bool:
    """Whether a pull request that touches these paths may say anything about the policy."""
    wanted = {PATH, *(PLACES if holds == "policy" else ())}
    return any(path in wanted or (holds == "policy" and path.startswith(".github/workflows/")) for path in paths)


def concerned(proposal: Proposal, before: Policy | None, after: Policy | None) -> bool:
    """Whether it does, now that the place of the workflow is known."""
    workflows = {one.workflow.path for one in (before, after) if one is not None}
    return bool({PATH, *PLACES, *workflows} & set(proposal.touched))


def changed_products(before: Policy, after: Policy) -> Iterator[Product]:
    """The products of now whose plans the change would make stale, whatever their risk."""
    for product in before.products:
        later = after.product_of(product.repository)
        if later is None or any(before.slice(product, one) != after.slice(later, one) for one in LEVELS):
            yield product


def stale_plans(plans: Iterable[OpenPlan], before: Policy, after: Policy) -> Iterator[OpenPlan]:
    """The plans that stand under the policy of now and would not under the other."""
    for plan in plans:
        now, later = before.product_of(plan.repository), after.product_of(plan.repository)
        stands = now is not None and before.slice_digest(now, plan.level) == plan.digest
        if stands and (later is None or after.slice_digest(later, plan.level) != plan.digest):
            yield plan
