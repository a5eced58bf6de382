"""Templates of an organisation's own, as the product repository's default branch has them now."""

from __future__ import annotations

import asyncio
import hashlib

from bot.domain.knowledge import Knowledge
from bot.domain.own_templates import LARGEST_FILE, MOST_FILES, OwnTemplate, OwnTemplateRule
from bot.domain.people import Repo
from bot.ports import Hands
from executors.parts.paths import UnsafePath, safe_paths
from executors.render.own import own_digest


class NotUsable(ValueError):
    """A folder's files cannot be a template; the message is for people."""


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
        files = await content(rule.folder, repo, head, hands)
    except NotUsable as error:
        return OwnTemplate(rule.folder, fault=str(error))
    pinned = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    return OwnTemplate(rule.folder, pinned, await asyncio.to_thread(own_digest, pinned))


async def content(folder: str, repo: Repo, commit: str, hands: Hands) -> dict[str, bytes]:
    """Path in the folder → bytes, of at most 60 files of 200 KB; NotUsable for what cannot be a template."""
    paths = await hands.github.files_below(repo, folder, commit)
    if f"{folder}/template.yaml" not in paths:
        raise NotUsable(f"there is no {folder}/template.yaml on the default branch of the product repository")
    if len(paths) > MOST_FILES:
        raise NotUsable(f"{folder} holds more than {MOST_FILES} files")
    try:
        safe_paths(paths)
    except UnsafePath as error:
        raise NotUsable(str(error)) from error
    found = await asyncio.gather(*(hands.github.file(repo, path, commit) for path in paths))
    files = {path.removeprefix(f"{folder}/"): one.data for path, one in zip(paths, found, strict=True) if one}
    if large := sorted(path for path, data in files.items() if len(data) > LARGEST_FILE):
        raise NotUsable(f"{folder}/{large[0]} has more than {LARGEST_FILE} bytes")
    return files
