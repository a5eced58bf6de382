"""The files that the policy's checks run on, as the product repository's default branch has them now."""

from __future__ import annotations

import asyncio
import hashlib

from bot.domain.knowledge import Knowledge
from bot.domain.people import Repo
from bot.ports import Hands


async def digests(repo: Repo, known: Knowledge, hands: Hands) -> dict[str, str]:
    """Path → SHA-256 of every file that a check names and that is there; without checks nobody is asked."""
    checks = known.policy.checks if known.policy else []
    paths = sorted({path for check in checks for path in check.files})
    if not paths:
        return {}
    head = (await hands.github.repository(repo)).head
    found = await asyncio.gather(*(hands.github.file(repo, path, head) for path in paths))
    there = ((path, file) for path, file in zip(paths, found, strict=True) if file is not None)
    return {path: hashlib.sha256(file.data).hexdigest() for path, file in there}
