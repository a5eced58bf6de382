"""An ERP is previewed, set up as foretold, and looked at again without anything being proposed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from executors.protocol.journal import Intent, Looked
from tests.odoo.erp import Erp, company, modules, place, users
from tests.odoo.server import Instance


def full(odoo: Instance, folder: Path) -> Erp:
    """Company, CRM, two people."""
    at = place(odoo)
    steps = (company(at), modules(at, "crm"), users(at, "sales_team.group_sale_salesman", after=["crm"]))
    return Erp.on(odoo, folder, *steps)


def small(odoo: Instance, folder: Path) -> Erp:
    """The same, with a copy made first and a module that is there in a second."""
    at = place(odoo, snapshot=True)
    return Erp.on(odoo, folder, company(at), modules(at, "barcodes"), users(at, "base.group_user"))


def settings(odoo: Instance) -> dict[str, object]:
    return odoo.rows("res.company", [], "country_id", "currency_id")[0]


def test_what_is_installed_is_exactly_what_the_preview_said(odoo: Instance, tmp_path: Path) -> None:
    erp, before = full(odoo, tmp_path), set(odoo.modules())
    assert erp.preview().outcome == "completed"
    assert set(odoo.modules()) == before, "a preview changes nothing"
    ended = erp.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert set(odoo.modules()) - before == erp.foretold()
    assert erp.called("button_immediate_install") == 1
    assert settings(odoo)["country_id"][1] == "Germany"  # type: ignore[index]
    assert settings(odoo)["currency_id"][1] == "EUR"  # type: ignore[index]
    made = {row["login"]: row for row in odoo.rows("res.users", [["login", "like", "acme"]], "login", "group_ids")}
    assert odoo.reference("sales_team.group_sale_salesman") in made["anna@acme.example"]["group_ids"]
    assert set(made) == {"anna@acme.example", "bert@acme.example"}


def test_a_second_run_proposes_nothing(odoo: Instance, tmp_path: Path) -> None:
    erp = small(odoo, tmp_path)
    erp.preview()
    assert erp.execute().outcome == "completed"
    first = len(erp.journal)
    assert erp.execute().outcome == "completed"
    again = [line.body for line in erp.journal[first:]]
    assert not any(isinstance(entry, Intent) for entry in again)
    assert all(not entry.planned for entry in again if isinstance(entry, Looked))


def test_what_is_there_already_is_left_alone(odoo_with: Callable[..., Instance], tmp_path: Path) -> None:
    odoo = odoo_with("crm")
    erp = full(odoo, tmp_path)
    erp.preview()
    assert not any(line.startswith("install_module") for line in erp.proposed())
    assert erp.execute().outcome == "completed"
    assert erp.called("button_immediate_install") == 0


def test_the_evidence_holds_before_and_after_and_no_secret(odoo: Instance, tmp_path: Path) -> None:
    erp = small(odoo, tmp_path)
    erp.preview()
    assert erp.execute().outcome == "completed"
    before, after = (json.loads(erp.files[f"steps/erp-modules/{name}.json"]) for name in ("before", "after"))
    assert set(after["modules"]) - set(before["modules"]) == erp.foretold()
    assert "barcodes" in erp.foretold()
    kept = json.dumps(erp.calls) + "".join(data.decode() for data in erp.files.values())
    kept += "".join(str(line.to_json()) for line in erp.journal)
    assert odoo.key not in kept
    assert f'"{odoo.master}"' not in kept
    assert erp.calls
