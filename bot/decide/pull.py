"""The plan pull request: merging it approves nothing, and only the bot may push to it."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.effects import Say
from bot.domain.knowledge import Knowledge, Need, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.messages import PullMerged
from bot.domain.turn import Turn
from bot.domain.void import is_open, void
from bot.events.model import PullChanged


def needs(event: PullChanged, case: Case | None) -> tuple[Need, ...]:
    """The policy, for the words that follow a foreign push."""
    return (PolicyFile(),) if _is_ours(event, case) and event.action == "synchronize" else ()


def _is_ours(event: PullChanged, case: Case | None) -> bool:
    return case is not None and case.made.get("pull") == event.number


def decide(event: PullChanged, turn: Turn, known: Knowledge) -> None:
    """Answers a merge; a head that somebody else moved voids what was approved."""
    if not _is_ours(event, turn.known) or event.actor.id == known.bot:
        return
    if event.action == "closed" and event.merged:
        message = PullMerged(turn.case, event.actor.login)
        turn.do(Say(f"merged:{event.number}", message, to="reply", number=event.number))
    elif event.action == "synchronize" and event.head_sha != turn.case.made.get("pull_head"):
        _pushed(event, turn, known)


def _pushed(event: PullChanged, turn: Turn, known: Knowledge) -> None:
    """A commit author is no approver of what they pushed to (T1), and what was approved there is void (T8)."""
    case = turn.case
    turn.record(Entry("briefing.edited", {"head": event.head_sha}, event.actor))
    given = [one for one in case.approvals if is_open(case, one)]
    void(turn, given, f"{event.actor.login} pushed to the plan pull request", known, event.actor, "head_moved")
