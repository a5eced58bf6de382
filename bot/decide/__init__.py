"""Deciding, all of it pure: which facts an event needs, and what is to be done about it.

| module | events |
|---|---|
| issue | an issue opened, edited, labelled, closed … |
| comment | a command; a comment edited or deleted that an approval stands on |
| pull | the plan pull request merged, closed, pushed to |
| policy_check | any other pull request: what it would change of the policy |
| template_check | the same: how the templates it touches would look |
| review | a review of the plan pull request |
| claim | a job claims its leg at /runs |
| journal | a run's journal lines, and its bundle manifest |
| fencing | whether a run still has its environment |
| run | a workflow run as GitHub reports it, and looking at it again by timer |
| outcome | how a leg ended, and what follows |
| takeback | what a failed leg leaves: taken back by ourselves, or put before people |
| sweep | GitHub's log of deliveries, gone through by timer |
| look | rounds through open cases and labelled issues, by timer |
| swept | a case whose turn it is looks at GitHub |
| told | what another case of ours says: a lock given, a budget that is spent |
| queued | a leg that waits hears from budget and environment |
| locks | an environment's own decisions: who gets it next |
| names | an installation's own decisions about names: whose a domain is |
| budgets | a budget's own decisions: whether there is money for a leg |
| house | check runs asked for again, effects that failed |
| spread | repositories, installations, rights: told to every case concerned |
| retention | personal data of what ended long ago |
| posted | a message that is to be sent, and what became of it |
| life | what a case makes of that |
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.decide import (
    claim,
    comment,
    house,
    issue,
    journal,
    locks,
    look,
    policy_check,
    pull,
    retention,
    review,
    run,
    spread,
    sweep,
    template_check,
    told,
)
from bot.domain import anchor
from bot.domain.case import Case, case_key
from bot.domain.effects import Effect
from bot.domain.knowledge import Knowledge, Need
from bot.domain.launch import let_go
from bot.domain.notice import announce
from bot.domain.turn import Turn
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged
from bot.events.model import (
    CheckRequested,
    ClaimReceived,
    CommentChanged,
    CommentCreated,
    DoneReceived,
    EffectFailed,
    Event,
    IssueChanged,
    JournalReceived,
    PullChanged,
    ReviewChanged,
    RunChanged,
    TimerDue,
    Told,
)


def needs(event: Event, case: Case | None) -> tuple[Need, ...]:  # noqa: C901 - one case per event
    """The facts that deciding about the event takes; nothing for what means nothing to this case."""
    match event:
        case IssueChanged():
            return issue.needs(event, case)
        case CommentCreated():
            return comment.needs(event, case)
        case CommentChanged():
            return comment.needs_of_change(event, case)
        case PullChanged() | CheckRequested() if case is None:
            return (*policy_check.needs(event), *template_check.needs(event))
        case PullChanged():
            return pull.needs(event, case)
        case RunChanged():
            return run.needs(event, case)
        case ClaimReceived():
            return claim.needs(event, case)
        case ReviewChanged():
            return review.needs(event, case)
        case Told():
            return told.needs(event, case)
        case TimerDue():
            return _needs_of_timer(event, case)
        case CheckRequested() | EffectFailed():
            return house.needs(event, case)
        case RepositoryChanged() | InstallationChanged() | RightsChanged():
            return spread.needs(event)
        case JournalReceived():
            return journal.needs(event, case)
        case DoneReceived():
            return ()
        case _:
            assert_never(event)


def decide(  # noqa: C901 - one case per event
    event: Event, case: Case | None, knowledge: Knowledge, now: datetime
) -> list[Effect]:
    """What is to be done, in this order; nothing for what means nothing to this case."""
    turn = Turn(_key(event, case), now, case)
    match event:
        case IssueChanged():
            issue.decide(event, turn, knowledge)
        case CommentCreated():
            comment.decide(event, turn, knowledge)
        case CommentChanged():
            comment.decide_change(event, turn, knowledge)
        case PullChanged() | CheckRequested() if case is None:
            policy_check.decide(turn, knowledge)
            template_check.decide(turn, knowledge)
        case PullChanged():
            pull.decide(event, turn, knowledge)
        case RunChanged():
            run.decide(event, turn, knowledge)
        case ClaimReceived():
            claim.decide(event, turn, knowledge)
        case JournalReceived():
            journal.decide(event, turn, knowledge)
        case DoneReceived():
            journal.decide_done(event, turn)
        case ReviewChanged():
            review.decide(event, turn, knowledge)
        case Told():
            told.decide(event, turn, knowledge)
        case TimerDue():
            _of_timer(event, turn, knowledge)
        case CheckRequested() | EffectFailed():
            house.decide(event, turn, knowledge)
        case RepositoryChanged() | InstallationChanged() | RightsChanged():
            spread.decide(event, turn, knowledge)
        case _:
            assert_never(event)
    _afterwards(case, turn, knowledge)
    return turn.effects


def _afterwards(before: Case | None, turn: Turn, knowledge: Knowledge) -> None:
    """What follows from where the case stands now, whatever brought it there."""
    let_go(before, turn)
    announce(turn, knowledge.policy)
    anchor.keep(turn)
    retention.watch(before, turn, knowledge)


def _needs_of_timer(event: TimerDue, case: Case | None) -> tuple[Need, ...]:
    match event.name:
        case locks.EXPIRY:
            return locks.needs_of_timer(event)
        case sweep.NAME:
            return sweep.needs(event)
        case look.NAME:
            return look.needs(event)
        case retention.NAME:
            return retention.needs(case)
        case _:
            return run.needs_of_timer(event, case)


def _of_timer(event: TimerDue, turn: Turn, knowledge: Knowledge) -> None:
    if event.name == locks.EXPIRY:
        locks.decide_timer(event, turn, knowledge)
    elif event.name == sweep.NAME:
        sweep.decide(event, turn, knowledge)
    elif event.name == look.NAME:
        look.decide(event, turn, knowledge)
    elif event.name == retention.NAME:
        retention.decide(turn, knowledge)
    else:
        run.decide_timer(event, turn, knowledge)


def _key(event: Event, case: Case | None) -> str:
    """The case's key; for what opens a case, the key that it will have."""
    if case is not None:
        return case.key
    if isinstance(event, IssueChanged | CommentCreated):
        return case_key(event.repo.id, event.issue.node_id)
    return str(getattr(event, "case", ""))
