"""People: created once whatever the case of their login, given what they lack, and never shown by login."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from executors.errors import WorldError
from executors.kinds.odoo_create_users import Inputs, look, propose, verify
from executors.protocol.odoo import ChangeGroups, CreateUser
from executors.protocol.operation import Operation
from tests.executors.kinds.odoo.stand_in import AT, WITH_COPY, Eyes, Recorded, as_sixteen, recorded

STEP = "erp-users"
SALES = "sales_team.group_sale_salesman"
ANNA = {"login": "anna_b@firm.example", "name": "Anna", "groups": ["base.group_user", SALES]}
ADMIN = {"login": "ADMIN", "name": "Chief", "groups": ["base.group_user"]}


def inputs(*users: dict[str, object], **changes: object) -> Inputs:
    return Inputs.model_validate({"at": AT, "users": users or (ANNA,), **changes})


def proposed(given: Inputs, database: Recorded) -> list[Operation]:
    return list(propose(given, STEP, look(given, STEP, Eyes(database))))


def with_user(login: str, database: Recorded | None = None, **values: object) -> Recorded:
    database = database or recorded("after-1-crm")
    user = {"id": 40, "name": "There", "login": login, "active": True, "share": False, "all_group_ids": [1]}
    database.tables["res.users"].append({**user, **values})
    return database


def refused(given: Inputs, database: Recorded) -> str:
    with pytest.raises(WorldError) as error:
        proposed(given, database)
    return str(error.value)


def test_somebody_new_is_created_with_the_groups():
    (one,) = proposed(inputs(), recorded("after-1-crm"))
    expected = ("base.group_user", SALES)
    assert one == CreateUser(at=AT, login="anna_b@firm.example", name="Anna", groups=expected)


def test_somebody_without_groups_is_an_internal_user():
    (one,) = proposed(inputs({"login": "bob@firm.example", "name": "Bob"}), recorded())
    assert one.groups == ("base.group_user",)


def test_somebody_who_is_there_in_another_case_gets_what_is_missing_only():
    (one,) = proposed(inputs(), with_user("Anna_B@firm.example"))
    assert one == ChangeGroups(at=AT, login="Anna_B@firm.example", name="Anna", user=40, add=(SALES,))


def test_groups_that_others_imply_are_not_missing():
    assert proposed(inputs(ADMIN), recorded()) == []
    assert verify(inputs(ADMIN), STEP, Eyes(recorded())) == []


def test_an_underscore_in_a_login_stands_for_itself():
    assert [one.op for one in proposed(inputs(), with_user("annaxb@firm.example"))] == ["create_user"]


def test_of_two_accounts_the_one_that_is_written_the_same_is_meant():
    database = with_user("anna_b@firm.example", with_user("ANNA_B@firm.example", id=39))
    assert proposed(inputs(), database)[0].user == 40


def test_two_accounts_that_both_differ_by_case_are_doubtful():
    database = with_user("Anna_b@firm.example", with_user("ANNA_B@firm.example", id=39))
    assert "Anna has 2 accounts" in refused(inputs(), database)


def test_an_archived_account_is_refused_with_what_to_do():
    assert "Anna's account is archived: unarchive it" in refused(
        inputs(), with_user("anna_b@firm.example", active=False)
    )


def test_a_portal_account_is_not_made_internal_silently():
    assert "has a portal account" in refused(inputs(), with_user("anna_b@firm.example", share=True))


def test_a_group_that_comes_with_an_earlier_step_may_be_missing_yet():
    given = inputs(after=["crm"])
    assert [one.op for one in proposed(given, recorded())] == ["create_user"]
    (fact,) = [one for one in look(given, STEP, Eyes(recorded())).seen if one.fact == "group"]
    assert (fact.value, fact.holds) == ("is not there yet; its module comes with crm", False)


def test_a_group_that_no_step_brings_is_refused_with_its_module():
    assert f"no group {SALES}: install sales_team" in refused(inputs(), recorded())
    assert f"no group {SALES}" in refused(inputs(after=["contacts"]), recorded())


def test_a_group_that_its_module_does_not_have_is_refused_once_the_module_is_there():
    wrong = {**ANNA, "groups": ["sales_team.group_sale_wizard"]}
    assert "group_sale_wizard" in refused(inputs(wrong, after=["crm"]), recorded("after-1-crm"))


def test_what_holds_is_the_same_before_and_after_the_modules_came():
    given = inputs(ANNA, ADMIN, after=["crm"], at=WITH_COPY)
    copied = recorded("after-1-crm", copies=frozenset({"firm-before"}))
    before, after = (
        {(fact.target, fact.fact): fact.value for fact in look(given, STEP, Eyes(one)).seen if fact.holds}
        for one in (recorded(), copied)
    )
    assert before == after


def test_what_modules_bring_to_somebody_is_proposed_no_more_than_was_foreseen():
    given = inputs({**ADMIN, "groups": [SALES]}, after=["crm"])
    assert [one.op for one in proposed(given, recorded())] == ["change_groups"]
    assert proposed(given, recorded("after-1-crm")) == []


def test_nobody_reads_a_login():
    facts = look(inputs(ANNA, ADMIN), STEP, Eyes(with_user("Anna_B@firm.example")))
    shown = json.dumps([*(fact.to_json() for fact in facts.seen), facts.record], ensure_ascii=False).casefold()
    assert "anna_b@" not in shown
    assert facts.record["users"]["Anna"] == {"active": True, "groups": ["base.group_user"]}


def test_two_people_of_one_name_are_told_apart():
    other = {"login": "anna.c@firm.example", "name": "Anna"}
    facts = look(inputs(ANNA, other), STEP, Eyes(recorded("after-1-crm")))
    named = [(fact.target, fact.fact) for fact in facts.seen]
    assert len(named) == len(set(named))
    assert facts.record == {"users": {"Anna": None, "Anna (2)": None}}


def test_two_logins_that_differ_by_case_only_are_refused():
    with pytest.raises(ValidationError, match="share a login"):
        inputs(ANNA, {**ANNA, "login": "ANNA_b@firm.example", "name": "Twin"})


def test_nobody_is_inside_and_outside():
    with pytest.raises(ValidationError, match="cannot be in"):
        inputs({**ANNA, "groups": ["base.group_user", "base.group_portal"]})


def test_who_is_missing_or_lacks_a_group_is_a_failure():
    (found,) = verify(inputs(), STEP, Eyes(recorded("after-1-crm")))
    assert (found.level, found.message) == ("failure", "Anna has no active account")
    (found,) = verify(inputs(), STEP, Eyes(with_user("anna_b@firm.example")))
    assert found.message == f"Anna is not in {SALES}"


def test_on_version_sixteen_groups_have_another_field():
    assert proposed(inputs(ADMIN), as_sixteen(recorded())) == []


def test_all_people_are_one_question_and_each_group_another():
    database = recorded("after-1-crm")
    look(inputs(ANNA, ADMIN), STEP, Eyes(database))
    assert database.calls == ["res.users", "reference base.group_user", f"reference {SALES}"]
