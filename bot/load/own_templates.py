"""Templates of an organisation's own, as the product repository's default branch has them now."""

from __future__ import annotations

import asyncio
import hashlib

from bot.domain.knowledge import Knowledge
from bot.domain.own_templates import OwnTemplate, OwnTemplateRule, unusable
from bot.domain.people import Repo
from bot.errors import GitHubError
from bot.ports import Hands
from executors.render.own import own_digest


async def all_of(repo: Repo, known: Knowledge, hands: Hands) -> dict[str, OwnTemplate]:
    """Id → template for each that the policy names; where it names none nobody is asked."""
    rules = known.policy.templates if known.policy else []
    if not rules:
        return {}
    head = (await hands.github.repository(repo)).head
    found = await asyncio.gather(*(_one(rule, repo, head, hands) for rule in rules))
    return {rule.id: one for rule, one in zip(rules, found, strict=True)}


async def _one(rule: OwnTemplateRule, repo: Repo, head: str, hands: Hands) -> OwnTemplate:
    try:
        files = await hands.github.folder(repo, rule.folder, head)
    except GitHubError as error:
        if error.status != 413:
            raise
        return OwnTemplate(rule.folder, fault=str(error))
    if why := unusable(rule.folder, files):
        return OwnTemplate(rule.folder, fault=why)
    pinned = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    return OwnTemplate(rule.folder, pinned, own_digest(pinned))
