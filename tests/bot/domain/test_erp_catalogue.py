"""What an Odoo can be asked for is data: closed, each name once, and enough for verticals and people's words."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.domain.briefing import ERPConfig
from bot.domain.erp import NOTHING_KNOWN, Catalogue, parse_catalogue
from bot.load.blueprints import all_of_them, erp_catalogue, verticals

KNOWN = erp_catalogue()


def text(name: str) -> str:
    return (files("templates") / "odoo" / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("word", "module"),
    [
        ("projects", "project"), ("sales", "sale_management"), ("inventory", "stock"),
        ("timesheets", "hr_timesheet"),
        ("invoicing", "account"), ("accounting", "account"), ("crm", "crm"), ("point-of-sale", "point_of_sale"),
        ("subscriptions", "sale_subscription"), ("time-off", "hr_holidays"),
    ],
)  # fmt: skip
def test_peoples_words_mean_odoos_modules(word: str, module: str) -> None:
    found = KNOWN.module(word)
    assert found is not None
    assert found.name == module


def test_every_module_that_a_briefing_or_a_trade_names_by_itself_is_known() -> None:
    default: list[str] = ERPConfig.model_fields["modules"].get_default(call_default_factory=True)
    trades = [one.template_config.erp for one in verticals()]
    names = {*default, *(name for erp in trades for name in (*erp.required_modules, *erp.optional_modules))}
    assert [name for name in sorted(names) if KNOWN.module(name) is None] == []


def test_what_brings_accounting_is_known() -> None:
    bringing = {one.name for one in KNOWN.modules if one.edition == "community" and "account" in one.everything}
    assert bringing == {
        "account", "sale", "sale_management", "sale_timesheet", "purchase", "purchase_stock", "hr_expense",
        "website_sale", "point_of_sale",
    }  # fmt: skip


def test_what_a_module_brings_brings_what_it_brings() -> None:
    for module in KNOWN.modules:
        for name in module.brings:
            inner = KNOWN.module(name)
            assert inner is None or set(inner.brings) <= module.everything, (module.name, name)


def test_an_enterprise_module_names_the_community_way_and_a_gone_one_what_replaced_it() -> None:
    for module in KNOWN.modules:
        assert (module.edition == "enterprise") == (module.instead is not None), module.name
        assert module.is_gone == (module.replaced_by is not None), module.name
        assert module.replaced_by is None or KNOWN.module(module.replaced_by) is not None
        assert set(module.less) <= {module.name, *module.also}


def test_a_group_belongs_to_the_module_that_is_said_to_bring_it() -> None:
    for role in KNOWN.roles:
        for group in role.groups:
            assert group.id.partition(".")[0] == group.module
            assert group.module == "base" or any(group.module in one.everything for one in KNOWN.modules)


def test_who_gets_the_settings_has_a_privilege_to_be_looked_at() -> None:
    strong = {"base.group_system", "base.group_erp_manager"}
    assert [role.name for role in KNOWN.roles if strong & {group.id for group in role.groups}] == [
        "admin", "access_rights",
    ]  # fmt: skip
    assert all(role.privilege for role in KNOWN.roles if strong & {group.id for group in role.groups})


@pytest.mark.parametrize(
    "word", ["user", "admin", "sales", "sales-manager", "project_manager", "accountant", "hr"]
)
def test_the_roles_that_briefings_use_are_known(word: str) -> None:
    assert KNOWN.role(word) is not None


def test_near_misses_are_recognised_and_what_is_gone_is_not_advised() -> None:
    assert KNOWN.like("saless")[0] == "sales"
    assert "project_timesheet" not in KNOWN.like("project_timesheets")
    assert KNOWN.like("helpdesk_mgnt", ["helpdesk_mgmt"])[0] == "helpdesk_mgmt"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{name: crm, label: CRM,", "{name: crm, lable: CRM,", "lable is no field"),
        ("also: [leads, pipeline]", "also: [leads, projects]", "means two things by projects"),
        ("{name: mail,", "{name: Mail,", "modules.*name is not written"),
    ],
)
def test_a_broken_list_is_refused_with_what_is_wrong(old: str, new: str, message: str) -> None:
    modules = text("modules.yaml")
    assert old in modules
    with pytest.raises(ValueError, match=message):
        parse_catalogue(modules.replace(old, new), text("roles.yaml"))


def test_the_lists_come_with_the_blueprints_and_nothing_is_known_without_them() -> None:
    shipped = all_of_them()["catalogue"]
    assert isinstance(shipped, Catalogue)
    assert shipped == KNOWN
    assert NOTHING_KNOWN.module("crm") is None
