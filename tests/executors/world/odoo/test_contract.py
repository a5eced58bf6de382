"""What a real Odoo 19 said, over both wires, and what we make of it; replayed without a server.

To record the exchanges anew, have an Odoo 19 Community with a fresh database of `base` only, whose server lists
its databases, and an API key of its administrator::

    ODOO_RECORD=all ODOO_URL=http://127.0.0.1:8069 ODOO_DATABASE=shop ODOO_LOGIN=admin ODOO_KEY=… \\
        pytest -n 0 tests/executors/world/odoo/test_contract.py

Key and login are written as placeholders, tracebacks and the server's own headers not at all.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import vcr

from executors.errors import WorldError
from executors.protocol.odoo import InstallModule, OdooDatabase, UninstallModules
from executors.world.odoo import modules, states, uninstall
from executors.world.odoo import problems as kinds
from executors.world.odoo.client import Client, WireName
from executors.world.odoo.reader import ClientReader
from executors.world.secrets import Secrets

CASSETTES = Path(__file__).parent / "cassettes"
RECORD = os.environ.get("ODOO_RECORD", "none")
RECORDED = {
    "ODOO_URL": "http://127.0.0.1:8069",
    "ODOO_DATABASE": "shop",
    "ODOO_LOGIN": "admin",
    "ODOO_KEY": "the-key",
}
NOW = {name: os.environ.get(name, value) if RECORD != "none" else value for name, value in RECORDED.items()}
KEPT_HEADERS = frozenset({"content-type", "location"})


def plain(text: str) -> str:
    """The text as it is kept: with the placeholders of `RECORDED`."""
    for name, value in NOW.items():
        text = text.replace(json.dumps(value), json.dumps(RECORDED[name]))
    return text.replace(urlsplit(NOW["ODOO_URL"]).netloc, urlsplit(RECORDED["ODOO_URL"]).netloc)


def keep_request(request: Any) -> Any:
    """The request as it is kept and compared."""
    request.uri = plain(request.uri)
    request.body = plain(request.body.decode()).encode() if request.body else request.body
    database = request.headers.get("X-Odoo-Database")
    if database == NOW["ODOO_DATABASE"]:
        request.headers["X-Odoo-Database"] = RECORDED["ODOO_DATABASE"]
    return request


def keep_response(response: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is kept: no traceback, no other database's name, and of the headers what we read."""
    text = plain(response["body"]["string"].decode())
    with suppress(ValueError):
        text = json.dumps(without_traces(json.loads(text)), ensure_ascii=False)
    text = re.sub(r"port \d+ failed", "port 5432 failed", text)
    headers = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    return {**response, "headers": headers, "body": {"string": text.encode()}}


def without_traces(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "(left out)" if name == "debug" else without_traces(one) for name, one in value.items()}
    if (
        isinstance(value, list)
        and all(isinstance(one, str) for one in value)
        and RECORDED["ODOO_DATABASE"] in value
    ):
        return [RECORDED["ODOO_DATABASE"]]
    if isinstance(value, list):
        return [without_traces(one) for one in value]
    return value


def same_database(one: Any, other: Any) -> None:
    assert one.headers.get("X-Odoo-Database") == other.headers.get("X-Odoo-Database")


TAPES = vcr.VCR(
    record_mode=vcr.record_mode.RecordMode(RECORD),
    match_on=["method", "uri", "body", "database"],
    filter_headers=["Authorization", "User-Agent"],
    before_record_request=keep_request,
    before_record_response=keep_response,
    decode_compressed_response=True,
)
TAPES.register_matcher("database", same_database)


@pytest.fixture(params=["json2", "jsonrpc"])
def wire(request: pytest.FixtureRequest) -> WireName:
    name: WireName = request.param
    return name


@pytest.fixture
def client(request: pytest.FixtureRequest, wire: WireName) -> Iterator[Client]:
    """A client of the real server, or of what it once said."""
    name = request.node.name.partition("[")[0].removeprefix("test_")
    with TAPES.use_cassette(str(CASSETTES / f"{wire}-{name}.yaml"), allow_playback_repeats=False):
        yield client_with(wire, NOW["ODOO_KEY"])


