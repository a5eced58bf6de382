"""Who asks for more than they may: see `catalogue/escalated.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_nobody_gets_more_than_they_may() -> None:
    found = await accepted("escalated")
    assert not found, found
