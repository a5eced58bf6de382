"""CODEOWNERS of a product repository's default branch, at its present commit."""

from __future__ import annotations

import asyncio

from bot.domain.codeowners import PLACES, Codeowners
from bot.domain.people import Repo
from bot.errors import GitHubError
from bot.ports import Hands


async def owners(repo: Repo, hands: Hands) -> Codeowners | None:
    """Who owns what there; None where the repository has no such file."""
    facts = await hands.github.repository(repo)
    for path in PLACES if facts.head else ():
        try:
            found = await hands.github.file(facts.repo, path, facts.head)
        except GitHubError as error:
            if error.status != 413:
                raise
            return None  # GitHub does not read it either, and looks for no other
        if found is not None:
            owners = Codeowners(found.data.decode("utf-8", "replace"), repo.owner)
            return await asyncio.to_thread(owners.prepare)
    return None
