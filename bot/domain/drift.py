"""Drift: what a plan was made with and is no longer so. Such a plan is made again, never carried out."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.knowledge import Knowledge


def drift(case: Case, known: Knowledge) -> str:
    """What of policy, prices or workflow is no longer what the plan's digest holds (T7); "" where all agrees."""
    plan, policy = case.plan, known.policy
    if plan is None or policy is None:
        return "the policy cannot be read"
    product = policy.product_of(case.repo.name)
    if product is None or plan.policy != policy.slice_digest(product, plan.risk.level):
        return "the policy has changed since this plan was made"
    if plan.prices != policy.prices.digest:
        return "the price table has changed since this plan was made"
    if plan.workflow is None or known.workflow is None or plan.workflow != known.workflow:
        return "the workflow in the operations repository is not the one this plan was made with"
    return ""
