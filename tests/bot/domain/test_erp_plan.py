"""An ERP is planned in steps of its own, before the website; what it lacks and what to look at twice is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.erp_steps import SNAPSHOT, UNDO, year_end
from bot.domain.faults import Fault
from bot.domain.planner import PlanInputs, plan_for
from bot.domain.policy import Policy
from bot.domain.website_steps import undo_text
from bot.domain.wishes import open_choices
from executors import catalog
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan, Step
from tests.bot.domain.acme import SUBJECT, acme, erp_policy, plan_inputs, planned, raw

STEPS = ["erp-company", "erp-modules", "erp-fiscal-year", "erp-users"]
ALL = {"scope": ["website", "erp"]}


def inputs(rules: Policy | None = None) -> PlanInputs:
    return plan_inputs(rules=rules or erp_policy())


def erp(rules: Policy | None = None, **config: Any) -> Plan:
    """The plan of Acme's ERP alone, with these changes to its `erp_config`."""
    wanted = raw()["erp_config"] | config
    return planned(inputs(rules), briefing=acme(scope=["erp"], erp_config=wanted))


def refused(**config: Any) -> tuple[Fault, ...]:
    wanted = raw()["erp_config"] | config
    faults = plan_for(replace(inputs(), briefing=acme(scope=["erp"], erp_config=wanted)))
    assert isinstance(faults, tuple), "the plan was made"
    return faults


def operated(step: Step) -> dict[str, Any]:
    """The inputs of a step without its place."""
    return {name: value for name, value in step.inputs.items() if name != "at"}


def test_acme_with_an_odoo_becomes_two_legs_the_erp_first() -> None:
    plan = planned(inputs(), briefing=acme(**ALL))
    assert [step.id for step in plan.steps] == [*STEPS, "preflight", "website", "deploy", "validate"]
    assert [(leg.id, leg.environment, leg.secrets, leg.hosts) for leg in plan.legs] == [
        ("erp", "erp", ("ODOO_KEY", "ODOO_MASTER"), ("erp.acme.example",)),
        ("website", None, (), ("127.0.0.1:8080",)),
    ]
    assert plan.legs[0].steps == tuple(STEPS)
    assert [plan.step(step).depends_on for step in STEPS] == [(), *((step,) for step in STEPS[:-1])]
    assert [one.name for one in plan.unavailable if one.in_scope] == []
    assert open_choices(plan) == ()


def test_each_step_says_what_it_does_to_which_odoo() -> None:
    plan = erp()
    assert [operated(step) for step in plan.steps] == [
        {"country": "DE", "currency": "EUR", "fiscal_year_end": None},
        {"modules": ["crm", "project", "hr_timesheet", "account"], "edition": "community", "country": "DE"},
        {"country": None, "currency": None, "fiscal_year_end": "12-31"},
        {
            "users": [
                {
                    "login": "admin@acme.example",
                    "name": "Admin User",
                    "groups": ["base.group_user", "base.group_system"],
                }
            ],
            "after": ["crm", "project", "hr_timesheet", "account"],
        },
    ]
    (place,) = {canonical(step.inputs["at"]) for step in plan.steps}
    assert plan.steps[0].inputs["at"] == {
        "kind": "odoo",
        "url": "https://erp.acme.example",
        "database": "acme",
        "login": "millwright@acme.example",
        "key": "ODOO_KEY",
        "master": "ODOO_MASTER",
        "snapshot": "acme-before-acme-7-v1-427772",
    }
    assert b"acme-before-acme-7-v1-427772" in place


@pytest.mark.parametrize("rules", [erp_policy(), erp_policy(without="master")], ids=["snapshot", "no snapshot"])
def test_the_inputs_of_each_step_are_what_its_executor_takes(rules: Policy) -> None:
    for step in erp(rules).steps:
        catalog.executor(step.executor).inputs.model_validate(step.inputs)


def test_the_copys_name_keeps_its_end_when_the_databases_is_long() -> None:
    place = inputs(erp_policy(without="database", more=f"database: {'d' * 63}")).policy.environments[1]
    assert place.kind == "odoo"
    name = place.copy_name("ACME-7", 12, "I_1") or ""
    assert name.startswith(f"{'d' * 38}-before-acme-7-v12-")
    assert len(name) == 63
    assert len(place.copy_name("ABCDEFGHIJKL-123456789", 10, "I_1") or "") == 63


def test_two_issues_with_one_display_id_never_share_a_copy() -> None:
    place = inputs(erp_policy()).policy.environments[1]
    assert place.kind == "odoo"
    assert place.copy_name("ACME-7", 1, "I_1") != place.copy_name("ACME-7", 1, "I_2")


def test_another_version_makes_a_copy_of_another_name() -> None:
    later = planned(replace(inputs(), subject=replace(SUBJECT, version=2)), briefing=acme(scope=["erp"]))
    assert later.steps[0].inputs["at"]["snapshot"].startswith("acme-before-acme-7-v2-")


