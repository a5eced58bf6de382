"""A plan as a page for the terminal: what comes next first, then steps, what is not available, risks, notes."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli._screen import LEVEL_STYLE, plain, styled
from bot.domain.website_steps import undo_text
from executors.protocol.plan import Estimate, Plan, Reason

HEADING = "Not available in this release"


def show(plan: Plan, where: str, screen: Console) -> None:
    """Print the plan; `where` says in a sentence what it is planned for."""
    screen.print(_head(plan, where))
    for title, body in _sections(plan):
        screen.print(Text(f"\n{title}", style="bold"))
        screen.print(Padding(body, (0, 0, 0, 2)))


def _head(plan: Plan, where: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Plan", styled(plan.title, "bold"))
    table.add_row("Token", Text(plan.token, style="bold cyan"))
    table.add_row("Risk", Text(plan.risk.level, style=LEVEL_STYLE[plan.risk.level]))
    table.add_row("Takes", Text(_estimate(plan.estimate)))
    table.add_row("For", styled(where))
    if plan.dry_run:
        table.add_row("Mode", Text("dry run: the briefing asks for a plan and no execution", style="yellow"))
    return table


def _sections(plan: Plan) -> Iterator[tuple[str, RenderableType]]:
    yield "Steps", _steps(plan) if plan.steps else Text("none: nothing of the briefing's scope is available")
    if plan.unavailable:
        yield HEADING, _unavailable(plan)
    if plan.risk.reasons:
        yield "Risks of this plan", _reasons(plan.risk.reasons)
    if plan.risk.general:
        yield "Risks of the trade, for the reader", _reasons(plan.risk.general)
    if plan.notes:
        yield "Notes", Group(*(styled(f"- {note}") for note in plan.notes))


def _steps(plan: Plan) -> Table:
    table = _table("", "Step", "What it does", "If it is taken back")
    for number, step in enumerate(plan.steps, start=1):
        undo = f"{step.undo}: {undo_text(step)}"
        table.add_row(str(number), styled(step.title, "bold"), styled(step.summary), styled(undo))
    return table


def _unavailable(plan: Plan) -> Table:
    table = Table.grid(padding=(0, 2))
    for one in plan.unavailable:
        why = "" if one.why in HEADING.lower() else one.why
        asked = "in the scope of the briefing" if one.in_scope else ""
        table.add_row(styled(f"- {one.name}"), styled("; ".join(filter(None, (why, asked))), "dim"))
    return table


def _reasons(reasons: tuple[Reason, ...]) -> Table:
    table = _table("Severity", "Risk", "What is done about it")
    for reason in reasons:
        told = f"{reason.severity}, {reason.points} points"
        severity = Text(told, style=LEVEL_STYLE[reason.severity])
        table.add_row(severity, styled(reason.text), styled(reason.mitigation))
    return table


def _estimate(estimate: Estimate) -> str:
    known = f" ({estimate.basis})" if estimate.basis else ""
    minutes = plain(f"{estimate.minutes_low}–{estimate.minutes_high} runner minutes{known}")
    if estimate.cost_low is None or estimate.cost_high is None:
        return f"{minutes}; what they cost is not known, the policy names no price for the runner"
    if float(estimate.cost_high) == 0:
        return f"{minutes}, at no cost"
    return plain(f"{minutes}, {estimate.cost_low}–{estimate.cost_high} {estimate.currency}")


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
