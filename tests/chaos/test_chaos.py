"""A small chaos: six capabilities, every fault, a bot killed at each of the five points, and a calm end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.sandbox.faults import KINDS
from tests.chaos.bots import Death
from tests.chaos.child import POINTS
from tests.chaos.course import CALM, ROUGH, Pass, go
from tests.chaos.judge import judged
from tests.chaos.table import complaint

COURSES = ("done", "talked about", "rejected")
SEED = 20


async def test_bots_that_die_and_a_github_that_fails_come_to_the_same_end(tmp_path: Path) -> None:
    ends = (*(Death(point, times) for times, point in enumerate(POINTS, start=2)), Death("after Seal", 1))
    rough = Pass(dict.fromkeys(COURSES, 2), SEED, odds=ROUGH, deaths=ends, patience=120.0)
    calm = Pass(dict.fromkeys(COURSES, 1), SEED, odds=CALM, patience=120.0)
    ours, theirs = await asyncio.gather(go(rough, tmp_path / "rough"), go(calm, tmp_path / "calm"))
    verdict = judged(ours, theirs)
    assert verdict.is_good, complaint(verdict, ours, theirs)
    assert len(ours.books) == 6
    assert sum(ours.kills.values()) == len(ends)
    assert set(KINDS) <= set(ours.faults), ours.faults
    assert {"delivery dropped", "delivery doubled"} <= set(ours.faults)
