"""One measured figure beside its floor or limit, and the table of them all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """`ok` is None where there is no limit; `floor` is what it is held against, measured in the same run."""

    name: str
    value: str
    floor: str
    limit: str
    ok: bool | None = None


def seconds(work: Callable[[], object], times: int = 7) -> float:
    """The shortest of several runs, in seconds: what else the machine does can only add to it."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def show(figures: list[Figure]) -> None:
    """Prints the table, and below it how many limits are met and which are not."""
    table = Table(
        title="millwright bench: each figure beside its floor, measured in this run",
        caption="A floor is the same work without us, or its libraries alone: 0.5 × is half the floor's speed.",
    )
    for column in ("figure", "measured", "floor or peer", "limit", ""):
        table.add_column(column, overflow="fold")
    for figure in figures:
        mark = "" if figure.ok is None else "[green]met[/]" if figure.ok else "[red]MISSED[/]"
        table.add_row(figure.name, figure.value, figure.floor, figure.limit, mark)
    console = Console(width=160)
    console.print(table)
    judged = [figure for figure in figures if figure.ok is not None]
    console.print(f"{sum(figure.ok is True for figure in judged)} of {len(judged)} limits met.")
    for figure in judged:
        if not figure.ok:
            console.print(f"  missed: {figure.name}: {figure.value}, wanted {figure.limit}", highlight=False)
