"""What was right once, once more: see `catalogue/replayed.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_nothing_that_is_said_again_is_accepted_again() -> None:
    found = await accepted("replayed")
    assert not found, found