def test_with_a_copy_every_step_is_undone_by_it_and_says_so() -> None:
    plan = erp()
    assert {step.undo for step in plan.steps} == {"snapshot"}
    assert {undo_text(step) for step in plan.steps} == {SNAPSHOT}
    assert "not_reversible" not in [reason.code for reason in plan.risk.reasons]
    assert not any("No copy" in note for note in plan.notes)


@pytest.mark.parametrize("change", [{"without": "master"}, {"more": "snapshot: false"}], ids=str)
def test_without_a_copy_each_step_says_what_its_own_undo_leaves(change: dict[str, str]) -> None:
    plan = erp(erp_policy(**change))
    assert [(step.undo, undo_text(step)) for step in plan.steps] == [
        (catalog.executor(step.executor).undo, UNDO[step.executor]) for step in plan.steps
    ]
    assert all(step.inputs["at"]["snapshot"] is None for step in plan.steps)
    reasons = {reason.code: reason.steps for reason in plan.risk.reasons}
    assert reasons["not_reversible"] == ("erp-modules", "erp-users")
    assert plan.risk.level == "HIGH"
    assert plan.notes[0].startswith("No copy of acme is made first, for the environment `erp` takes none")


def test_the_risk_of_an_erp_blames_its_steps() -> None:
    (reason,) = erp().risk.reasons
    assert (reason.code, reason.steps) == ("erp_dependency", tuple(STEPS))


def test_who_becomes_administrator_is_to_be_looked_at_twice() -> None:
    users = [
        {"name": "Ann", "email": "ann@x.example", "role": "admin"},
        {"name": "bo@x.example", "email": "bo@x.example", "role": "administrator"},
        {"name": "Cy", "email": "cy@x.example"},
    ]
    plan = erp(users=users)
    (note,) = [note for note in plan.notes if note.startswith("Look twice")]
    assert note.startswith("Look twice at the role `admin` of Ann, bo: it may change every setting")
    words = [plan.title, *plan.notes, *(text for step in plan.steps for text in (step.title, step.summary))]
    assert "@" not in "".join(words)
    assert plan.step("erp-users").inputs["users"][1]["name"] == "bo"
    assert plan.step("erp-users").inputs["users"][2]["groups"] == ["base.group_user"]


def test_rights_of_a_module_that_does_not_come_are_said() -> None:
    users = [{"name": "Ann", "email": "ann@x.example", "role": "hr"}]
    notes = erp(modules=["crm"], users=users).notes
    assert any(note.startswith("The role `hr` of Ann comes with `hr`, which this plan does not") for note in notes)
    sales = [{"name": "Ann", "email": "ann@x.example", "role": "sales-manager"}]
    assert not any("which this plan does not" in note for note in erp(modules=["crm"], users=sales).notes)


@pytest.mark.parametrize(
    ("start", "end"),
    [("01-01", "12-31"), ("04-01", "03-31"), ("03-01", "02-29"), ("02-29", "02-28"), ("07-15", "07-14")],
)
def test_a_fiscal_year_ends_on_the_day_before_it_starts(start: str, end: str) -> None:
    assert year_end(start) == end
    assert erp(fiscal_year_start=start).step("erp-fiscal-year").inputs["fiscal_year_end"] == end


def test_without_accounting_there_is_no_fiscal_year_to_set() -> None:
    plan = erp(modules=["crm", "projects"], fiscal_year_start="04-01")
    assert [step.id for step in plan.steps] == ["erp-company", "erp-modules", "erp-users"]
    assert plan.step("erp-users").depends_on == ("erp-modules",)
    assert any("none of these modules brings accounting" in note for note in plan.notes)
    assert "erp-fiscal-year" in [step.id for step in erp(modules=["purchase"]).steps]


def test_what_is_not_asked_for_has_no_step() -> None:
    assert [step.id for step in erp(modules=[], users=[]).steps] == ["erp-company"]


def test_words_of_people_become_odoos_and_one_module_is_installed_once() -> None:
    plan = erp(modules=["projects", "project", "point-of-sale", "sales"])
    assert plan.step("erp-modules").inputs["modules"] == ["project", "point_of_sale", "sale_management"]


def test_less_than_the_word_promises_is_said_on_community_only() -> None:
    words = ["accounting", "invoicing"]
    (note,) = [note for note in erp(modules=words).notes if "Invoicing only" in note]
    assert note.startswith("`accounting` is Odoo's `account`.")
    assert not any(
        "Invoicing only" in note for note in erp(erp_policy(more="edition: enterprise"), modules=words).notes
    )


def test_what_the_trade_usually_has_is_said_and_not_installed() -> None:
    plan = erp(modules=["crm", "project"])
    assert plan.step("erp-modules").inputs["modules"] == ["crm", "project"]
    (note,) = [note for note in plan.notes if "usually also has" in note]
    assert "hr_timesheet (Task Logs), account (Invoicing), sale (" in note


