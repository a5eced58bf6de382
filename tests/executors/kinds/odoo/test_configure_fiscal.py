"""The company: set while nothing is booked, refused afterwards, and never guessed where there are several."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from executors.errors import WorldError
from executors.kinds.odoo_configure_fiscal import Inputs, look, propose, verify
from executors.protocol.odoo import Company, SetCompany
from executors.protocol.operation import Operation
from tests.executors.kinds.odoo.stand_in import AT, WITH_COPY, Eyes, Recorded, recorded

STEP = "erp-company"
ACCOUNTED = "after-de-2-account"


def inputs(**changes: object) -> Inputs:
    return Inputs.model_validate({"at": AT, **(changes or {"country": "DE", "currency": "EUR"})})


def proposed(given: Inputs, database: Recorded) -> list[Operation]:
    return list(propose(given, STEP, look(given, STEP, Eyes(database))))


def told(given: Inputs, database: Recorded) -> dict[str, str]:
    return {fact.fact: fact.value for fact in look(given, STEP, Eyes(database)).seen}


def test_country_and_currency_are_one_change_that_knows_what_was_before():
    assert proposed(inputs(), recorded()) == [
        SetCompany(
            at=AT,
            company=1,
            settings=Company(country="DE", currency="EUR"),
            before=Company(country="", currency="USD"),
        )
    ]


def test_only_what_differs_is_changed():
    (change,) = proposed(inputs(country="DE", currency="USD"), recorded())
    assert change.settings == Company(country="DE")
    assert change.before == Company(country="")


def test_a_company_that_is_as_asked_is_left_alone():
    database = recorded("base-de")
    assert proposed(inputs(), database) == []
    assert database.calls == ["fields of res.company", "res.company", "res.country"]
    assert verify(inputs(), STEP, Eyes(database)) == []


def test_people_read_what_is_there():
    facts = told(inputs(), recorded())
    assert (facts["server"], facts["country"], facts["currency"]) == ("Odoo 19.0", "none", "USD")
    assert "setting what was there before" in facts["company-taken-back"]


def test_the_evidence_names_the_company_and_its_settings():
    record = look(inputs(), STEP, Eyes(recorded("base-de"))).record
    assert record == {"company": {"name": "My Company", "country": "DE", "currency": "EUR"}}


def test_a_fiscal_year_is_foreseen_before_invoicing_is_there_and_need_not_hold():
    given = inputs(fiscal_year_end="06-30")
    (change,) = proposed(given, recorded())
    assert (change.settings, change.before) == (Company(fiscal_year_end="06-30"), Company())
    fact = next(one for one in look(given, STEP, Eyes(recorded())).seen if one.fact == "fiscal-year-end")
    assert (fact.value, fact.holds) == ("not there before Invoicing is installed", False)


def test_a_fiscal_year_that_is_there_is_changed_or_left_alone():
    (change,) = proposed(inputs(fiscal_year_end="06-30"), recorded(ACCOUNTED))
    assert change.before == Company(fiscal_year_end="12-31")
    assert proposed(inputs(fiscal_year_end="12-31"), recorded(ACCOUNTED)) == []


def test_facts_that_hold_are_the_same_after_the_steps_before():
    given = inputs(fiscal_year_end="06-30", at=WITH_COPY)
    copied = recorded(ACCOUNTED, copies=frozenset({"firm-before"}))
    before, after = (
        {(fact.target, fact.fact): fact.value for fact in look(given, STEP, Eyes(one)).seen if fact.holds}
        for one in (recorded(), copied)
    )
    assert before == after


def test_what_was_not_set_is_a_failure():
    found = verify(inputs(), STEP, Eyes(recorded()))
    assert [one.message for one in found] == ["country is none instead of DE", "currency is USD instead of EUR"]


@pytest.mark.parametrize("wanted", [{"country": "AT"}, {"currency": "CHF"}])
def test_what_entries_were_made_upon_is_not_changed(wanted):
    with pytest.raises(WorldError, match="My Company has 7 accounting entries") as error:
        proposed(inputs(**wanted), recorded(ACCOUNTED, entries=7))
    assert "an accountant" in str(error.value)
    assert len(proposed(inputs(**wanted), recorded(ACCOUNTED))) == 1


def test_a_fiscal_year_may_change_where_entries_are():
    assert len(proposed(inputs(fiscal_year_end="06-30"), recorded(ACCOUNTED, entries=7))) == 1


def test_several_companies_are_refused_by_name():
    database = recorded()
    database.tables["res.company"].append({**database.tables["res.company"][0], "id": 2, "name": "Other Ltd"})
    with pytest.raises(WorldError, match=r"2 companies \(My Company, Other Ltd\)"):
        look(inputs(), STEP, Eyes(database))


@pytest.mark.parametrize("wanted", [{"country": "XX"}, {"currency": "XXZ"}])
def test_what_this_odoo_does_not_know_is_refused(wanted):
    with pytest.raises(WorldError, match=r"knows no (country|currency) XXZ?: correct it in the briefing"):
        proposed(inputs(**wanted), recorded())


def test_modules_that_come_with_a_country_up_to_version_eighteen_are_shown():
    older, newer = recorded("after-2-account", release=(18, 0)), recorded("after-2-account")
    for database in (older, newer):
        database.row("res.company", id=1)["country_id"] = False
    facts = told(inputs(country="DE"), older)
    assert "l10n_de" in facts["country-brings"]
    assert "stay: " in facts["company-taken-back"]
    assert "country-brings" not in told(inputs(country="DE"), newer)


def test_the_copy_comes_first():
    operations = proposed(inputs(at=WITH_COPY, country="DE"), recorded())
    assert [one.op for one in operations] == ["copy_database", "set_company"]


@pytest.mark.parametrize(
    "wanted", [{"country": None}, {"fiscal_year_end": "06-31"}, {"fiscal_year_end": "02-30"}, {"country": "de"}]
)
def test_inputs_that_ask_for_nothing_or_for_no_day_are_refused(wanted):
    with pytest.raises(ValidationError):
        inputs(**wanted)


def test_the_last_of_february_is_a_day_in_leap_years_too():
    assert inputs(fiscal_year_end="02-29").fiscal_year_end == "02-29"
