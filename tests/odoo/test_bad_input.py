"""What cannot be done is said before anything is done, in words that say what to do next."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from executors.runner import Ended
from tests.odoo.erp import KEY, MASTER, Erp, company, modules, place, users
from tests.odoo.proxy import proxy_of
from tests.odoo.reader import read_key
from tests.odoo.server import Instance

UGLY = re.compile(r"Traceback|File \"|psycopg2|\.py\b|select |/usr/|/tmp/|<html", re.IGNORECASE)
ACCESS = "base.group_user"


def spoken(ended: Ended) -> Iterator[str]:
    """Every sentence that people get."""
    yield from (ended.error or "", *ended.residue)
    yield from (str(getattr(line.body, "error", "") or getattr(line.body, "finding", "")) for line in ended.lines)


def refused(erp: Erp, *words: str) -> None:
    """The preview and the run end with this sentence, and nothing is done."""
    for ended in (erp.preview(), erp.execute()):
        assert ended.outcome == "failed"
        assert all(word in (ended.error or "") for word in words), ended.error
        assert not [text for text in spoken(ended) if UGLY.search(text)]
        assert not any(secret in text for text in spoken(ended) for secret in (erp.secrets[KEY], "Invalid apikey"))
    assert erp.called("button_immediate_install") == 0


def test_an_unknown_module_gets_a_proposal(odoo: Instance, tmp_path: Path) -> None:
    refused(Erp.on(odoo, tmp_path, modules(place(odoo), "crmm")), "no module crmm", "did you mean crm")


def test_a_module_of_enterprise_gets_the_way_of_community(odoo: Instance, tmp_path: Path) -> None:
    erp = Erp.on(odoo, tmp_path, modules(place(odoo), "sale_subscription", "accountant"))
    refused(erp, "belongs to Odoo Enterprise", "account", "sale_management")


def test_a_wrong_key(odoo: Instance, tmp_path: Path) -> None:
    steps = (company(place(odoo)),)
    refused(Erp(steps, {KEY: "0" * 40, MASTER: "master"}, tmp_path), "does not accept the key")


def test_a_wrong_database(odoo: Instance, tmp_path: Path) -> None:
    refused(Erp.on(odoo, tmp_path, company(place(odoo, database="nowhere"))), "nowhere", "policy")


def test_a_wrong_master_password(odoo: Instance, tmp_path: Path) -> None:
    erp = Erp((company(place(odoo, snapshot=True)),), {KEY: odoo.key, MASTER: "guessed"}, tmp_path)
    erp.preview()
    ended = erp.execute()
    assert ended.outcome in ("failed", "rolled_back")
    assert "master password" in str(ended.error)
    assert odoo.rows("res.company", [], "country_id")[0]["country_id"] is False
    assert not [text for text in spoken(ended) if UGLY.search(text) or "guessed" in text]


def test_a_server_without_database_manager_is_told_before_the_first_change(odoo: Instance, tmp_path: Path) -> None:
    odoo.restart(list_db=False)
    refused(Erp.on(odoo, tmp_path, company(place(odoo, snapshot=True))), "snapshot: false", "list_db")


def test_a_key_that_is_no_administrators(odoo: Instance, tmp_path: Path) -> None:
    key = odoo.user(ACCESS)
    at = place(odoo, login="somebody")
    refused(Erp((modules(at, "barcodes"),), {KEY: key, MASTER: "master"}, tmp_path), "ir.module.module")


def test_a_key_that_may_only_read_previews_and_cannot_install(odoo: Instance, tmp_path: Path) -> None:
    at, before = place(odoo, login="previewer"), odoo.modules()
    steps = (company(at), modules(at, "barcodes"), users(at, "base.group_user"))
    erp = Erp(steps, {KEY: read_key(odoo), MASTER: "master"}, tmp_path)
    ended = erp.preview()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert "install_module" in str(erp.proposed())
    ended = erp.execute()
    assert ended.outcome in ("failed", "rolled_back")
    assert not [text for text in spoken(ended) if UGLY.search(text)]
    assert odoo.modules() == before
    assert erp.called("button_immediate_install") <= 1


def test_marks_that_were_left_behind_are_shown_and_cleared_only_with_approval(
    odoo: Instance, tmp_path: Path
) -> None:
    odoo.sql("update ir_module_module set state = 'to install' where name = 'barcodes'")
    erp = Erp.on(odoo, tmp_path, modules(place(odoo), "uom"))
    assert erp.preview().outcome == "completed"
    assert any(line.startswith("reset_modules") for line in erp.proposed())
    assert any(fact.fact == "left-to-install" for fact in erp.plan.envelopes[0].seen)
    assert erp.execute().outcome == "completed"
    assert odoo.modules("to install") == []
    assert "uom" in odoo.modules()
    assert "barcodes" not in odoo.modules()


@pytest.mark.parametrize("workers", [0, 2])
def test_two_runs_at_once_install_once_and_tell_no_lie(odoo: Instance, tmp_path: Path, workers: int) -> None:
    if workers:
        odoo.restart(workers=workers)
    with proxy_of(odoo.url) as proxy:
        at = place(odoo, url=proxy.url)
        pair = [Erp.on(odoo, tmp_path / name, modules(at, "contacts")) for name in "ab"]
        for erp in pair:
            erp.preview()
        ends: dict[int, Ended] = {}
        threads = [
            threading.Thread(target=lambda n=n, erp=erp: ends.update({n: erp.execute()}))
            for n, erp in enumerate(pair)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert "contacts" in odoo.modules()
    assert odoo.modules("to install", "to upgrade", "to remove") == []
    assert {ended.outcome for ended in ends.values()} <= {"completed", "failed"}
    assert "completed" in {ended.outcome for ended in ends.values()}
    assert not [text for ended in ends.values() for text in spoken(ended) if UGLY.search(text)]
