"""Modules: what is shown is what comes, what cannot be is refused in words, and facts hold from step to step."""

from __future__ import annotations

from itertools import pairwise

import pytest

from executors.errors import WorldError
from executors.kinds.odoo_install_modules import EXECUTOR, Inputs, look, propose, verify
from executors.protocol.operation import Operation
from tests.executors.kinds.odoo.record import ORDER
from tests.executors.kinds.odoo.stand_in import (
    AT,
    WITH_COPY,
    Eyes,
    Recorded,
    as_sixteen,
    installed_in,
    recorded,
)

STEP = "erp-modules"


def inputs(*modules: str, **changes: object) -> Inputs:
    return Inputs.model_validate({"at": AT, "modules": modules, "edition": "community", **changes})


def proposed(given: Inputs, database: Recorded) -> list[Operation]:
    return list(propose(given, STEP, look(given, STEP, Eyes(database))))


def told(given: Inputs, database: Recorded, *, holds: bool | None = None) -> dict[tuple[str, str], str]:
    seen = look(given, STEP, Eyes(database)).seen
    return {(fact.target.partition("#")[2], fact.fact): fact.value for fact in seen if holds in (None, fact.holds)}


def refused(given: Inputs, database: Recorded) -> str:
    with pytest.raises(WorldError) as error:
        proposed(given, database)
    assert not error.value.again
    return str(error.value)


def test_crm_on_an_empty_database_is_one_operation_that_says_what_it_brings():
    (one,) = proposed(inputs("crm"), recorded())
    assert one.target == "odoo:odoo.example/firm#crm"
    assert set(one.brings) == installed_in("after-1-crm") - installed_in("base")
    assert set(one.before) == installed_in("base")


def test_all_modules_are_proposed_in_one_round_each_on_what_the_one_before_leaves():
    operations = proposed(inputs(*ORDER), recorded())
    assert [one.module for one in operations] == ["account", "crm", "project", "hr_timesheet", "sale_management"]
    for earlier, later in pairwise(operations):
        assert set(later.before) == set(earlier.before) | set(earlier.brings)


def test_when_all_is_there_it_proposes_nothing_and_asks_once():
    database = recorded("after-5-sale_management")
    assert proposed(inputs(*ORDER), database) == []
    assert database.calls == ["ir.module.module"]
    assert verify(inputs(*ORDER), STEP, Eyes(database)) == []


def test_a_first_look_asks_four_times():
    database = recorded()
    look(inputs("crm", country="DE"), STEP, Eyes(database))
    assert database.calls == ["ir.module.module", "ir.module.module.dependency", "res.company", "res.country"]


def test_people_read_what_comes_with_each_module():
    facts = told(inputs("crm", "base"), recorded())
    assert facts["crm", "comes-with"].startswith("installs 30 modules: auth_passkey_portal, auth_signup, ")
    assert facts["base", "there-already"] == "installed"
    assert (facts["", "server"], facts["", "edition"]) == ("Odoo 19.0", "community")


def test_without_a_copy_they_read_exactly_what_would_be_uninstalled_and_what_stays():
    facts = told(inputs("crm"), recorded())
    assert "uninstalls exactly auth_passkey_portal, auth_signup, " in facts["", "modules-taken-back"]
    assert "lost" in facts["", "modules-taken-back"]
    assert "tables" in facts["", "modules-leave-behind"]


def test_with_a_copy_they_read_its_name_instead():
    facts = told(inputs("crm", at=WITH_COPY), recorded())
    assert "restoring the copy firm-before" in facts["", "taken-back"]
    assert ("", "modules-taken-back") not in facts


def test_what_holds_is_the_same_before_and_after_the_company_step():
    given = inputs(*ORDER, country="DE")
    before, after = (told(given, recorded(name), holds=True) for name in ("base", "base-de"))
    assert before == after
    assert "l10n_de" in before["account", "comes-with"]


def test_a_country_given_late_changes_nothing_of_what_holds():
    given = inputs("project", country="DE")
    database, later = (recorded("after-2-account", release=(18, 0)) for _ in range(2))
    database.row("res.company", id=1)["country_id"] = False
    later.row("res.company", id=1)["country_id"] = [57, "Germany"]
    later.mark(**dict.fromkeys(proposed(given, database)[0].before, "installed"))
    assert told(given, database, holds=True) == told(given, later, holds=True)
    assert proposed(given, database) == proposed(given, later)


def test_a_copy_that_was_made_meanwhile_changes_no_fact():
    given = inputs("crm", at=WITH_COPY)
    assert told(given, recorded()) == told(given, recorded(copies=frozenset({"firm-before"})))


def test_the_copy_comes_first_whatever_bears_its_name_already():
    given = inputs("crm", at=WITH_COPY)
    assert [one.op for one in proposed(given, recorded())] == ["copy_database", "install_module"]
    copied = recorded(copies=frozenset({"firm-before"}))
    assert [one.op for one in proposed(given, copied)] == ["copy_database", "install_module"]
    assert proposed(given, recorded("after-1-crm")) == []


