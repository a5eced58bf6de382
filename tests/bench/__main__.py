"""`make bench`: every figure that the README claims, beside its floor; exits 1 where a limit is missed."""

from __future__ import annotations

import importlib
import sys
import traceback

from tests.bench.figure import Figure, show

PARTS = (
    "imports",
    "website",
    "copier_peer",
    "deploy",
    "planning",
    "packing",
    "ack",
    "ack_postgres",
    "probot_peer",
    "replicas",
    "drain",
    "working",
    "growth",
    "start",
    "verify",
    "memory",
    "sticky",
    "pacing",
    "odoo",
    "attacks",
)


def main(names: list[str]) -> int:
    """Runs the parts (all, or those named) one after another; nothing else should run meanwhile."""
    figures: list[Figure] = []
    for name in names or PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            figures += importlib.import_module(f"tests.bench.{name}").run()
        except Exception as error:  # noqa: BLE001 - the other parts are measured all the same
            traceback.print_exc()
            figures.append(Figure(name, f"broke: {type(error).__name__}", "", "measured", False))
    show(figures)
    return 1 if any(figure.ok is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
