"""Words that would be more than words: see `catalogue/injected.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_words_of_others_stay_words() -> None:
    found = await accepted("injected")
    assert not found, found
