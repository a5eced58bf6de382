"""Two runs want a copy of one database: the second waits for a person, unless the first is long dead."""

from __future__ import annotations

import json
from pathlib import Path

from tests.odoo.erp import Erp, company, place
from tests.odoo.server import Instance
from tests.odoo.state import databases, state


def begun(odoo: Instance) -> None:
    """What a run leaves in the database before it duplicates it."""
    mark = {"copy": "another", "source": odoo.database, "state": "making", "since": "", "asleep": []}
    odoo.call("ir.config_parameter", "create", vals_list=[{"key": "millwright.copy", "value": json.dumps(mark)}])


def leg(odoo: Instance, folder: Path) -> Erp:
    erp = Erp.on(odoo, folder, company(place(odoo, snapshot=True)))
    erp.preview()
    return erp


def test_a_run_does_not_copy_what_another_is_copying(odoo: Instance, tmp_path: Path) -> None:
    erp = leg(odoo, tmp_path)
    begun(odoo)
    before = state(odoo)
    ended = erp.execute()
    assert ended.outcome == "failed"
    assert "another run is copying this database as another" in (ended.error or "")
    assert "`/retry`" in (ended.error or "")
    assert state(odoo) == before
    assert databases(odoo) == [odoo.database]


def test_what_a_dead_run_began_long_ago_is_in_nobodys_way(odoo: Instance, tmp_path: Path) -> None:
    erp = leg(odoo, tmp_path)
    begun(odoo)
    odoo.sql(
        "update ir_config_parameter set write_date = now() - interval '2 hours' where key = 'millwright.copy'"
    )
    ended = erp.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert erp.rollback().outcome == "rolled_back"
    assert databases(odoo) == [odoo.database]
