"""The rules of risk: which of the seven triggers a plan pulls, and the level that follows from them.

A trigger counts only where its subject is in scope. The trade's general risks are listed for the reader and raise
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.briefing import Briefing
from executors.protocol.plan import Reason, Risk, RiskLevel, Step

MANY_INTEGRATIONS = 2
MANY_STEPS = 10


@dataclass(frozen=True)
class Trigger:
    """One rule: it fires for a briefing and its steps, or not."""

    code: str
    severity: RiskLevel
    probability: str
    text: str
    mitigation: str
    fires: Callable[[Briefing, Sequence[Step]], bool]
    blames: Callable[[Step], bool] = lambda _step: False


def _domain(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    return not briefing.is_dry_run and (briefing.in_scope("website") or briefing.in_scope("dns"))


def _erp(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    return briefing.in_scope("erp") and briefing.erp_config is not None


def _integrations(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    enabled = [one for one in briefing.integrations if one.enabled]
    return briefing.in_scope("integrations") and len(enabled) > MANY_INTEGRATIONS


def _leaves_traces(step: Step) -> bool:
    return step.undo in ("compensate", "irreversible")


TRIGGERS = (
    Trigger(
        "domain", "HIGH", "LOW",
        "What is published is public at once and speaks in the firm's name.",
        "Look at the previewed pages before approving; the release served before can be put back.",
        _domain, lambda step: step.executor in ("deploy", "dns"),
    ),
    Trigger(
        "erp_dependency", "HIGH", "MEDIUM",
        "The plan changes an ERP that daily work depends on.",
        "Take a snapshot first and run the preview against the real instance.",
        _erp, lambda step: step.executor.startswith("odoo_"),
    ),
    Trigger(
        "many_integrations", "MEDIUM", "MEDIUM",
        f"More than {MANY_INTEGRATIONS} integrations are set up at once, so a failure is harder to place.",
        "Set them up in several capabilities.",
        _integrations, lambda step: step.executor == "integration",
    ),
    Trigger(
        "not_reversible", "HIGH", "MEDIUM",
        "Some steps cannot be taken back, or not without traces.",
        "Read the undo plan of these steps before approving.",
        lambda _briefing, steps: any(_leaves_traces(step) for step in steps),
        _leaves_traces,
    ),
    Trigger(
        "many_steps", "MEDIUM", "LOW",
        f"The plan has more than {MANY_STEPS} steps.",
        "Narrow it with `scope`.",
        lambda _briefing, steps: len(steps) > MANY_STEPS,
    ),
    Trigger(
        "dry_run", "LOW", "LOW",
        "This is a dry run: it shows a plan that nobody can carry out.",
        "Remove `dry_run` when the plan is right.",
        lambda briefing, _steps: briefing.is_dry_run,
    ),
    Trigger(
        "auto_execute", "HIGH", "HIGH",
        "The briefing asks to be carried out without anyone looking at the plan.",
        "Approve it by hand; only plans of LOW risk are carried out by policy.",
        lambda briefing, _steps: briefing.auto_execute,
    ),
)  # fmt: skip
"""The seven triggers in the order in which they are shown."""


def assess(briefing: Briefing, steps: Sequence[Step], general: tuple[Reason, ...]) -> Risk:
    """The plan's risk: the level of what it does, the rules that fired, and the trade's `general` risks."""
    reasons = tuple(
        Reason.model_validate(
            {
                "code": rule.code,
                "severity": rule.severity,
                "probability": rule.probability,
                "text": rule.text,
                "mitigation": rule.mitigation,
                "steps": tuple(step.id for step in steps if rule.blames(step)),
            }
        )
        for rule in TRIGGERS
        if rule.fires(briefing, steps)
    )
    return Risk(level=overall([reason.severity for reason in reasons]), reasons=reasons, general=general)


def overall(severities: Sequence[RiskLevel]) -> RiskLevel:
    """One level of many: any CRITICAL is CRITICAL, 2 HIGH are HIGH, 1 HIGH or 3 MEDIUM are MEDIUM, else LOW."""
    high, medium = severities.count("HIGH"), severities.count("MEDIUM")
    if "CRITICAL" in severities:
        return "CRITICAL"
    if high >= 2:
        return "HIGH"
    return "MEDIUM" if high == 1 or medium >= 3 else "LOW"
