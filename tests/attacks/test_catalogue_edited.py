"""What is changed under people's approvals: see `catalogue/edited.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_nothing_is_carried_out_that_was_edited_after_people_read_it() -> None:
    found = await accepted("edited")
    assert not found, found
