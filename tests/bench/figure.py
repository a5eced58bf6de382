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
    """Prints the table."""
    table = Table(title="millwright bench: each figure beside its floor, measured in this run")
    for column in ("figure", "measured", "floor or peer", "limit", ""):
        table.add_column(column, overflow="fold")
    for figure in figures:
        mark = "" if figure.ok is None else "[green]met[/]" if figure.ok else "[red]MISSED[/]"
        table.add_row(figure.name, figure.value, figure.floor, figure.limit, mark)
    Console(width=160).print(table)
