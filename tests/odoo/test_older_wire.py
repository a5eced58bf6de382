"""The wire of Odoo 16 to 18, JSON-RPC, does the same work: spoken to a real Odoo 19, which still has it.

What this does not show: that 16, 17 and 18 answer as 19 does, for none of them can be had here (see the README).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.odoo.erp import KEY, MASTER, Erp, company, modules, place, users
from tests.odoo.proxy import proxy_of
from tests.odoo.server import Instance


def test_the_whole_leg_and_its_way_back_over_json_rpc(odoo: Instance, tmp_path: Path) -> None:
    before = odoo.modules()
    with proxy_of(odoo.url) as proxy:
        at = place(odoo, url=proxy.url, snapshot=True)
        steps = (company(at), modules(at, "barcodes"), users(at, "base.group_user", "base.group_partner_manager"))
        erp = Erp.on(odoo, tmp_path, *steps, wire="jsonrpc")
        assert erp.preview().outcome == "completed"
        ended = erp.execute()
        assert (ended.outcome, ended.error) == ("completed", None)
        assert "barcodes" in odoo.modules()
        assert len(odoo.rows("res.users", [["login", "like", "acme.example"]], "login")) == 2
        assert erp.execute().outcome == "completed"
        assert proxy.count("button_immediate_install") == 1
        assert {entry["wire"] for entry in erp.calls} <= {"jsonrpc", "http"}
        assert erp.rollback().outcome == "rolled_back"
    assert odoo.modules() == before


@pytest.mark.parametrize(
    ("secret", "changes", "words"),
    [
        ("0" * 40, {}, "does not accept the key"),
        (None, {"database": "nowhere"}, "nowhere"),
        (None, {"login": "nobody"}, "login"),
    ],
)
def test_what_is_wrong_is_said_as_over_the_newer_wire(
    odoo: Instance, tmp_path: Path, secret: str | None, changes: dict[str, Any], words: str
) -> None:
    steps = (company(place(odoo, **changes)),)
    erp = Erp(steps, {KEY: secret or odoo.key, MASTER: odoo.master}, tmp_path, wire="jsonrpc")
    ended = erp.preview()
    assert ended.outcome == "failed"
    assert words in str(ended.error)
    assert "Traceback" not in str(ended.error)
    assert odoo.key not in str(ended.error)
