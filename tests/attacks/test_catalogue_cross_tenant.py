"""Two organisations of the same names: see `catalogue/cross_tenant.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_one_organisation_moves_nothing_of_another() -> None:
    found = await accepted("cross-tenant")
    assert not found, found
