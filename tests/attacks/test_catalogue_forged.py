"""Forged webhooks and claims, one after another on one stage: see `catalogue/forged.py` and `forged_tokens.py`."""

from __future__ import annotations

from tests.attacks.catalogue.kinds import accepted


async def test_no_forged_webhook_and_no_forged_claim_is_accepted() -> None:
    found = await accepted("forged")
    assert not found, found
