"""What the demo prints: scenes, quotations, what the ledger records while it happens, and what was checked."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from bot.cli.demo.scene import Scene

QUIET = ("effect.performed",)
"""Ledger entries that are not shown: there is one behind everything else that is."""


@dataclass
class Stage:
    """Prints, and remembers which expectations were not met."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    met: int = 0
    missed: list[str] = field(default_factory=list)

    def scene(self, number: int, title: str) -> None:
        """A new scene begins."""
        self.console.print()
        self.console.rule(f"[bold]{number} · {title}[/]  [dim]{self.seconds:.0f} s[/]", align="left")

    @property
    def seconds(self) -> float:
        """Since the demo began."""
        return time.monotonic() - self.began

    def say(self, text: str) -> None:
        """A line of the transcript."""
        self.console.print(f"   {text}", highlight=False)

    def quote(self, who: str, text: str, lines: int = 14) -> None:
        """Words on GitHub: the first lines, without folded parts and hidden marks."""
        shown = re.sub(r"<details>.*?</details>|<!--.*?-->|<sub>.*?</sub>", "", text, flags=re.DOTALL).strip()
        rows = re.sub(r"\n{3,}", "\n\n", shown).splitlines()
        cut = "\n".join(rows[:lines]) + ("\n\n…" if len(rows) > lines else "")
        self.console.print(
            Panel(Markdown(cut), title=f"[dim]{escape(who)}[/]", title_align="left", border_style="dim")
        )

    def expect(self, what: str, happened: object) -> None:
        """Something that the demo promises."""
        if happened:
            self.met += 1
            self.say(f"[green]✓[/] {what}")
        else:
            self.missed.append(what)
            self.say(f"[red]✗ {what}[/]")

    def table(self, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        """A small table."""
        table = Table(*columns, title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2))
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def curtain(self) -> int:
        """The end: 0 when everything happened as promised."""
        self.console.print()
        if self.missed:
            self.console.print(Panel("\n".join(self.missed), title="did not happen", border_style="red"))
            return 1
        text = f"All {self.met} things happened that the demo promises, in {self.seconds:.0f} s."
        self.console.print(Panel(text, border_style="green"))
        return 0

    @asynccontextmanager
    async def watching(self, scene: Scene, case: str, doing: str) -> AsyncIterator[list[str]]:
        """Shows ledger entries of the case as they are written; yields the list of their types."""
        seen: list[str] = []
        start = len(await scene.bot.store.lines(case))
        with self.console.status(f"   {doing}") as status:
            task = asyncio.create_task(self._follow(scene, case, start, seen))
            try:
                yield seen
            finally:
                await asyncio.sleep(0.2)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                status.stop()

    async def _follow(self, scene: Scene, case: str, shown: int, seen: list[str]) -> None:
        while True:
            lines = await scene.bot.store.lines(case)
            for line in lines[shown:]:
                seen.append(line.entry.type)
                if line.entry.type not in QUIET:
                    self._entry(line.n, line.entry.type, line.entry.actor.login, line.entry.data)
            shown = len(lines)
            await asyncio.sleep(0.1)

    def _entry(self, n: int, kind: str, login: str, data: dict[str, object]) -> None:
        words = [str(data[name]) for name in ("verb", "leg", "step", "job", "code", "outcome") if data.get(name)]
        if kind == "leg.journalled":
            words.append(f"lines {data.get('from', '?')}–{data.get('to', '?')}")
        self.say(f"[dim]ledger {n:>3}[/]  {kind:<24} [dim]{login} {' '.join(words)}[/]")
