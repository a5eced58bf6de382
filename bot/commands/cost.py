"""`/cost`: what this has cost so far, run by run, what it was estimated to cost, and what the policy leaves."""

from __future__ import annotations

from bot.domain.budget import budget_key
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.knowledge import History, Knowledge, Ledgers, Need, Permission, PolicyFile
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.replies import CostReply
from bot.domain.spending import left, run_costs
from bot.domain.turn import Turn


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who asks, the policy's limits, what was recorded, and the account of the budget."""
    accounts = (Ledgers((budget_key(case),)),) if case is not None else ()
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile(), History(), *accounts)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the sums; what is not known is said to be unknown, never nothing."""
    case, policy = turn.case, known.policy
    estimate = case.plan.estimate if case.plan else None
    currency = policy.prices.currency if policy else (estimate.currency if estimate else "")
    budgets = tuple(left(case, policy, known.ledgers.get(budget_key(case), ()), turn.now)) if policy else ()
    runs = run_costs(case, known.lines, currency)
    turn.reply(asked.comment_id, CostReply(case, estimate, runs, budgets), asked.number)


COMMAND = Command(
    name="cost",
    usage="/cost",
    summary="Say what this has cost so far, and what it was estimated to cost.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/cost",),
    needs=needs,
    decide=decide,
)
