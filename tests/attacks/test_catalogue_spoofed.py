"""Who looks like somebody else: see `catalogue/spoofed.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_nobody_decides_by_looking_like_somebody_else() -> None:
    found = await accepted("spoofed")
    assert not found, found
