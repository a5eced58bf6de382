"""Small pictures in text: the step graph, durations, money, the sign of a phase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from bot.domain.approval import Verdict
from bot.domain.messages import CostLine
from bot.say.encode import Markdown
from executors.protocol.plan import Estimate, Plan

PHASES = {
    "draft": "📝",
    "validated": "📋",
    "previewing": "🔎",
    "approved": "👍",
    "executing": "⚙️",
    "waiting": "⏳",
    "monitoring": "📈",
    "held": "⏸️",
    "completed": "✅",
    "failed": "❌",
    "rolling_back": "↩️",
    "rolled_back": "↩️",
    "rejected": "🚫",
    "cancelled": "🚫",
    "pending": "▫️",
    "running": "⚙️",
    "skipped": "⏭️",
}
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
STATUS_COLOURS = {"completed": "#1a7f37", "running": "#0969da", "failed": "#cf222e", "rolled_back": "#8250df"}


def phase_icon(phase: object) -> Markdown:
    """The sign of a phase or step status."""
    return Markdown(PHASES.get(str(phase), "▫️"))


def step_graph(plan: Plan, steps: Mapping[str, str]) -> Markdown:
    """The steps and their dependencies as a Mermaid graph. Only ids stand in it, which are slugs."""
    lines = ["```mermaid", "graph LR"]
    lines += [f"  {step.id}[{step.id}]" for step in plan.steps]
    lines += [f"  {before} --> {step.id}" for step in plan.steps for before in step.depends_on]
    lines += [
        f"  style {step} stroke:{STATUS_COLOURS[status]},stroke-width:3px"
        for step, status in sorted(steps.items())
        if status in STATUS_COLOURS
    ]
    return Markdown("\n".join([*lines, "```"]))


def duration(seconds: object) -> Markdown:
    """Seconds as people say them; what is no number of seconds is unknown, never 0."""
    if not _SECONDS.fullmatch(str(seconds)):
        return Markdown("unknown")
    whole = int(Decimal(str(seconds)))
    if whole < 90:
        return Markdown(f"{whole} s")
    return Markdown(f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h")


def cost_range(estimate: Estimate) -> Markdown:
    """The estimate's cost; what is unknown is said to be unknown, never 0."""
    if estimate.cost_low is None and estimate.cost_high is None:
        return Markdown("unknown (no price table)")
    low, high = estimate.cost_low or "?", estimate.cost_high or "?"
    amount = low if low == high else f"{low}–{high}"
    return Markdown(f"{amount} {estimate.currency}")


def total(lines: Iterable[CostLine]) -> Markdown:
    """The sum of a cost report; with an unknown part it says ≥."""
    found = list(lines)
    known = [Decimal(line.amount) for line in found if line.amount is not None]
    if not known:
        return Markdown("unknown")
    sign = "" if len(known) == len(found) else "≥ "
    return Markdown(f"{sign}{sum(known, Decimal(0)).normalize():f} {found[0].currency}")


def walk(verdict: Verdict, depth: int = 0) -> Iterator[tuple[int, Verdict]]:
    """A verdict and its reasons, depth first; at most eight levels."""
    yield depth, verdict
    if depth < 8:
        for child in verdict.children[:30]:
            yield from walk(child, depth + 1)


def indent(depth: int) -> Markdown:
    """The indentation of a list item."""
    return Markdown("  " * depth)
