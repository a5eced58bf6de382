"""The rules of risk: which of the seven triggers a plan pulls, and the level that follows from them.

A reason has points: its severity (1 LOW to 4 CRITICAL) times its probability (1 LOW to 3 HIGH). They say what to
look at first. The level follows from the severities alone, as the rules want it.

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
WORTH_ATTENTION = 3
"""Points from which on what is done about a reason is recommended: HIGH, however unlikely."""


@dataclass(frozen=True)
class Trigger:
    """One rule: it fires for a briefing and its steps, or not."""

    code: str
    severity: RiskLevel
    probability: str
    text: str
    mitigation: str
    impact: str
    fires: Callable[[Briefing, Sequence[Step]], bool]
    blames: Callable[[Step], bool] = lambda _step: False


def _publishes(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    """A website or a name is in scope, and this is no dry run."""
    return not briefing.is_dry_run and (briefing.in_scope("website") or briefing.in_scope("dns"))


def _is_public(step: Step) -> bool:
    return step.executor in ("deploy", "dns")


def _depends_on_an_erp(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    """An ERP is in scope and asked for."""
    return briefing.in_scope("erp") and briefing.erp_config is not None


def _is_of_the_erp(step: Step) -> bool:
    return step.executor.startswith("odoo_")


def _sets_up_many_integrations(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    """More than two integrations are enabled and in scope."""
    enabled = [one for one in briefing.integrations if one.enabled]
    return briefing.in_scope("integrations") and len(enabled) > MANY_INTEGRATIONS


def _is_an_integration(step: Step) -> bool:
    return step.executor == "integration"


def _cannot_all_be_taken_back(_briefing: Briefing, steps: Sequence[Step]) -> bool:
    """A step cannot be taken back, or leaves traces."""
    return any(_leaves_traces(step) for step in steps)


def _leaves_traces(step: Step) -> bool:
    return step.undo in ("compensate", "irreversible")


def _has_many_steps(_briefing: Briefing, steps: Sequence[Step]) -> bool:
    """There are more than ten steps."""
    return len(steps) > MANY_STEPS


def _is_a_dry_run(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    """The briefing wants to see a plan only."""
    return briefing.is_dry_run


def _carries_itself_out(briefing: Briefing, _steps: Sequence[Step]) -> bool:
    """The briefing asks that nobody looks."""
    return briefing.auto_execute


TRIGGERS = (
    Trigger(
        "domain", "HIGH", "LOW",
        "What is published is public at once and speaks in the firm's name.",
        "Look at the previewed pages before approving; the release served before can be put back.",
        "Visitors and search engines see a mistake before anybody corrects it.",
        _publishes, _is_public,
    ),
    Trigger(
        "erp_dependency", "HIGH", "MEDIUM",
        "The plan changes an ERP that daily work depends on.",
        "Take a snapshot first and run the preview against the real instance.",
        "People cannot work in the ERP until it is put right.",
        _depends_on_an_erp, _is_of_the_erp,
    ),
    Trigger(
        "many_integrations", "MEDIUM", "MEDIUM",
        f"More than {MANY_INTEGRATIONS} integrations are set up at once, so a failure is harder to place.",
        "Set them up in several capabilities.",
        "Finding the one that fails takes longer.",
        _sets_up_many_integrations, _is_an_integration,
    ),
    Trigger(
        "not_reversible", "HIGH", "MEDIUM",
        "Some steps cannot be taken back, or not without traces.",
        "Read the undo plan of these steps before approving.",
        "What these steps leave behind stays until people remove it.",
        _cannot_all_be_taken_back, _leaves_traces,
    ),
    Trigger(
        "many_steps", "MEDIUM", "LOW",
        f"The plan has more than {MANY_STEPS} steps.",
        "Narrow it with `scope`.",
        "A run takes longer, and so does taking it back.",
        _has_many_steps,
    ),
    Trigger(
        "dry_run", "LOW", "LOW",
        "This is a dry run: it shows a plan that nobody can carry out.",
        "Remove `dry_run` when the plan is right.",
        "Nothing is changed.",
        _is_a_dry_run,
    ),
    Trigger(
        "auto_execute", "HIGH", "HIGH",
        "The briefing asks to be carried out without anyone looking at the plan.",
        "Approve it by hand; only plans of LOW risk are carried out by policy.",
        "A mistake in the briefing becomes real with nobody between.",
        _carries_itself_out,
    ),
)  # fmt: skip
"""The seven triggers in the order in which they are shown."""


def assess(briefing: Briefing, steps: Sequence[Step], general: tuple[Reason, ...]) -> Risk:
    """The plan's risk: the level of what it does, the rules that fired, and the trade's `general` risks."""
    reasons = tuple(_reason(rule, steps) for rule in TRIGGERS if rule.fires(briefing, steps))
    level = overall([reason.severity for reason in reasons])
    return Risk(
        level=level, reasons=reasons, general=general, warnings=_warnings(steps), recommendations=_first(reasons)
    )


def _reason(rule: Trigger, steps: Sequence[Step]) -> Reason:
    about = tuple(step.id for step in steps if rule.blames(step))
    values = {name: getattr(rule, name) for name in _TOLD}
    return Reason.model_validate(values | {"steps": about})


_TOLD = ("code", "severity", "probability", "text", "mitigation", "impact")


def _warnings(steps: Sequence[Step]) -> tuple[str, ...]:
    """What cannot be taken back as it was, step by step."""
    words = {
        "irreversible": "cannot be taken back",
        "compensate": "is taken back by another change; traces remain",
    }
    return tuple(f"{step.id} {words[step.undo]}." for step in steps if step.undo in words)


def _first(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """What is done about the reasons, the weightiest first; nothing for those that are worth no attention."""
    weighty = [reason for reason in reasons if reason.points >= WORTH_ATTENTION]
    return tuple(reason.mitigation for reason in sorted(weighty, key=lambda reason: -reason.points))


def overall(severities: Sequence[RiskLevel]) -> RiskLevel:
    """One level of many: any CRITICAL is CRITICAL, 2 HIGH are HIGH, 1 HIGH or 3 MEDIUM are MEDIUM, else LOW."""
    high, medium = severities.count("HIGH"), severities.count("MEDIUM")
    if "CRITICAL" in severities:
        return "CRITICAL"
    if high >= 2:
        return "HIGH"
    return "MEDIUM" if high == 1 or medium >= 3 else "LOW"
