"""The words that approvals stand on, as GitHub has them now: edited, hidden or gone, whatever a webhook told."""

from __future__ import annotations

from bot.domain.facts import WordsNow
from bot.domain.knowledge import Knowledge
from bot.domain.people import Repo
from bot.ports import Hands


async def as_they_are(sources: tuple[str, ...], repo: Repo, known: Knowledge, hands: Hands) -> dict[str, WordsNow]:
    """Each source that is still there; one of a kind that GitHub does not keep (a policy's yes) is left out."""
    found = {source: await _now(source, repo, known, hands) for source in dict.fromkeys(sources)}
    return {source: now for source, now in found.items() if now is not None}


async def _now(source: str, repo: Repo, known: Knowledge, hands: Hands) -> WordsNow | None:
    kind, _, number = source.partition(":")
    if kind == "comment" and number.isdecimal():
        return await hands.github.comment(repo, int(number))
    pull = known.case.made.get("pull") if known.case else None
    if kind == "review" and number.isdecimal() and pull:
        return await hands.github.review(repo, int(pull), int(number))
    return None
