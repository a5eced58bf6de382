"""What a round takes: open cases from our ledgers, and labelled issues from GitHub that no ledger knows."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from itertools import dropwhile

from bot.domain.case import case_key
from bot.domain.drafting import LANES, PREFIX
from bot.domain.looking import PLACES, FoundIssue, Piece
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError
from bot.ports import Hands

log = logging.getLogger(__name__)


async def open_cases(after: str, hands: Hands) -> Piece:
    """The next cases that are open and rest."""
    cases, behind = await hands.store.open_cases(after)
    return Piece(cases, after=behind)


async def unheard(after: str, hands: Hands) -> Piece:
    """The labelled issues without a case in the next `PLACES` repositories that can be read.

    `after` names an installation and a repository of it; both are gone round in the order of their numbers.
    Raises GitHubBusy where even the installations cannot be listed.
    """
    found: list[FoundIssue] = []
    looked_at: list[Repo] = []
    async for repo in _behind(after, hands):
        if len(looked_at) == PLACES:
            return Piece(issues=tuple(found), after=_place(looked_at[-1]))
        found += await _issues(repo, hands)
        looked_at.append(repo)
    return Piece(issues=tuple(found))


async def _behind(after: str, hands: Hands) -> AsyncIterator[Repo]:
    home, _, last = after.partition(":")
    for installation in dropwhile(lambda one: one < int(home or 0), await _installations(hands)):
        begin = int(last or 0) if str(installation) == home else 0
        for repo in await _reached(installation, begin, hands):
            yield repo


def _place(repo: Repo) -> str:
    return f"{repo.installation}:{repo.id}"


async def _installations(hands: Hands) -> tuple[int, ...]:
    try:
        return await hands.github.installations()
    except GitHubBusy:
        raise
    except GitHubError as error:
        log.warning("the installations cannot be listed: %s", error)
        return ()


async def _reached(installation: int, begin: int, hands: Hands) -> tuple[Repo, ...]:
    try:
        return tuple(repo for repo in await hands.github.reached(installation) if repo.id > begin)
    except GitHubError as error:  # suspended, limited or removed: the others are looked at all the same
        log.warning("installation %d lets nothing be read: %s", installation, error)
        return ()


async def _issues(repo: Repo, hands: Hands) -> list[FoundIssue]:
    found: dict[str, FoundIssue] = {}
    try:
        for lane in LANES:
            found |= {one.node_id: one for one in await hands.github.labelled(repo, f"{PREFIX}{lane}")}
    except GitHubError as error:  # its turn comes again with the next time round; nobody else waits for it
        log.warning("issues of repository %d cannot be listed: %s", repo.id, error)
    return [one for one in found.values() if not await _is_known(one, hands)]


async def _is_known(issue: FoundIssue, hands: Hands) -> bool:
    """Whether a case was opened on it; who edited it before that may stand in a ledger without one."""
    lines = await hands.store.lines(case_key(issue.repo.id, issue.node_id))
    return any(line.entry.type == "capability.opened" for line in lines)
