"""A company of a real Odoo 19 with the module account: its fiscal year, and what its books forbid."""

from __future__ import annotations

from typing import Any

import pytest

from executors.errors import WorldError
from executors.protocol.odoo import Company, SetCompany
from executors.world.odoo import company
from tests.executors.world.odoo.played import Real, playing


def setting(place: Real, **settings: str) -> SetCompany:
    return SetCompany(at=place.at, company=1, settings=Company(**settings), before=Company())


def booked(place: Real) -> list[int]:
    """A draft entry of two lines."""
    accounts: Any = place.client.call("account.account", "search", domain=[], limit=2)
    lines = [
        [0, 0, {"account_id": one, "debit": debit, "credit": 5 - debit}]
        for one, debit in zip(accounts, (5, 0), strict=True)
    ]
    values = {"move_type": "entry", "line_ids": lines}
    made: list[int] = place.client.call("account.move", "create", vals_list=[values])
    return made


def test_a_fiscal_year_is_set_and_taken_back():
    with playing("company/fiscal.yaml") as place:
        inverse = company.set_company(place.client, setting(place, fiscal_year_end="06-30"))
        assert inverse == setting(place, fiscal_year_end="12-31").model_copy(
            update={"before": Company(fiscal_year_end="06-30")}
        )
        assert company.settle(place.client, setting(place, fiscal_year_end="06-30"))[0] is True
        assert company.set_company(place.client, setting(place, fiscal_year_end="06-30")) is None
        company.set_company(place.client, inverse)
        assert company.settle(place.client, inverse)[0] is True


def test_a_day_that_the_month_does_not_have_is_refused_by_odoo():
    with playing("company/day.yaml") as place:
        with pytest.raises(WorldError, match="Invalid fiscal year last day"):
            company.set_company(place.client, setting(place, fiscal_year_end="06-31"))
        assert company.settle(place.client, setting(place, fiscal_year_end="12-31"))[0] is True


def test_books_forbid_another_currency_and_another_country():
    with playing("company/books.yaml") as place:
        entry = booked(place)
        with pytest.raises(WorldError, match="currency of company 1 cannot be changed any more"):
            company.set_company(place.client, setting(place, currency="GBP"))
        with pytest.raises(WorldError, match="country of company 1 is not changed"):
            company.set_company(place.client, setting(place, country="FR"))
        assert company.set_company(place.client, setting(place, fiscal_year_end="12-31")) is None
        place.client.call("account.move", "unlink", ids=entry)
