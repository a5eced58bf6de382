"""What an installation brings is foretold as a real Odoo 19 then did it, one module after the other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.parts.odoo.arrivals import Arrival, Countries, arrivals, brought_by_country
from executors.parts.odoo.modules import Module, installed, stock, upstream
from tests.executors.kinds.odoo.record import ORDER
from tests.executors.kinds.odoo.stand_in import Recorded, installed_in, recorded

GERMANY = 57
PLAIN = ["base", *(f"after-{place}-{module}" for place, module in enumerate(ORDER, 1))]
GERMAN = ["base-de", *(f"after-de-{place}-{module}" for place, module in enumerate(ORDER, 1))]


def shelf(database: Recorded) -> dict[str, Module]:
    return stock(
        database.tables["ir.module.module"],
        database.tables["ir.module.module.dependency"],
    )


BASE = shelf(recorded())
NAMES = sorted(name for name, module in BASE.items() if module.state == "uninstalled")


@pytest.mark.parametrize(
    ("before", "after", "countries"),
    [
        *((before, after, Countries()) for before, after in pairwise(PLAIN)),
        *((b, a, Countries(frozenset({GERMANY}))) for b, a in pairwise(GERMAN)),
    ],
)
def test_one_module_brings_what_it_really_brought(before, after, countries):
    (foretold,) = arrivals([after.rsplit("-", 1)[1]], shelf(recorded(before)), countries)
    assert set(foretold.brings) == installed_in(after) - installed_in(before)
    assert set(foretold.before) == installed_in(before)


@pytest.mark.parametrize(("recordings", "countries"), [(PLAIN, ()), (GERMAN, (GERMANY,))])
def test_all_that_was_asked_for_brings_what_really_came_in_the_end(recordings, countries):
    foretold = arrivals(ORDER, shelf(recorded(recordings[0])), Countries(frozenset(countries)))
    assert union(foretold) == installed_in(recordings[-1]) - installed_in(recordings[0])


def test_the_numbers_are_those_that_were_measured():
    assert [len(installed_in(name)) for name in (PLAIN[0], PLAIN[1], PLAIN[-1], GERMAN[-1])] == [14, 44, 87, 96]


def test_a_country_that_nobody_is_in_brings_nothing_of_its_own():
    plain, german = (union(arrivals(["account"], BASE, Countries(frozenset(ids)))) for ids in ((), (GERMANY,)))
    assert {"l10n_de", "account_peppol"} <= german - plain


def test_a_country_given_to_a_database_of_base_alone_brings_nothing():
    assert brought_by_country(BASE, GERMANY) == frozenset()
    assert installed_in("base-de") == installed_in("base")


def test_a_country_given_late_brings_its_own_modules_at_once():
    there = shelf(recorded("after-2-account"))
    assert "l10n_de" in brought_by_country(there, GERMANY)
    assert "l10n_de" not in brought_by_country(there, None)


def test_what_the_country_brings_is_there_when_the_modules_come():
    there = shelf(recorded("after-2-account"))
    (foretold,) = arrivals(["project"], there, Countries(frozenset({GERMANY}), new=GERMANY))
    assert "l10n_de" in foretold.before
    assert "l10n_de" not in foretold.brings


def test_a_module_that_comes_by_itself_is_not_installed_once_more():
    foretold = arrivals(["sale_crm", "sale", "crm"], BASE, Countries())
    assert [one.module for one in foretold] == ["crm", "sale"]
    assert "sale_crm" in foretold[1].brings


def test_what_is_needed_comes_before_what_needs_it():
    foretold = arrivals(["crm", "sales_team", "mail"], BASE, Countries())
    assert [one.module for one in foretold] == ["mail", "sales_team", "crm"]


asked = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)


@settings(max_examples=25, deadline=None)
@given(asked, st.randoms(use_true_random=False))
def test_the_order_of_the_asking_does_not_change_what_comes(names, dice):
    shuffled = list(names)
    dice.shuffle(shuffled)
    assert arrivals(shuffled, BASE, Countries()) == arrivals(names, BASE, Countries())


@settings(max_examples=25, deadline=None)
@given(asked)
def test_each_finds_what_those_before_it_brought(names):
    present = installed(BASE)
    for one in arrivals(names, BASE, Countries()):
        assert set(one.before) == present
        assert one.module in one.brings
        assert present.isdisjoint(one.brings)
        assert upstream([one.module], BASE) <= present | set(one.brings)
        present |= set(one.brings)
    assert set(names) <= present


@settings(max_examples=25, deadline=None)
@given(asked)
def test_nothing_comes_where_all_is_there(names):
    there = recorded()
    there.mark(**dict.fromkeys(upstream(names, BASE) & BASE.keys(), "installed"))
    assert arrivals(names, shelf(there), Countries()) == ()


def union(foretold: tuple[Arrival, ...]) -> set[str]:
    return {name for one in foretold for name in one.brings}
