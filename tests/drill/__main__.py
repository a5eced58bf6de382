"""`make drill`: for one plan per vertical, each operation fails in each way; exits 1 where anything is left."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from executors.protocol.operation import Operation
from executors.world.world import World
from tests.drill.acts import refused, unheard
from tests.drill.firm import BRIEFINGS, Firm, firm
from tests.drill.rows import Row, announced, back_to, failed, retried, undisturbed


def rows(made: Firm) -> Iterator[Row]:
    """Each operation refused, unheard and at a place that breaks; each of them retried; back to each step."""
    operations, after = undisturbed(made)
    for at in range(len(operations)):
        for act in (refused, unheard):
            yield failed(made, at, act)
            yield retried(made, at, act, after)
        yield _broken(made, at, operations[at])
    for leg in made.plan.legs:
        for step in leg.steps:
            yield back_to(made, step, after)
    yield _unproven(made, len(operations) - 1)
    yield announced(made, len(operations) - 1, refused)


def _unproven(made: Firm, at: int) -> Row:
    """Everything is done, and the final validation finds a web server that fails."""

    def silenced(world: World, one: Operation) -> Operation | None:
        made.web.broken = True
        return world.apply(one)

    def mended() -> None:
        made.web.broken = False

    return failed(made, at, silenced, mended)


def _broken(made: Firm, at: int, operation: Operation) -> Row:
    """The name server dies, or the machine lets nobody in any more, when the operation is due; then it is back."""
    keys = made.target.folder / "authorized_keys"
    kept, is_name = keys.read_text(), operation.op == "set_records"

    def breaks(world: World, one: Operation) -> Operation | None:
        if is_name:
            made.bind.stop()
        else:
            keys.write_text("")
        return world.apply(one)

    def mended() -> None:
        if is_name:
            made.bind.start()
        else:
            keys.write_text(kept)

    return failed(made, at, breaks, mended)


def main(names: list[str]) -> int:
    """Drills the named verticals, or all, one after another, and prints their table."""
    console, wrong = Console(width=140), 0
    for vertical in names or BRIEFINGS:
        table = Table(title=f"{vertical}: a plan that fails, and what is left of it")
        for column in (
            "at operation, or back to",
            "run ended",
            "told to remain",
            "differs from what it should be",
        ):
            table.add_column(column, overflow="fold")
        with tempfile.TemporaryDirectory(prefix="d-") as name, firm(Path(name), vertical) as made:
            for row in rows(made):
                console.print(f"{vertical}: {row.name}: {row.outcome}", highlight=False)
                remains, differs = "\n".join(row.residue) or "nothing", "\n".join(row.differs) or "in nothing"
                table.add_row(row.name, row.outcome, remains, differs)
                wrong += not row.is_exact
        console.print(table)
    console.print("Every drill ended as it should." if not wrong else f"{wrong} drills left something.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
