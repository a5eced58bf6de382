"""The check run of a proposed policy, on the head of its pull request."""

from __future__ import annotations

from bot import say as words
from bot.domain.effects import PolicyReport
from bot.domain.ledger import Entry
from bot.domain.proposed import external_id
from bot.perform.made import made
from bot.ports import CheckText, Hands


async def report(effect: PolicyReport, hands: Hands) -> list[Entry]:
    """Creates it, or brings the one with the same annotations up to date."""
    output = words.policy(effect.text)
    text = CheckText(
        name="millwright / policy",
        title=output.title,
        summary=output.summary,
        text=output.text,
        external_id=external_id(effect.repo.id, effect.number, effect.head, effect.mark),
        status="completed",
        conclusion=effect.conclusion,
        annotations=effect.annotations,
    )
    check = await hands.github.put_check(effect.repo, effect.head, text, None)
    return made(effect, check=check)
