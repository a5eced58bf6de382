"""The operations repository of a case: where it is, what its policy says, which workflow would run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from cachetools import LRUCache

from bot.domain import policy as policies
from bot.domain.checks import CheckFiles
from bot.domain.defaults import REPOSITORY, PolicyText
from bot.domain.facts import Operations
from bot.domain.faults import Fault
from bot.domain.knowledge import ArtifactNow, JobNow, Knowledge, Need, PolicyFile, RunNow, TeamsOf, WorkflowFile
from bot.domain.own_templates import OwnTemplates
from bot.domain.people import Repo
from bot.domain.rights import concerned
from bot.ports import BlobFile, Hands, RepoFacts
from executors.protocol.plan import WorkflowPin

POLICY_PATH = ".github/millwright.yml"
_files: LRUCache[tuple[int, int, str, str], BlobFile | None] = LRUCache(maxsize=500)
"""installation, repository, commit and path → file: a commit's files never change"""
RESTING_ON_THEM = (PolicyFile, WorkflowFile, TeamsOf, RunNow, JobNow, ArtifactNow, CheckFiles, OwnTemplates)
"""Needs that cannot be answered before the operations repository is known."""


def asks_owners(known: Knowledge) -> bool:
    """Whether somebody may approve as an owner of files at all."""
    policy = known.policy
    if policy is None:
        return False
    own = [one.approvers for one in policy.products] + [one.approvers for one in policy.gates]
    return any(one is not None and one.codeowners for one in (policy.approvers, *own))


def teams_asked_for(known: Knowledge) -> tuple[str, ...]:
    """The teams whose membership decides something: named by the policy, or owners of the plan's files."""
    named = known.policy.team_slugs() if known.policy else ()
    owning = known.owners.teams(concerned(known.case)) if known.owners and known.case else ()
    return tuple(sorted({*named, *owning}))


async def load(known: Knowledge, needs: Iterable[Need], repo: Repo, hands: Hands) -> Knowledge:
    """`known` with operations, policy and workflow, as far as `needs` ask for them."""
    kinds = {type(need) for need in needs}
    if not kinds.intersection(RESTING_ON_THEM):
        return known
    name = f"{repo.owner}/{hands.settings['operations']}"
    facts = await hands.github.find_repository(repo.installation, name)
    if facts is None:
        fault = Fault(name, "the operations repository is not there, or the App is not installed on it", _NEXT)
        return replace(known, policy_faults=(fault,))
    place = Operations(facts.repo.id, facts.repo.name, facts.repo.default_branch, facts.head)
    known = replace(known, operations=place)
    if kinds & {PolicyFile, WorkflowFile, TeamsOf}:
        known = await _policy(known, facts, hands)
    wanted = next((need for need in needs if isinstance(need, WorkflowFile)), None)
    if wanted is not None and known.policy is not None:
        known = replace(known, workflow=await _workflow(known, facts, wanted.at or facts.head, hands))
    return known


_NEXT = f"create it with the App installed, and commit {POLICY_PATH} to its default branch"


async def _policy(known: Knowledge, facts: RepoFacts, hands: Hands) -> Knowledge:
    found, default = await asyncio.gather(
        _file(facts, POLICY_PATH, facts.head, hands), defaults(facts.repo, hands)
    )
    if found is None:
        fault = Fault(POLICY_PATH, f"is not there on the default branch of {facts.repo.name}", _NEXT)
        return replace(known, policy_faults=(fault,))
    parsed = _parsed(found.data, default)
    if isinstance(parsed, tuple):
        return replace(known, policy_faults=parsed)
    return replace(known, policy=parsed)


async def defaults(operations: Repo, hands: Hands) -> PolicyText | None:
    """The defaults of the repository's owner; None where there are none, or the App is not installed there.

    It is asked every time and answered from GitHub's 304 mostly: a rule that was added counts at once.
    """
    owner = operations.owner
    found = await hands.github.file_in(operations.installation, f"{owner}/{REPOSITORY}", POLICY_PATH)
    return PolicyText(text_of(found), named(owner)) if found is not None else None


def named(owner: str) -> str:
    """What faults in that account's defaults call their file."""
    return f"{owner}/{REPOSITORY}:{POLICY_PATH}"


def text_of(file: BlobFile) -> str:
    """The file as text; what is no UTF-8 becomes signs that no policy has."""
    return file.data.decode("utf-8", "replace")


@lru_cache(maxsize=200)
def _parsed(data: bytes, default: PolicyText | None) -> policies.Policy | tuple[Fault, ...]:
    return policies.parse(data.decode("utf-8", "replace"), default)


async def _workflow(known: Knowledge, facts: RepoFacts, commit: str, hands: Hands) -> WorkflowPin | None:
    path = known.policy.workflow.path if known.policy else ""
    found = await _file(facts, path, commit, hands)
    if found is None:
        return None
    repo = facts.repo
    return WorkflowPin(
        repository_id=repo.id,
        repository=repo.name,
        path=path,
        ref=f"refs/heads/{repo.default_branch}",
        blob=found.sha,
    )


async def _file(facts: RepoFacts, path: str, commit: str, hands: Hands) -> BlobFile | None:
    key = (facts.repo.installation, facts.repo.id, commit, path)
    if key not in _files:
        _files[key] = await hands.github.file(facts.repo, path, commit)
    return _files[key]
