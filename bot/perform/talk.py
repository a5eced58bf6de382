"""Comments, reactions and labels: what the bot says on the issue."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from bot import say as words
from bot.domain.case import Case
from bot.domain.effects import CloseIssue, React, Say, SetLabels
from bot.domain.ledger import Entry
from bot.domain.messages import Finished, Message
from bot.errors import GitHubGone
from bot.perform.made import made
from bot.ports import Hands


def present(message: Message, case: Case) -> Message:
    """The message with the case as it is now: what earlier effects made (pull request, run, evidence) is in it."""
    if isinstance(message, Finished):
        sealed = case.evidence
        message = replace(
            message,
            evidence_url=sealed.get("url", ""),
            evidence_sha256=sealed.get("sha256", ""),
            key=sealed.get("key", ""),
        )
    changes: dict[str, Any] = {"case": case} if hasattr(message, "case") else {}
    return replace(message, **changes)


async def say(effect: Say, case: Case, hands: Hands, *, again: bool) -> list[Entry]:
    """The sticky comment by its stored id, else found by App and marker, else made (T23); replies once each.

    A reply is looked for only if it was begun before, or may have been before the case was restored.
    """
    number = effect.number or case.number
    sticky = effect.to == "sticky"
    marker = words.marker(case.key, "sticky" if sticky else effect.key)
    body = words.comment(present(effect.message, case), marker)
    known = case.made.get("sticky") if sticky else None
    if known is not None:
        try:
            if not await _stands(int(known), body, case, hands):
                await hands.github.edit_comment(case.repo, int(known), body)
            return made(effect, sticky_body=_sha256(body))
        except GitHubGone:
            known = None
    found = (
        await hands.github.find_comment(case.repo, number, marker) if sticky or again or case.restored else None
    )
    if found is None:
        found = await hands.github.create_comment(case.repo, number, body, urgent=sticky)
    elif sticky:
        await hands.github.edit_comment(case.repo, found, body)
    return made(effect, sticky=found, sticky_body=_sha256(body)) if sticky else made(effect)


async def _stands(comment: int, body: str, case: Case, hands: Hands) -> bool:
    """Whether the comment says just that: we wrote it, and nobody has changed it since (T23)."""
    if case.made.get("sticky_body") != _sha256(body):
        return False
    now = await hands.github.comment(case.repo, comment)
    return now is not None and now.sha256 == _sha256(body)


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()


async def react(effect: React, case: Case, hands: Hands) -> list[Entry]:
    """GitHub keeps one reaction of a kind per account, so doing it twice is harmless."""
    await hands.github.react(case.repo, case.number, effect.comment_id, effect.content)
    return made(effect)


async def label(effect: SetLabels, case: Case, hands: Hands) -> list[Entry]:
    """One `state:` label."""
    await hands.github.set_state_label(case.repo, case.number, effect.state)
    return made(effect)


async def close(effect: CloseIssue, case: Case, hands: Hands) -> list[Entry]:
    """Closing a closed issue changes nothing."""
    await hands.github.close_issue(case.repo, case.number, effect.reason, effect.state)
    return made(effect)
