"""`make chaos`: nothing that was accepted is lost, nothing happens twice, whoever is killed and whatever fails.

`python -m tests.chaos [SEED]` makes everything; `python -m tests.chaos bugs [SEED]` only shows that planted bugs
are found. The seed fixes what people do and every throw of the dice; what the machine does first is not in its
power.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.chaos.bots import deaths
from tests.chaos.bugs import BUGS, Bug
from tests.chaos.course import CALM, ROUGH, Outcome, Pass, go
from tests.chaos.judge import judged
from tests.chaos.script import COURSES
from tests.chaos.table import complaint, table
from tests.postgres import Server, Unavailable, server

MIX = {
    "done": 14, "resumed": 3, "taken back": 3, "left": 18, "talked about": 8, "rejected": 16, "cancelled": 16,
    "edited": 11, "held": 11,
}  # fmt: skip
"""A hundred capabilities, twenty of which change a site."""
SMALL = {"done": 6, "resumed": 2, "taken back": 2, "rejected": 2, "edited": 2}
BUGGY = {"done": 5, "talked about": 4, "rejected": 3}
KILLS, SMALL_KILLS, BUGGY_KILLS = 40, 10, 12


def main(arguments: Sequence[str]) -> int:
    """0 where everything is as it should be; prints the seed first, and a table for each pass."""
    only_bugs = arguments[:1] == ["bugs"]
    given = [one for one in arguments if one.isdigit()]
    seed = int(given[0]) if given else secrets.randbelow(1_000_000)
    print(f"chaos with SEED={seed}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        postgres = _postgres(stack)
        calm = asyncio.run(go(Pass(dict.fromkeys(COURSES, 1), seed, odds=CALM), folder / "calm"))
        good = _told("the calm pass", calm, calm)
        if not only_bugs:
            good &= _whole(seed, postgres, folder, calm)
        good &= _bugs(seed, postgres, folder, calm)
    return 0 if good else 1


def _postgres(stack: ExitStack) -> Server | None:
    try:
        return stack.enter_context(server())
    except Unavailable as why:
        print(f"NO POSTGRESQL, SO NO REPLICAS: one bot on SQLite does everything. {why}", flush=True)
        return None


def _whole(seed: int, postgres: Server | None, folder: Path, calm: Outcome) -> bool:
    how = Pass(MIX, seed, odds=ROUGH, deaths=deaths(KILLS, Random(seed)))
    if postgres is not None:
        how = replace(how, database=postgres.fresh(), replicas=2)
    what = "two replicas on PostgreSQL" if postgres else "one bot on SQLite"
    good = _told(what, asyncio.run(go(how, folder / "whole")), calm)
    small = Pass(SMALL, seed, odds=ROUGH, deaths=deaths(SMALL_KILLS, Random(seed)))
    return _told("a smaller pass on SQLite", asyncio.run(go(small, folder / "small")), calm) and good


def _bugs(seed: int, postgres: Server | None, folder: Path, calm: Outcome) -> bool:
    found = [_is_found(name, bug, seed, postgres, folder, calm) for name, bug in BUGS.items()]
    return all(found)


def _is_found(name: str, bug: Bug, seed: int, postgres: Server | None, folder: Path, calm: Outcome) -> bool:
    if bug.replicas > 1 and postgres is None:
        print(f"the planted bug {name} takes two replicas, so it cannot be planted on SQLite", flush=True)
        return True
    ends = deaths(BUGGY_KILLS, Random(seed))
    how = Pass(BUGGY, seed, odds=ROUGH, deaths=ends, replicas=bug.replicas, bug=name, patience=40.0)
    if bug.replicas > 1 and postgres is not None:
        how = replace(how, database=postgres.fresh())
    outcome = asyncio.run(go(how, folder / name))
    verdict = judged(outcome, calm)
    words = "found" if not verdict.is_good else "NOT FOUND"
    first = next(iter([*verdict.doubled, *verdict.lost, *verdict.other]), "nothing is wrong")
    print(f"planted bug {name} ({bug.what}): {words} in {outcome.seconds:.0f} s\n  {first}", flush=True)
    return not verdict.is_good


def _told(what: str, outcome: Outcome, calm: Outcome) -> bool:
    verdict = judged(outcome, calm)
    print(table(what, outcome, verdict), flush=True)
    if not verdict.is_good:
        print(complaint(verdict, outcome, calm), flush=True)
    return verdict.is_good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
