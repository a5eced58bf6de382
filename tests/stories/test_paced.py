"""Capabilities at the rate of forty an hour, pacing on and the sandbox as strict as GitHub (T45)."""

from __future__ import annotations

from pathlib import Path

from tests.bench.pacing import MOST_CONTENT, MOST_SPACING, an_hour

SCALE = 0.25
"""Of GitHub's time: computing is not scaled, and on a busy machine it must not take as long as a real job."""
LABELS = 2
"""Labels that a repository gets once, with its first capability."""


async def test_t45_no_limit_is_met_and_few_writes_are_made(tmp_path: Path) -> None:
    hour = await an_hour(tmp_path / "scene", 2, SCALE)
    assert (hour.done, hour.spent.hits) == (2, 0)
    assert hour.spent.all_content <= 2 * MOST_CONTENT + LABELS
    assert hour.spacing <= MOST_SPACING
    assert hour.spent.all_unchanged > hour.asked * 30, "what is read again is asked for with its ETag"
