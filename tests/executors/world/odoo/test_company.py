"""A company of a real Odoo 19 without accounting: settings written once, read back, and taken back exactly."""

from __future__ import annotations

import pytest

from executors.errors import WorldError
from executors.protocol.odoo import Company, SetCompany
from executors.world.odoo import company
from tests.executors.world.odoo.played import Real, playing

BEFORE = Company(country="", currency="USD")


def setting(place: Real, deactivate: tuple[str, ...] = (), **settings: str) -> SetCompany:
    return SetCompany(at=place.at, company=1, settings=Company(**settings), before=BEFORE, deactivate=deactivate)


def awake(place: Real) -> set[str]:
    rows = place.client.call("res.currency", "search_read", domain=[["active", "=", True]], fields=["name"])
    return {row["name"] for row in rows}


def test_country_and_currency_are_set_and_taken_back_with_the_currency_that_was_woken():
    with playing("company/germany.yaml") as place:
        before = awake(place)
        assert "EUR" not in before
        wanted = setting(place, country="DE", currency="EUR")
        assert company.settle(place.client, wanted) == (False, None)
        inverse = company.set_company(place.client, wanted)
        assert inverse == SetCompany(
            at=place.at, company=1, settings=BEFORE, before=wanted.settings, deactivate=("EUR",)
        )
        assert "EUR" in awake(place)
        assert company.settle(place.client, wanted) == (True, inverse)
        assert company.set_company(place.client, wanted) is None
        again = company.set_company(place.client, inverse)
        assert again == setting(place, country="DE", currency="EUR").model_copy(update={"before": BEFORE})
        assert awake(place) == before
        assert company.settle(place.client, inverse)[0] is True


def test_what_is_set_already_is_no_part_of_the_inverse():
    with playing("company/half.yaml") as place:
        inverse = company.set_company(place.client, setting(place, country="AT", currency="USD"))
        assert inverse == SetCompany(
            at=place.at, company=1, settings=Company(country=""), before=Company(country="AT")
        )
        company.set_company(place.client, inverse)
        assert company.settle(place.client, setting(place, country=""))[0] is True


def test_an_inverse_that_was_cut_off_before_the_currency_slept_is_finished():
    with playing("company/cut.yaml") as place:
        inverse = company.set_company(place.client, setting(place, currency="CHF"))
        assert isinstance(inverse, SetCompany)
        company.set_company(place.client, inverse.model_copy(update={"deactivate": ()}))
        assert "CHF" in awake(place)
        assert company.settle(place.client, inverse)[0] is False
        assert company.set_company(place.client, inverse) is None
        assert "CHF" not in awake(place)


def test_a_currency_that_the_company_uses_does_not_sleep_and_it_is_said():
    with playing("company/used.yaml") as place, pytest.raises(WorldError, match="does not put USD to sleep"):
        company.set_company(place.client, setting(place, deactivate=("USD",), currency="USD"))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"country": "XX"}, "does not know the country XX"),
        ({"currency": "XXX"}, "does not know the currency XXX"),
        ({"fiscal_year_end": "12-31"}, "belongs to accounting, which is not installed"),
    ],
)
def test_what_odoo_does_not_know_is_refused(settings, says):
    with playing(f"company/unknown-{'-'.join(settings)}.yaml") as place, pytest.raises(WorldError, match=says):
        company.set_company(place.client, setting(place, **settings))


def test_a_company_that_is_gone_is_refused():
    with playing("company/gone.yaml") as place, pytest.raises(WorldError, match="company 99 is gone"):
        company.set_company(place.client, setting(place, country="DE").model_copy(update={"company": 99}))