def client_with(wire: WireName, key: str) -> Client:
    at = OdooDatabase(
        url=NOW["ODOO_URL"],
        database=NOW["ODOO_DATABASE"],
        login=NOW["ODOO_LOGIN"],
        key="ODOO_KEY",
        master="ODOO_MASTER",
    )
    secrets = Secrets(["ODOO_KEY"], {"ODOO_KEY": key})
    return Client(at, secrets, [urlsplit(at.url).netloc], lambda *_: None, wire=wire)


def test_the_version_needs_no_login(client: Client):
    assert client.version() == (19, 0)


def test_the_reader_reads(client: Client):
    reader = ClientReader(client)
    (admin,) = reader.search_read("res.users", [["id", "=", 2]], ["active", "company_id"])
    assert admin["company_id"] == [1, "My Company"]
    assert reader.search_count("res.users", [], archived=True) > reader.search_count("res.users", [])
    assert "group_ids" in reader.fields_get("res.users")
    assert reader.fields_get("crm.lead") == frozenset()
    assert reader.reference("base.group_user") == 1
    assert reader.reference("base.nothing_like_it") is None
    assert reader.reference("no_such_module.x") is None


def test_an_archived_record_is_found_by_its_external_id(client: Client):
    reader = ClientReader(client)
    number = reader.reference("base.EUR")
    assert number is not None
    (euro,) = reader.search_read("res.currency", [["id", "=", number]], ["name", "active"], archived=True)
    assert (euro["name"], euro["active"]) == ("EUR", False)


def test_the_database_manager_answers_without_a_password(client: Client):
    here = client.at.database
    assert ClientReader(client).databases([here, "shop_nowhere"]) == {here}
    with pytest.raises(kinds.WrongMaster):
        client.db("drop", "not-the-master", "shop_nowhere")


def test_the_table_of_errors_holds(client: Client, wire: WireName):
    partner = "res.partner"
    table: list[tuple[type[WorldError], str, str, dict[str, Any]]] = [
        (kinds.NoModel, "crm.lead", "search_count", {"domain": []}),
        (kinds.Broken, partner, "search_read", {"domain": [["no_such_field", "=", 1]], "fields": ["name"]}),
        (kinds.Broken, partner, "no_such_method", {}),
        (kinds.NoRights, partner, "_compute_display_name", {}),
        (kinds.Refused, partner, "write", {"ids": [999999], "vals": {"name": "x"}}),
        (kinds.Refused, "res.users", "create", {"vals_list": [{"name": "x", "login": NOW["ODOO_LOGIN"]}]}),
    ]
    for kind, model, method, named in table:
        with pytest.raises(WorldError) as caught:
            client.call(model, method, **named)
        assert type(caught.value) is kind, (model, method)
        assert "Traceback" not in str(caught.value)
        assert not caught.value.again
    with pytest.raises(kinds.WrongDatabase):
        client.on("shop_nowhere").call(partner, "search_count", domain=[])


def test_a_key_that_is_none_is_a_wrong_key(client: Client, wire: WireName):
    with pytest.raises(kinds.WrongKey):
        client_with(wire, "no-key-at-all").call("res.partner", "search_count", domain=[])


def test_a_module_that_this_edition_lacks_is_refused(client: Client):
    operation = InstallModule(at=client.at, module="sale_subscription", brings=(), before=())
    with pytest.raises(WorldError, match="not in this edition"):
        modules.install(client, operation)
    # Asked for all the same, Odoo says that all went well, and does nothing: this is why states are read.
    now = states.read(client, "sale_subscription")
    assert modules.press(client, "button_immediate_install", now, ["sale_subscription"]) is None
    assert states.read(client, "sale_subscription").states["sale_subscription"] == "uninstallable"


def test_a_module_comes_and_goes(client: Client):
    before = states.read(client)
    names = tuple(sorted(before.installed))
    operation = InstallModule(at=client.at, module="uom", brings=("uom",), before=names)
    undo = modules.install(client, operation)
    assert undo == UninstallModules(at=client.at, modules=("uom",))
    assert modules.install(client, operation) is None
    assert modules.settle_install(client, operation) == (True, undo)
    uninstall.uninstall(client, undo)
    assert uninstall.settle_uninstall(client, undo)
    assert states.read(client).installed == before.installed


def test_no_key_and_no_traceback_is_on_a_tape():
    tapes = sorted(CASSETTES.glob("*.yaml"))
    assert len(tapes) == 16
    for tape in tapes:
        assert not re.search(r"\b[0-9a-f]{40}\b|Traceback|bearer", tape.read_text("utf-8")), tape.name
