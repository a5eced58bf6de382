"""Shows a run while it happens: a live table on a terminal, a line for each thing that happened anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.cli._screen import styled
from executors.protocol.finding import Finding
from executors.protocol.journal import Intent, JournalLine, Looked, Noted, Result, StepFinished, StepStarted
from executors.protocol.operation import in_words
from executors.protocol.plan import Leg, Plan

ICON = {
    "waiting": ("·", "dim"),
    "completed": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("–", "yellow"),
    "rolled_back": ("↩", "cyan"),
}
LEVEL = {"notice": "dim", "warning": "yellow", "failure": "red"}


@dataclass
class _Row:
    title: str
    status: str = "waiting"
    detail: str = ""
    seconds: str = ""


@dataclass
class Progress:
    """A journal's sink."""

    plan: Plan
    leg: Leg
    screen: Console
    verb: str
    changed: int = 0
    """Operations on the world, build folders left out."""
    _rows: dict[str, _Row] = field(default_factory=dict)
    _live: Live | None = None

    def __post_init__(self) -> None:
        """Begin with every step waiting."""
        self._rows = {step.id: _Row(step.title) for step in self.plan.steps if step.id in self.leg.steps}

    def __enter__(self) -> Self:
        """Take the terminal over."""
        if self.screen.is_terminal:
            self._live = Live(self._table(), console=self.screen, refresh_per_second=12)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last state on the terminal."""
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
            self._live.stop()

    def see(self, line: JournalLine) -> None:
        """Show what a journal line says."""
        match line.body:
            case StepStarted(step=step) if step in self._rows:
                self._rows[step] = _Row(self._rows[step].title, "running", "looking")
            case Looked(step=step, planned=planned) if step in self._rows:
                todo = ", ".join(f"{item.count} × {words(item.op)}" for item in planned)
                self._say(step, f"to do: {todo}" if todo else "as it should be")
            case Intent(step=step) as intent if step in self._rows:
                self._intent(intent)
            case Result(step=step, ok=False, error=error) if step in self._rows:
                self._say(step, error or "failed")
            case StepFinished(step=step) as end if step in self._rows:
                self._finished(end)
            case Noted(finding=finding):
                self._found(finding)
            case _:
                return
        if self._live is not None:
            self._live.update(self._table())

    def _say(self, step: str, text: str) -> None:
        self._rows[step].detail = text
        if self._live is None:
            self.screen.print(styled(f"  {step}: {text}"), soft_wrap=True)

    def _intent(self, intent: Intent) -> None:
        if (intent.operation.get("at") or {}).get("kind") == "scratch":
            return
        self.changed += 1
        back = "taking back, " if intent.undoes else ""
        self._say(intent.step, f"{back}{words(in_words(intent.operation))}")

    def _finished(self, end: StepFinished) -> None:
        row = self._rows[end.step]
        row.status, row.seconds = end.status, f"{float(end.seconds):.1f} s" if float(end.seconds) else ""
        row.detail = end.error or self._summary(end)
        if self._live is None:
            icon = ICON[end.status][0]
            self.screen.print(styled(f"{icon} {row.title}: {row.detail} {row.seconds}".rstrip()), soft_wrap=True)

    def _summary(self, end: StepFinished) -> str:
        match end.status:
            case "rolled_back":
                return "taken back"
            case "completed" if self.verb == "preview":
                return "looked at; nothing outside the build folder was touched"
            case "completed" if end.changed == 0:
                return "nothing to change"
            case "completed":
                return f"{end.changed} operations done"
            case _:
                return end.status

    def _found(self, finding: Finding) -> None:
        text = f"  {finding.level}: {finding.message}"
        self.screen.print(styled(text, LEVEL[finding.level]), soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for row in self._rows.values():
            sign, style = ICON.get(row.status, ("", ""))
            icon = Spinner("dots") if row.status == "running" else Text(sign, style=style)
            table.add_row(icon, styled(row.title, "bold"), styled(row.detail), Text(row.seconds, style="dim"))
        return table


def words(operation: str) -> str:
    """`store_release` as people say it."""
    return operation.replace("_", " ")
