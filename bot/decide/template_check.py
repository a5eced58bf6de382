"""A pull request that touches templates of an organisation's own: a check run tries them before anybody merges."""

from __future__ import annotations

from bot.decide.policy_check import ACTIONS
from bot.domain.effects import TemplateReport
from bot.domain.knowledge import Knowledge, Need
from bot.domain.template_words import ProposedTemplates, asked_again
from bot.domain.turn import Turn
from bot.events.model import CheckRequested, PullChanged


def needs(event: PullChanged | CheckRequested) -> tuple[Need, ...]:
    """Which templates a pull request that belongs to no capability touches."""
    if isinstance(event, PullChanged):
        return (ProposedTemplates(event.number, event.head_sha),) if event.action in ACTIONS else ()
    asked = asked_again(event.external_id) if event.action == "rerequested" else None
    return (asked,) if asked is not None else ()


def decide(turn: Turn, known: Knowledge) -> None:
    """One check run on the pull request's head, where it touches any."""
    found = known.templates_proposed
    if found is not None:
        turn.do(TemplateReport(f"template:{found.number}:{found.head[:12]}:{known.nonce}", found))