def test_a_copy_that_cannot_be_made_stops_it_before_anything():
    assert "set `snapshot: false`" in refused(inputs("crm", at=WITH_COPY), recorded(copies=None))
    assert proposed(inputs("crm", at=WITH_COPY), recorded("after-1-crm", copies=None)) == []


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("crmm", "no module crmm: did you mean crm"),
        ("xq_zzz_kkk", "check its technical name"),
        ("project_timesheet", "ask for `hr_timesheet`"),
        ("account_accountant", "ask for `account`"),
        ("sale_subscription", "belongs to Odoo Enterprise and this server is Community"),
        ("accountant", "ask for `account` (Invoicing)"),
    ],
)
def test_what_cannot_be_installed_is_refused_with_what_to_do(module, said):
    assert said in refused(inputs("crm", module), recorded())


def test_every_reason_is_said_at_once():
    said = refused(inputs("accountant", "nope", "crmm"), recorded())
    assert all(name in said for name in ("accountant", "nope", "crmm"))


def test_a_module_whose_needs_are_not_on_the_server_is_refused():
    database = recorded()
    database.mark(sales_team="uninstallable")
    assert "crm needs sales_team" in refused(inputs("crm"), database)


def test_another_edition_than_the_policys_is_refused():
    assert "correct `edition`" in refused(inputs("crm", edition="enterprise"), recorded())


def test_modules_that_exclude_each_other_are_refused():
    database = recorded()
    crm, project = (database.row("ir.module.module", name=name) for name in ("crm", "project"))
    crm["exclusion_ids"] = [1]
    database.tables["ir.module.module.exclusion"] = [{"id": 1, "name": "project", "module_id": [crm["id"], "CRM"]}]
    assert "crm and project exclude each other" in refused(inputs("crm", project["name"]), database)
    assert len(proposed(inputs("crm"), database)) == 1


def test_marks_left_behind_are_shown_cleared_and_then_installed_upon():
    database = recorded()
    database.mark(crm="to install", mail="to install", web="to upgrade")
    reset, install = proposed(inputs("crm"), database)
    assert (reset.op, reset.modules) == ("reset_modules", ("crm", "mail", "web"))
    assert set(install.brings) == installed_in("after-1-crm") - installed_in("base")
    facts = told(inputs("crm"), database)
    assert facts["", "left-to-install"].startswith("2 modules: crm, mail")
    assert facts["", "left-to-upgrade"].startswith("1 module: web")


def test_marks_on_what_nobody_asked_for_are_left_alone_where_all_is_there():
    database = recorded("after-1-crm")
    database.mark(project="to install")
    assert proposed(inputs("crm"), database) == []


def test_a_mark_on_what_was_asked_for_is_cleared_even_where_nothing_is_to_come():
    database = recorded("after-1-crm")
    database.mark(crm="to upgrade")
    assert [one.op for one in proposed(inputs("crm"), database)] == ["reset_modules"]
    assert verify(inputs("crm"), STEP, Eyes(database))[0].message == "crm is to upgrade instead of installed"


def test_marks_that_move_are_an_operation_at_work_and_worth_another_try():
    database = recorded()
    database.mark(crm="to install", mail="to install")
    database.after = lambda one: one.mark(mail="installed")
    with pytest.raises(WorldError, match="at work") as error:
        proposed(inputs("crm"), database)
    assert error.value.again


@pytest.mark.parametrize(("release", "said"), [((15, 0), "upgrade the server"), ((20, 0), "newer release")])
def test_a_version_that_is_not_known_is_refused_before_anything_is_asked(release, said):
    database = recorded(release=release)
    with pytest.raises(WorldError, match=said):
        look(inputs("crm"), STEP, Eyes(database))
    assert database.calls == []


def test_on_version_sixteen_it_asks_only_for_what_is_there():
    (one,) = proposed(inputs("crm"), as_sixteen(recorded()))
    assert "mail" in one.brings


def test_a_key_that_sees_no_modules_is_told_what_it_needs():
    database = recorded()
    database.tables["ir.module.module"] = []
    with pytest.raises(WorldError, match="read access on"):
        look(inputs("crm"), STEP, Eyes(database))


def test_a_country_that_nobody_knows_is_refused():
    with pytest.raises(WorldError, match="knows no country XX"):
        look(inputs("crm", country="XX"), STEP, Eyes(recorded()))


def test_success_that_is_none_is_found_out():
    (found,) = verify(inputs("crm"), STEP, Eyes(recorded()))
    assert (found.level, found.message) == ("failure", "crm is uninstalled instead of installed")


def test_the_evidence_holds_every_installed_module_with_its_version():
    record = look(inputs("crm"), STEP, Eyes(recorded("after-1-crm"))).record
    assert set(record["modules"]) == installed_in("after-1-crm")
    assert record["modules"]["crm"][0] == "installed"
    assert record["modules"]["crm"][1].startswith("19.0.")
    assert list(record["modules"]) == sorted(record["modules"])


def test_its_record_names_all_that_it_proposes():
    assert EXECUTOR.undo == "compensate"
    assert (EXECUTOR.limits.timeout_seconds, EXECUTOR.limits.retries) == (3600, 3)
