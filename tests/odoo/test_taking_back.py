"""What a leg did to an Odoo is taken back: by its copy exactly, by difference as far as that is nobody's work."""

from __future__ import annotations

from pathlib import Path

from tests.odoo.erp import Erp, company, fiscal_year, modules, place, users
from tests.odoo.server import Instance
from tests.odoo.state import databases, state

SALES = "sales_team.group_sale_salesman"


def test_a_restored_copy_is_the_database_as_it_was(odoo: Instance, tmp_path: Path) -> None:
    before, at = state(odoo), place(odoo, snapshot=True)
    erp = Erp.on(odoo, tmp_path, company(at), modules(at, "crm"), users(at, SALES, after=["crm"]))
    erp.preview()
    assert erp.execute().outcome == "completed"
    assert databases(odoo) == sorted([odoo.database, f"{odoo.database}-copy"])
    assert state(odoo) != before
    ended = erp.rollback()
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert state(odoo) == before
    assert databases(odoo) == [odoo.database]
    assert erp.called("button_immediate_uninstall") == 0


def test_by_difference_the_modules_are_as_before_but_only_when_nobody_loses_work(
    odoo: Instance, tmp_path: Path
) -> None:
    before, at = odoo.modules(), place(odoo)
    erp = Erp.on(odoo, tmp_path, company(at), modules(at, "crm"), users(at, SALES, after=["crm"]))
    erp.preview()
    assert erp.execute().outcome == "completed"
    [lead] = odoo.call("crm.lead", "create", vals_list=[{"name": "A customer", "type": "lead"}])
    ended = erp.rollback()
    assert ended.outcome == "failed"
    assert any("1 crm.lead" in line and "nothing was uninstalled" in line for line in ended.residue)
    assert odoo.rows("crm.lead", [], "name")
    odoo.call("crm.lead", "unlink", ids=[lead])
    again = erp.rollback()
    assert (again.outcome, again.residue) == ("rolled_back", ())
    assert odoo.modules() == before
    assert not odoo.rows("res.users", [["login", "like", "acme.example"]], "login")
    assert odoo.rows("res.company", [], "country_id")[0]["country_id"] is False


def test_accounting_comes_as_foretold_and_is_not_uninstalled_once_something_is_posted(
    odoo: Instance, tmp_path: Path
) -> None:
    before, at = set(odoo.modules()), place(odoo)
    erp = Erp.on(odoo, tmp_path, company(at), modules(at, "account"), fiscal_year(at, "06-30"))
    erp.preview()
    ended = erp.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert set(odoo.modules()) - before == erp.foretold()
    assert "l10n_de" in odoo.modules()
    [year] = odoo.rows("res.company", [], "chart_template", "fiscalyear_last_month", "fiscalyear_last_day")
    assert (year["fiscalyear_last_month"], year["fiscalyear_last_day"]) == ("6", 30)
    assert year["chart_template"] == "de_skr03"
    post(odoo)
    ended = erp.rollback()
    assert ended.outcome == "failed"
    assert any("account.move" in line for line in ended.residue), ended.residue
    assert odoo.sql("select state from account_move") == [["posted"]]
    assert "account" in odoo.modules()


def post(odoo: Instance) -> None:
    """Book ten euros and post the entry."""
    accounts = odoo.call("account.account", "search", domain=[], limit=2, order="id")
    [journal] = odoo.call("account.journal", "search", domain=[["type", "=", "general"]], limit=1)
    lines = [
        [0, 0, {"account_id": accounts[0], "debit": 10.0, "name": "ten"}],
        [0, 0, {"account_id": accounts[1], "credit": 10.0, "name": "ten"}],
    ]
    vals = {"move_type": "entry", "journal_id": journal, "line_ids": lines}
    [move] = odoo.call("account.move", "create", vals_list=[vals])
    odoo.call("account.move", "action_post", ids=[move])


def test_what_others_installed_on_top_is_not_taken_along(odoo: Instance, tmp_path: Path) -> None:
    at = place(odoo)
    erp = Erp.on(odoo, tmp_path, modules(at, "barcodes"))
    erp.preview()
    assert erp.execute().outcome == "completed"
    install(odoo, "barcodes_gs1_nomenclature")
    ended = erp.rollback()
    assert ended.outcome == "failed"
    assert any("barcodes_gs1_nomenclature" in line for line in ended.residue), ended.residue
    assert {"barcodes", "barcodes_gs1_nomenclature"} <= set(odoo.modules())


def install(odoo: Instance, module: str) -> None:
    """What a person does in the list of apps."""
    found = odoo.call("ir.module.module", "search", domain=[["name", "=", module]])
    odoo.call("ir.module.module", "button_immediate_install", ids=found)


def test_a_copy_is_not_restored_over_the_work_of_others(odoo: Instance, tmp_path: Path) -> None:
    key = odoo.user("base.group_user", "base.group_partner_manager")
    before, at = odoo.modules(), place(odoo, snapshot=True)
    erp = Erp.on(odoo, tmp_path, company(at), modules(at, "barcodes"))
    erp.preview()
    assert erp.execute().outcome == "completed"
    odoo.call("res.partner", "create", vals_list=[{"name": "A new customer"}], key=key)
    ended = erp.rollback()
    # A person's decision falls back on the inverses; the customer is still there then.
    assert ended.outcome == "rolled_back", ended.residue
    assert odoo.rows("res.partner", [["name", "=", "A new customer"]], "name")
    assert odoo.modules() == before


def test_a_leg_that_fails_restores_its_copy_by_itself(odoo: Instance, tmp_path: Path) -> None:
    before, at = state(odoo), place(odoo, snapshot=True)
    # The group belongs to a module that `after` promises and nothing installs.
    erp = Erp.on(odoo, tmp_path, company(at), users(at, SALES, after=["crm"]))
    erp.preview()
    ended = erp.execute()
    assert ended.outcome == "rolled_back", ended.error
    assert SALES in str(ended.error)
    assert state(odoo) == before
    assert databases(odoo) == [odoo.database]
