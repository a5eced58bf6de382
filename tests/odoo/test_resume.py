"""Runner killed, Odoo killed, answers lost: the next run goes on from the journal, never twice, without a lie."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from executors.protocol.history import outstanding, unsettled
from tests.odoo import child
from tests.odoo.erp import IMPATIENT, Erp, company, modules, place
from tests.odoo.proxy import Proxy, at_call, down_before, proxy_of
from tests.odoo.server import Instance
from tests.odoo.state import databases, state

INSTALL = "button_immediate_install"
CHANGES = ("/write", "/create", INSTALL)


@pytest.fixture
def proxy(odoo: Instance) -> Iterator[Proxy]:
    with proxy_of(odoo.url) as opened:
        yield opened


def leg(odoo: Instance, proxy: Proxy, folder: Path, module: str = "barcodes", **more: object) -> Erp:
    """One module, foreseen."""
    erp = Erp.on(odoo, folder, modules(place(odoo, url=proxy.url), module), **more)
    erp.preview()
    return erp


def finished(erp: Erp, odoo: Instance, module: str = "barcodes") -> None:
    """The next run completes, and what the journal says is what is there."""
    ended = erp.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert module in odoo.modules()
    assert odoo.modules("to install", "to upgrade", "to remove") == []
    assert unsettled(erp.journal) == []
    undo = [done.undo for done in outstanding(erp.journal) if done.undo]
    assert len(undo) == 1, "what was installed is to be taken back once"


@pytest.mark.parametrize(("point", "sent_before"), [("intent", 0), ("result", 1)])
def test_a_runner_that_is_killed_beside_its_operation(
    odoo: Instance, proxy: Proxy, tmp_path: Path, point: str, sent_before: int
) -> None:
    before = odoo.modules()
    erp = leg(odoo, proxy, tmp_path)
    assert child.collect(erp, child.start(erp, point)) == -9
    assert proxy.count(INSTALL) == sent_before
    assert len(unsettled(erp.journal)) == 1
    finished(erp, odoo)
    assert proxy.count(INSTALL) == 1
    assert erp.rollback().outcome == "rolled_back"
    assert odoo.modules() == before


def test_a_runner_that_is_killed_while_odoo_installs(odoo: Instance, proxy: Proxy, tmp_path: Path) -> None:
    erp = leg(odoo, proxy, tmp_path)
    process = child.start(erp)
    seen = threading.Event()

    def decide(_number: int, call: str) -> str:
        if call.endswith(INSTALL) and not seen.is_set():
            seen.set()
            process.kill()
        return "pass"

    proxy.decide = decide  # type: ignore[assignment]
    assert child.collect(erp, process) == -9
    finished(erp, odoo)
    assert proxy.count(INSTALL) == 1


@pytest.mark.parametrize("fate", ["swallow", "cut"])
def test_an_answer_that_never_comes_is_found_out_by_looking(
    odoo: Instance, proxy: Proxy, tmp_path: Path, fate: str
) -> None:
    erp = leg(odoo, proxy, tmp_path)
    proxy.decide = at_call(INSTALL, fate)  # type: ignore[arg-type]
    ended = erp.execute()
    assert proxy.count(INSTALL) == 1, "never asked for twice in one run"
    assert (ended.outcome == "completed") == ("barcodes" in odoo.modules())
    assert (ended.outcome == "completed") == (fate == "cut")
    proxy.decide = lambda _number, _call: "pass"
    finished(erp, odoo)
    assert proxy.count(INSTALL) == (1 if fate == "cut" else 2)


def test_a_client_that_loses_patience_does_not_ask_again(odoo: Instance, proxy: Proxy, tmp_path: Path) -> None:
    erp = leg(odoo, proxy, tmp_path, "phone_validation")
    erp.patience = replace(IMPATIENT, answer=0.5)
    ended = erp.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert proxy.count(INSTALL) == 1
    assert "phone_validation" in odoo.modules()


def test_an_odoo_that_is_killed_in_mid_install(odoo: Instance, proxy: Proxy, tmp_path: Path) -> None:
    erp = leg(odoo, proxy, tmp_path, "phone_validation", patience=replace(IMPATIENT, total=6.0))
    killer = threading.Thread(target=kill_when_marked, args=(odoo,))
    proxy.decide = at_call(INSTALL, "pass")
    killer.start()
    ended = erp.execute()
    killer.join()
    assert ended.outcome == "failed"
    assert "nobody knows yet" in str(ended.error)
    odoo.restart()
    assert odoo.modules("to install"), "the marks of the dead operation"
    ended = erp.execute()
    assert ended.outcome in ("failed", "rolled_back")
    assert not unsettled(erp.journal)
    assert proxy.count(INSTALL) == 1
    # What a person must do: ask for a plan again. It shows the marks, and clears them with approval.
    fresh = leg(odoo, proxy, tmp_path / "fresh", "phone_validation")
    marks = odoo.modules("to install")
    assert any(line.startswith("reset_modules") for line in fresh.proposed()) == bool(marks)
    assert fresh.execute().outcome == "completed"
    assert odoo.modules("to install") == []
    assert "phone_validation" in odoo.modules()


def test_an_odoo_that_is_killed_in_mid_install_goes_back_to_its_copy(
    odoo: Instance, proxy: Proxy, tmp_path: Path
) -> None:
    before, at = state(odoo), place(odoo, url=proxy.url, snapshot=True)
    steps = (company(at), modules(at, "phone_validation"))
    erp = Erp.on(odoo, tmp_path, *steps, patience=replace(IMPATIENT, total=6.0))
    erp.preview()
    killer = threading.Thread(target=kill_when_marked, args=(odoo,))
    killer.start()
    assert erp.execute().outcome == "failed"
    killer.join()
    odoo.restart()
    ended = erp.execute()
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert state(odoo) == before
    assert databases(odoo) == [odoo.database]
    assert proxy.count(INSTALL) == 1


def kill_when_marked(odoo: Instance) -> None:
    """SIGKILL to Odoo as soon as an install has put its marks into the database."""
    while not odoo.modules("to install"):
        if not odoo.daemon.is_running():
            return
    odoo.kill()


def test_odoo_down_before_every_single_request(odoo: Instance, proxy: Proxy, tmp_path: Path) -> None:
    at = place(odoo, url=proxy.url)
    # Whoever has asked for an install waits for the server to come back; here it does not, in that run.
    patience = replace(IMPATIENT, total=1.5)
    erp = Erp.on(odoo, tmp_path, company(at), modules(at, "barcodes"), patience=patience)
    erp.preview()
    erp.plan = erp.plan.model_copy(
        update={
            "auto_rollback": False,
            "steps": tuple(
                step.model_copy(update={"limits": step.limits.model_copy(update={"retries": 0})})
                for step in erp.plan.steps
            ),
        }
    )
    number, changes = 0, 0
    while True:
        # What was changed shifts the requests of the next run, so that all of them are gone through again.
        now = sum(name.endswith(CHANGES) and outcome == "answered" for name, outcome in outcomes(erp))
        number, changes = (number + 1 if now == changes else 1), now
        assert number < 150
        proxy.again(down_before(number))
        if number == 1:
            proxy.down()
        ended = erp.execute()
        if ended.outcome == "completed":
            break
        assert ended.outcome == "failed"
        assert "cannot be reached" in str(ended.error) or "nobody knows" in str(ended.error), ended.error
    answered = {name for name, outcome in outcomes(erp) if outcome == "answered"}
    assert {name for name, outcome in outcomes(erp) if outcome == "Down"} >= answered, "each found nobody once"
    assert outcomes(erp).count((f"ir.module.module/{INSTALL}", "answered")) == 1
    proxy.again()
    finished_all(erp, odoo)


def outcomes(erp: Erp) -> list[tuple[str, str]]:
    """What was called and what came of it, in order, by the leg's own log."""
    return [(f"{entry['model']}/{entry['method']}", entry["outcome"]) for entry in erp.calls]


def finished_all(erp: Erp, odoo: Instance) -> None:
    assert erp.execute().outcome == "completed"
    assert unsettled(erp.journal) == []
    assert "barcodes" in odoo.modules()
    assert odoo.rows("res.company", [], "country_id")[0]["country_id"][1] == "Germany"
