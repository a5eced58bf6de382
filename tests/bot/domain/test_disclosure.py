"""What only the firm knows of its imprint is told in the plan where it may be missing, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.domain.acme import acme, plan_inputs, planned, policy, raw
from tests.bot.domain.test_site_place import PAGES, taken

PROFESSION = {"title": "Steuerberaterin", "awarded_in": "Deutschland", "chamber": "Kammer", "rules": "StBerG"}
HOST = {"hosting_provider": "GitHub, Inc."}


def told(more: dict[str, Any], *, pages: bool = False, **changes: Any) -> str:
    legal = raw()["legal"] | more
    rules = taken(PAGES) if pages else policy()
    return " ".join(planned(plan_inputs(acme(legal=legal, **changes), rules)).notes)


@pytest.mark.parametrize(
    ("trade", "country", "more", "said"),
    [
        ("accounting", "DE", {}, True),
        ("legal", "DE", {}, True),
        ("legal", "AT", {}, False),
        ("accounting", "DE", {"profession": PROFESSION}, False),
        ("consulting", "DE", {}, False),
    ],
)
def test_a_regulated_profession_is_asked_for_its_chamber(
    trade: str, country: str, more: dict[str, Any], said: bool
) -> None:
    words = told(more, business_type=trade, country=country)
    assert ("legal.profession" in words) is said


def test_who_serves_the_site_stands_in_the_privacy_notice_or_in_the_plan() -> None:
    assert "legal.hosting_provider: GitHub" in told({}, pages=True)
    assert "hosting_provider" not in told(HOST, pages=True)
    assert "hosting_provider" not in told({})
    assert "hosting_provider" not in told({}, pages=True, scope=["erp"])