def test_an_enterprise_module_on_community_waits_for_a_choice() -> None:
    plan = erp(modules=["crm", "subscriptions"])
    assert plan.step("erp-modules").inputs["modules"] == ["crm"]
    (choice,) = open_choices(plan)
    assert (choice.code, choice.who) == ("choice_missing", "Odoo module subscriptions (sale_subscription)")
    assert choice.why == "needs Odoo Enterprise, and the environment `erp` is Community"
    assert choice.next.startswith("name `sale_management`")
    rich = erp(erp_policy(more="edition: enterprise"), modules=["crm", "subscriptions"])
    assert open_choices(rich) == ()
    assert rich.step("erp-modules").inputs["modules"] == ["crm", "sale_subscription"]


@pytest.mark.parametrize(
    ("gone", "now"), [("project_timesheet", "hr_timesheet"), ("account_invoicing", "account")]
)
def test_a_module_of_long_ago_is_refused_with_what_replaced_it(gone: str, now: str) -> None:
    (choice,) = open_choices(erp(modules=["crm", gone]))
    assert (choice.who, choice.next) == (f"Odoo module {gone}", f"write `{now}` instead")


def test_an_unknown_module_or_role_is_a_fault_in_its_place() -> None:
    people = [{"name": "Ann", "email": "ann@x.example", "role": "boss"}]
    module, role = refused(modules=["crm", "saless"], users=people)
    assert (module.path, module.message) == ("erp_config.modules.1", "`saless` is no module that we know")
    assert "did you mean `sales`" in module.next
    assert "`modules` of the policy's environment `erp`" in module.next
    assert (role.path, role.message) == ("erp_config.users.0.role", "`boss` is no role that we know")
    assert "sales_manager" in role.next


def test_a_module_that_the_policy_allows_is_installed() -> None:
    plan = erp(erp_policy(more="modules: [helpdesk_mgmt]"), modules=["helpdesk_mgmt"])
    assert plan.step("erp-modules").inputs["modules"] == ["helpdesk_mgmt"]


NEVER: dict[str, Any] = {
    "custom_fields": {"x_studio": "char"},
    "language": "de-DE",
    "timezone": "Europe/Berlin",
    "company_name": "Acme",
}


@pytest.mark.parametrize("name", NEVER)
def test_what_this_release_does_for_no_odoo_blocks_until_it_is_taken_out(name: str) -> None:
    (choice,) = open_choices(erp(**{name: NEVER[name]}))
    assert choice.code == "choice_missing"
    assert f"`erp_config.{name}`" in choice.next
    assert open_choices(erp()) == ()


def test_an_erp_out_of_scope_is_left_alone_and_said() -> None:
    plan = planned(inputs(), briefing=acme())
    assert [leg.id for leg in plan.legs] == ["website"]
    assert plan.notes[0].startswith("Named in the briefing and not in its scope, so left alone: Odoo module crm,")
    assert "@" not in plan.notes[0]
    assert [one.name for one in plan.unavailable] == [
        "Integration Contact Form to Odoo CRM",
        "DNS records for acme-consulting.example",
    ]


def test_out_of_scope_nothing_of_the_erp_can_be_a_fault() -> None:
    config = raw()["erp_config"] | {"modules": ["nonsense"]}
    assert planned(inputs(), briefing=acme(erp_config=config)).steps


def test_a_scope_without_the_website_brings_no_template_into_the_plan() -> None:
    plan = erp()
    assert plan.templates == {}
    assert not any("Added, for" in note for note in plan.notes)


def test_the_advice_to_narrow_the_scope_keeps_what_can_be_done() -> None:
    choice, names = open_choices(planned(inputs(), briefing=acme(scope=None)))
    assert choice.next == "add `scope: [website, erp]` to the briefing"
    assert names.next.endswith(f", or {choice.next}")


def test_where_an_executor_is_missing_its_part_is_not_available() -> None:
    cards = {name: card for name, card in inputs().cards.items() if name != "odoo_create_users"}
    plan = planned(replace(inputs(), cards=cards), briefing=acme(scope=["erp"]))
    assert [step.id for step in plan.steps] == STEPS[:3]
    assert [one.name for one in plan.unavailable if one.in_scope] == ["Odoo user Admin User"]


def test_a_dry_run_shows_the_erps_steps_and_no_leg() -> None:
    plan = planned(inputs(), briefing=acme(**ALL, dry_run=True))
    assert [step.id for step in plan.steps][:4] == STEPS
    assert plan.legs == ()


def test_the_same_briefing_gives_the_same_plan() -> None:
    made = inputs()
    assert len({canonical(planned(made, briefing=acme(**ALL)).to_json()) for _ in range(100)}) == 1


def test_what_it_takes_is_estimated_from_modules_and_legs() -> None:
    assert [step.estimate_seconds for step in erp().steps] == [60, 120, 60, 60]
    estimate = planned(inputs(), briefing=acme(**ALL)).estimate
    assert (estimate.minutes_low, estimate.minutes_high) == (4, 20)  # (5 + 10 + 2) × 1.2, two jobs a leg
