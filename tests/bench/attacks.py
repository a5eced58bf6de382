"""The catalogue of attacks, played over real HTTP against the whole house: how many, and how many work.

`python -m tests.bench.attacks` prints the table; `run()` returns the figures for `make bench`. The judge is that
of the tests, and `tests/attacks/test_catalogue_judge.py` shows that it bites.
"""

from __future__ import annotations

import asyncio
import time

from tests.attacks.catalogue.kinds import KINDS, verdicts
from tests.bench.figure import Figure, show

WANTED = 80


def run() -> list[Figure]:
    """A figure for each kind, and one for all; an attack that was accepted is named in its kind's row."""
    return asyncio.run(_played())


async def _played() -> list[Figure]:
    figures, accepted, begun = [], 0, time.perf_counter()
    for kind, attacks in KINDS.items():
        started = time.perf_counter()
        found = [one for one in await verdicts(kind) if one.accepted]
        accepted += len(found)
        named = "".join(f"; accepted: {one.attack.threat} {one.attack.name}" for one in found)
        value = f"{len(attacks)} attacks, {len(found)} accepted, {time.perf_counter() - started:.0f} s{named}"
        figures.append(Figure(f"attacks: {kind}", value, "", "0 accepted", not found))
    total = sum(map(len, KINDS.values()))
    value = f"{total} attacks, {accepted} accepted, {time.perf_counter() - begun:.0f} s"
    is_met = total >= WANTED and not accepted
    return [*figures, Figure("attacks over HTTP", value, "", f"≥ {WANTED} attacks, 0 accepted", is_met)]


if __name__ == "__main__":
    show(run())
