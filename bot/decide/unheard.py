"""What people did of which nobody told us: an edited issue, a plan pull request that was merged or pushed to.

GitHub's REST API does not say who edited or pushed, so nothing of it goes on by itself; each is said once.
"""

from __future__ import annotations

from bot.decide import pull
from bot.domain.case import Case
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.people import NOBODY, Actor
from bot.domain.proposal import subject_digest
from bot.domain.stale import make_stale, note
from bot.domain.turn import Turn
from bot.events.model import PullChanged

SOMEBODY = Actor(id=0, login="somebody", kind="Mannequin")
"""Whoever pushed; no person that could be told from others."""
EDITED = "briefing.found_edited"
"""The entry that keeps an edit from being said twice; `body` is the digest of what was found."""


def is_edited(case: Case, known: Knowledge) -> bool:
    """Whether the issue is not what was planned or refused, and that was not said before."""
    if known.issue is None or case.body is None:
        return False
    now = subject_digest(known.issue)
    said = [line.entry.data.get("body") for line in known.lines if line.entry.type == EDITED]
    return now not in {case.body, *said[-1:]}


def edited(turn: Turn, known: Knowledge) -> None:
    """The plan is not of the issue as it stands, so nobody can approve it any more."""
    assert known.issue is not None
    turn.record(Entry(EDITED, {"body": subject_digest(known.issue)}))
    what = "The issue was edited, so this plan is not of it as it stands."
    if turn.case.plan is None:
        note(turn, what, "`/plan`")
    make_stale(turn, known, NOBODY, what, "`/plan`")


def pull_request(turn: Turn, known: Knowledge) -> None:
    """A merge is answered; a head that is neither ours nor known voids what was approved there (T8)."""
    case, now = turn.case, known.pull
    if now is None or case.made.get("pull") != now.number:
        return
    if now.merged:
        merged = PullChanged(case.repo, now.number, "closed", now.head, merged=True, actor=now.by)
        pull.decide(merged, turn, known)
    elif _is_foreign(case, known, now.head):
        pushed = PullChanged(case.repo, now.number, "synchronize", now.head, merged=False, actor=SOMEBODY)
        pull.decide(pushed, turn, known)


def _is_foreign(case: Case, known: Knowledge, head: str) -> bool:
    """Whether the bot has pushed all that it wants to, and this head is of somebody of whom nothing was heard."""
    if case.plan is None or case.made.get("pull_plan") != case.plan.digest:
        return False
    heard = {line.entry.data.get("head") for line in known.lines if line.entry.type == "briefing.edited"}
    return head not in {case.made.get("pull_head"), *heard}
