"""A contact goes with its account only where nobody loses anything by it."""

from __future__ import annotations

import pytest

from executors.world.odoo.contacts import remove_contact
from tests.executors.world.odoo.stand_in import Shop, running

HIDDEN = -1


@pytest.mark.parametrize(
    ("records", "readers", "goes"),
    [(0, 1, True), (2, 1, False), (HIDDEN, 3, False), (HIDDEN, 0, True)],
    ids=["none", "some", "some that only others may read", "of a model that nobody may read"],
)
def test_what_the_keys_owner_may_not_read_may_refer_to_a_contact(records: int, readers: int, goes: bool) -> None:
    counts = {"res.partner": 1, "x.case": records, "ir.model.access": readers}
    with running(Shop({}, refers=["x.case"], counts=counts)) as place:
        remove_contact(place.client(), 7)
    assert place.unlinked == ["res.partner"] * goes
