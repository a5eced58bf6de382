"""The only place where effects happen: one match over Effect, each done once and found again by its key.

| module | effects |
|---|---|
| talk | comments, reactions, labels, closing the issue |
| show | plan pull request, check runs, deployments |
| template | the check run of proposed templates |
| policy | the check run of a proposed policy |
| legs | dispatching, granting a claim, answering a door |
| deliveries | what GitHub sent and we never got |
| erasure | letting stored data go |
| anchor | the signed ledger, kept in the operations repository |
| pack | sealing and publishing the evidence |
| post | mail and webhooks |
"""

from __future__ import annotations

from typing import assert_never

from bot.domain.case import Case
from bot.domain.effects import (
    Anchor,
    Answer,
    CancelRun,
    Check,
    CloseIssue,
    ClosePull,
    Deployment,
    Dispatch,
    Erase,
    Grant,
    OpenPull,
    PolicyReport,
    React,
    Record,
    Redeliver,
    Say,
    Seal,
    SetLabels,
    Tell,
    TemplateReport,
    Timer,
)
from bot.domain.ledger import Entry
from bot.domain.posting import Post, SendMail, SendWebhook
from bot.perform import anchor, deliveries, erasure, legs, pack, policy, post, show, talk, template
from bot.ports import Hands, Pending


async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:  # noqa: C901 - one case per effect
    """What the effect made, as ledger entries. Raises GitHubBusy to be tried later, else GitHubError."""
    effect = pending.effect
    match effect:
        case Say():
            return await talk.say(effect, case, hands, again=pending.attempts > 0)
        case React():
            return await talk.react(effect, case, hands)
        case SetLabels():
            return await talk.label(effect, case, hands)
        case CloseIssue():
            return await talk.close(effect, case, hands)
        case OpenPull():
            return await show.open_pull(effect, case, hands)
        case ClosePull():
            return await show.close_pull(effect, case, hands)
        case Check():
            return await show.check(effect, case, hands)
        case PolicyReport() | TemplateReport():
            return await _proposed(effect, hands)
        case Deployment():
            return await show.deployment(effect, case, hands)
        case Dispatch():
            return await legs.dispatch(effect, case, hands, again=pending.attempts > 0)
        case Grant():
            return await legs.grant(effect, case, hands, pending.row)
        case Answer():
            return await legs.answer(effect, case, hands, pending.row)
        case Redeliver():
            return await deliveries.redeliver(effect, hands)
        case CancelRun():
            return await legs.cancel(effect, case, hands)
        case Seal() | Erase() | Anchor():
            return await _keep(effect, case, hands)
        case Post() | SendMail() | SendWebhook():
            return await _post(pending, effect, case, hands)
        case Record() | Timer() | Tell():
            raise AssertionError("these are stored with the decision, never performed")
        case _:
            assert_never(effect)


async def _proposed(effect: PolicyReport | TemplateReport, hands: Hands) -> list[Entry]:
    """Check runs on pull requests that belong to no capability."""
    if isinstance(effect, PolicyReport):
        return await policy.report(effect, hands)
    return await template.report(effect, hands)


async def _post(pending: Pending, effect: Post | SendMail | SendWebhook, case: Case, hands: Hands) -> list[Entry]:
    """News for people and machines outside of GitHub."""
    match effect:
        case Post():
            return await post.hand_over(effect, case, hands)
        case SendMail():
            return await post.mail(pending, effect, hands)
        case SendWebhook():
            return await post.webhook(pending, effect, hands)
        case _:
            assert_never(effect)


async def _keep(effect: Seal | Erase | Anchor, case: Case, hands: Hands) -> list[Entry]:
    """What is kept for later, or no longer."""
    match effect:
        case Seal():
            return await pack.seal_and_publish(effect, case, hands)
        case Erase():
            return await erasure.erase(effect, case, hands)
        case Anchor():
            return await anchor.anchor(effect, case, hands)
        case _:
            assert_never(effect)
