"""From an issue to a plan or to what is wrong with it: labels, briefing, vertical, planner, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.body import read_body
from bot.domain.briefing import Briefing, read_briefing
from bot.domain.case import Case
from bot.domain.facts import IssueFacts
from bot.domain.faults import Fault, Refused
from bot.domain.form import read_form
from bot.domain.knowledge import Knowledge
from bot.domain.planner import PlanInputs, Subject, plan_for
from bot.domain.vertical import choose
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan

PREFIX = "capability:"
LANES = ("business", "service", "change")
HERE = "business"
"""The lane of this release."""
_DISPLAY = re.compile(r"^[A-Z][A-Z0-9]{1,11}-[0-9]{1,9}$")


@dataclass(frozen=True)
class Drafted:
    """A plan with the briefing it was made of, as canonical JSON."""

    plan: Plan
    briefing: bytes


@dataclass(frozen=True)
class Kind:
    """What the labels say: the lane, the display id, and what is wrong with them."""

    lane: str
    display_id: str
    faults: tuple[Fault, ...]


def is_ours(labels: Iterable[str]) -> bool:
    """Whether a label claims the issue for us."""
    return any(label.lower().startswith(PREFIX) for label in labels)


def kind_of(labels: Iterable[str]) -> Kind:
    """What the `capability:` labels select: a kind and nothing else (T4); no lane label means business."""
    words = [label[len(PREFIX) :] for label in labels if label.lower().startswith(PREFIX)]
    lanes = [word.lower() for word in words if word.lower() in LANES]
    ids = [word for word in words if _DISPLAY.fullmatch(word)]
    faults = [_unknown(word) for word in words if word.lower() not in LANES and not _DISPLAY.fullmatch(word)]
    if len(lanes) > 1:
        faults.append(Fault("labels", f"several kinds: {', '.join(sorted(lanes))}", "keep one capability label"))
    elif lanes and lanes[0] != HERE:
        faults.append(
            Fault(
                "labels", f"`capability:{lanes[0]}` is not available in this release", "use `capability:business`"
            )
        )
    if len(ids) > 1:
        faults.append(Fault("labels", f"several ids: {', '.join(sorted(ids))}", "keep one id label"))
    return Kind(lanes[0] if lanes else HERE, ids[0] if ids else "", tuple(faults))


def _unknown(word: str) -> Fault:
    known = ", ".join(f"`capability:{lane}`" for lane in LANES)
    return Fault("labels", f"`capability:{word[:60]}` is no kind that we know", f"use one of {known}")


def draft(case: Case, issue: IssueFacts, known: Knowledge, version: int) -> Drafted | tuple[Fault, ...]:
    """The plan of that version, or every fault of the first stage that has any. `known.policy` must be there."""
    policy = known.policy
    assert policy is not None
    product = policy.product_of(case.repo.name)
    if product is None:
        return (Fault("products", f"the policy names no product {case.repo.name}", "add it to `products`"),)
    kind = kind_of(issue.labels)
    if kind.faults:
        return kind.faults
    briefing = _briefing(issue.body, known)
    if not isinstance(briefing, Briefing):
        return briefing
    vertical = choose(briefing.business_type, known.verticals)
    if isinstance(vertical, Refused):
        return (Fault("business_type", vertical.why, vertical.next),)
    return _plan(
        PlanInputs(
            subject=_subject(case, issue, kind.display_id or f"{product.key}-{case.number}", version),
            briefing=briefing,
            vertical=vertical,
            policy=policy,
            product=product,
            cards=known.cards,
            templates=known.templates,
            own_templates=known.own_templates,
            workflow=known.workflow,
            catalogue=known.catalogue,
            check_files=known.check_files,
            took=known.took,
        )
    )


def _subject(case: Case, issue: IssueFacts, display_id: str, version: int) -> Subject:
    return Subject(
        repository_id=case.repo.id,
        repository=case.repo.name,
        issue_node_id=case.node_id,
        issue_number=case.number,
        display_id=display_id,
        version=version,
        opened_on=issue.created_at[:10],
    )


def _briefing(body: str, known: Knowledge) -> Briefing | tuple[Fault, ...]:
    document = read_body(body, read_form(known.form))
    return document if isinstance(document, tuple) else read_briefing(document)


def _plan(inputs: PlanInputs) -> Drafted | tuple[Fault, ...]:
    plan = plan_for(inputs)
    if isinstance(plan, tuple):
        return plan
    return Drafted(plan, canonical(inputs.briefing.model_dump(mode="json")))


def house_faults(known: Knowledge) -> tuple[Fault, ...]:
    """What of the operations repository is missing or wrong, so that nothing can be planned at all."""
    if known.policy is None:
        missing = Fault(
            "policy", "the operations repository has no policy we can read", "add .github/millwright.yml"
        )
        return known.policy_faults or (missing,)
    if known.workflow is None:
        advice = "run `millwright workflow` and commit what it writes"
        return (Fault(known.policy.workflow.path, "the generated workflow is not there", advice),)
    return ()
