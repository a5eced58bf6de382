"""A review of the plan pull request: approving it is a yes at the gate `plan`, asking for changes is a no.

What counts of a person is their latest review that is an opinion; commenting is none. A dismissed review leaves
nothing behind: an older one does not come back (T14). A review's words are never commands.
"""

from __future__ import annotations

from bot.domain import decision, ending
from bot.domain.case import Case
from bot.domain.consent import Word
from bot.domain.decision import Yes
from bot.domain.effects import Say
from bot.domain.faults import Refused
from bot.domain.gates import PLAN, ask
from bot.domain.knowledge import Knowledge, Need, Owners, Permission, PolicyFile, TeamsOf
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalsVoid
from bot.domain.rights import basis, standing
from bot.domain.stale import is_waiting
from bot.domain.turn import Turn
from bot.domain.view import show
from bot.domain.void import is_open, shut, void
from bot.events.model import ReviewChanged


def needs(event: ReviewChanged, case: Case | None) -> tuple[Need, ...]:
    """What an approval takes; the reviewer's rights for a request for changes; the policy for a dismissal."""
    if not _concerns(event, case) or event.action == "edited":
        return ()
    if event.action == "dismissed":
        return (PolicyFile(),)
    if event.state == "approved":
        return decision.needs(event.author, case) if case is not None and event.author.is_person else ()
    who = event.author
    return (Permission(who.id, who.login), TeamsOf(who.id, who.login), PolicyFile(), Owners())


def _concerns(event: ReviewChanged, case: Case | None) -> bool:
    ours = case is not None and case.made.get("pull") == event.number
    return ours and event.state in {"approved", "changes_requested", "dismissed"}


def decide(event: ReviewChanged, turn: Turn, known: Knowledge) -> None:
    """Records the opinion, once; a dismissal takes out what stood on the review."""
    if not _concerns(event, turn.known) or event.author.id == known.bot or event.action == "edited":
        return
    if event.action == "dismissed":
        _dismissed(event, turn, known)
    elif source(event) in turn.case.seen_sources:
        return
    elif event.state == "approved":
        _approved(event, turn, known)
    elif event.state == "changes_requested":
        _objected(event, turn, known)


def source(event: ReviewChanged) -> str:
    """The words that a decision of this review stands on."""
    return f"review:{event.review_id}"


def _approved(event: ReviewChanged, turn: Turn, known: Knowledge) -> None:
    """A yes to the plan whose files the bot itself pushed as the commit that was reviewed."""
    case, plan = turn.case, turn.case.plan
    word = Word(event.author, source(event), event.commit, event.number)
    yes = Yes(word, PLAN, plan.token if plan is not None else "")
    if event.commit != case.made.get("pull_head") or case.made.get("pull_plan") != case.digest:
        why = "the review is of a commit that does not hold the plan as it stands now"
        line = "review the pull request's newest commit, or approve in a comment: /why"
        decision.refuse(yes, turn, known, Refused("review_stale", event.author.login, why, line))
    else:
        decision.decide(yes, turn, known)


def _objected(event: ReviewChanged, turn: Turn, known: Knowledge) -> None:
    """Who may approve may also ask for changes, which shuts the gate; of others it is a remark."""
    policy, who = known.policy, event.author
    asked = ask(turn.case, policy, PLAN) if policy is not None else None
    if asked is None or not who.is_person or basis(asked.approvers, standing(known, who.id, who.login)) is None:
        return
    mine = [one for one in turn.case.approvals_of(PLAN) if one.user == who.id and is_open(turn.case, one)]
    turn.record(Entry("approval.objected", {"gate": PLAN, "source": source(event)}, who, "asks for changes"))
    void(turn, mine, f"{who.login} asks for changes in a review", known, who)
    if not mine:
        if is_waiting(turn.case):
            shut(turn, f"{who.login} asks for changes in a review", who)
        show(turn, policy)


def _dismissed(event: ReviewChanged, turn: Turn, known: Knowledge) -> None:
    case, why = turn.case, f"the review was dismissed by {event.actor.login}"
    given = [one for one in case.approvals if one.source == source(event)]
    if any(one.source == source(event) for one in case.objections):
        turn.record(Entry("approval.settled", {"source": source(event)}, event.actor, why))
        said = ApprovalsVoid(turn.case, f"{event.author.login} asks for changes no more: {why}", ())
        turn.do(Say(turn.name("settled"), said, to="reply"))
        ending.go_on(turn, known)  # there may be approvals enough without it
    elif source(event) not in case.seen_sources:
        # Heard of before the review itself: when that comes, it has been seen (T20).
        turn.record(
            Entry("approval.withdrawn", {"source": source(event), "code": "review_dismissed"}, event.actor, why)
        )
    else:
        void(turn, [one for one in given if is_open(case, one)], why, known, event.actor, "review_dismissed")
