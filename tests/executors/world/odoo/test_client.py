"""A call reaches an Odoo that the plan names, once, within bounds; what goes wrong is told without secrets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from executors.errors import OperationTimeout, WorldError
from executors.protocol.odoo import OdooDatabase
from executors.world.odoo import problems as kinds
from executors.world.odoo import rpc
from executors.world.odoo.client import Client
from executors.world.odoo.reader import ClientReader
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets
from tests.executors.legs import answering
from tests.executors.world.odoo.stand_in import DATABASE, KEY, LOGIN, MASTER, TRACE

VERSION = json.dumps({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}).encode()
Said = tuple[int, Mapping[str, str], bytes]
JSON: Mapping[str, str] = {"Content-Type": "application/json"}


def client_of(url: str, log: list[Any] | None = None, **more: Any) -> Client:
    url = url.rstrip("/")
    at = OdooDatabase(url=url, database=DATABASE, login=LOGIN, key="ODOO_KEY", master="ODOO_MASTER")
    secrets = Secrets(["ODOO_KEY", "ODOO_MASTER"], {"ODOO_KEY": KEY, "ODOO_MASTER": MASTER})
    values: dict[str, Any] = {"patience": Patience(connect=5, answer=5), "hosts": [url.split("//")[1]], **more}
    kept = log if log is not None else []
    return Client(at, secrets, log=lambda _stream, entry: kept.append(entry), **values)


@contextmanager
def odoo(reply: Callable[[str, Mapping[str, str], Any], Said], asked: list[Any] | None = None) -> Iterator[str]:
    """An HTTP server that knows its version, and answers the rest as `reply` says."""

    def full(_method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        if path == "/web/version":
            return 200, JSON, VERSION
        if asked is not None:
            asked.append((path, headers, json.loads(body)))
        return reply(path, headers, json.loads(body))

    with answering(full) as url:
        yield url


def value(what: Any, status: int = 200) -> Said:
    return status, JSON, json.dumps(what).encode()


def failing(name: str, message: str, status: int = 500) -> Said:
    return value({"name": name, "message": message, "arguments": [message], "context": {}, "debug": TRACE}, status)


def rpc_failing(name: str, message: str) -> Said:
    data = {"name": name, "message": message, "debug": TRACE, "arguments": [message], "context": {}}
    return value({"jsonrpc": "2.0", "id": 1, "error": {"code": 0, "message": "Odoo Server Error", "data": data}})


def test_json2_takes_named_arguments_the_key_and_the_database():
    asked: list[Any] = []
    with odoo(lambda *_: value([7]), asked) as url:
        assert client_of(url).call("res.partner", "write", ids=[7], vals={"name": "x"}) == [7]
    path, headers, body = asked[0]
    assert path == "/json/2/res.partner/write"
    assert headers["authorization"] == f"bearer {KEY}"
    assert headers["x-odoo-database"] == DATABASE
    assert body == {"ids": [7], "vals": {"name": "x"}, "context": {"lang": "en_US"}}


def test_json_rpc_takes_the_same_arguments_and_logs_in_once():
    asked: list[Any] = []

    def reply(_path: str, _headers: Any, body: Any) -> Said:
        return value({"jsonrpc": "2.0", "id": 1, "result": 5 if body["params"]["service"] == "common" else [1]})

    with odoo(reply, asked) as url:
        client = client_of(url, wire="jsonrpc")
        client.call("res.partner", "write", ids=[7], vals={"name": "x"})
        client.call("res.partner", "create", vals_list=[{"name": "x"}])
        client.on("other").call("res.partner", "search_count", domain=[], context={"active_test": False})
    params = [body["params"] for _, _, body in asked]
    english = {"context": {"lang": "en_US"}}
    assert params[0] == {"service": "common", "method": "authenticate", "args": [DATABASE, LOGIN, KEY, {}]}
    assert params[1]["args"] == [
        DATABASE,
        5,
        KEY,
        "res.partner",
        "write",
        [[7]],
        {"vals": {"name": "x"}, **english},
    ]
    assert params[2]["args"] == [DATABASE, 5, KEY, "res.partner", "create", [[{"name": "x"}]], english]
    assert params[3]["args"] == ["other", LOGIN, KEY, {}]
    assert params[4]["args"][5:] == [[], {"domain": [], "context": {"lang": "en_US", "active_test": False}}]
    assert all("authorization" not in headers for _, headers, _ in asked)


@pytest.mark.parametrize(
    ("info", "path"),
    [([16, 0, 0], "/jsonrpc"), (["saas~18", 2], "/jsonrpc"), ([19, 0], "/json/2/"), (["saas~19", 1], "/json/2/")],
)
def test_the_version_chooses_the_wire_on_old_servers_too(info, path):
    asked: list[str] = []

    def reply(_method: str, called: str, *_: Any) -> Said:
        asked.append(called)
        if called == "/web/version":
            return 404, {}, b"<h1>Not Found</h1>"
        if called == "/web/webclient/version_info":
            return value({"jsonrpc": "2.0", "id": 1, "result": {"server_version_info": info}})
        return value({"jsonrpc": "2.0", "id": 1, "result": 1} if called == "/jsonrpc" else 1)

    with answering(reply) as url:
        assert client_of(url).call("res.partner", "search_count", domain=[]) == 1
    assert asked[2].startswith(path)


def test_an_odoo_that_is_too_old_is_told_so():
    with (
        answering(lambda *_: value({"version_info": [15, 0, 0]})) as url,
        pytest.raises(kinds.TooOld, match=r"is 15\.0; 16 or later"),
    ):
        client_of(url).version()


@pytest.mark.parametrize("answer", [[], {}, {"version_info": []}, {"version_info": ["x", 1]}, {"result": 3}, "no"])
def test_what_is_no_odoo_is_told_so(answer):
    with answering(lambda *_: value(answer)) as url, pytest.raises(kinds.NotOdoo):
        client_of(url).version()


TABLE = [
    ("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401, kinds.WrongKey, "does not accept the key"),
    (
        "odoo.exceptions.AccessError",
        "You are not allowed to …",
        403,
        kinds.NoRights,
        "right to search_count on res",
    ),
    ("werkzeug.exceptions.NotFound", "the model 'res.x' does not exist", 404, kinds.NoModel, "is its module"),
    ("odoo.exceptions.UserError", "Object res.x doesn't exist", 422, kinds.NoModel, "is its module"),
    ("odoo.exceptions.ValidationError", "Two logins!\nHint", 422, kinds.Refused, r"Two logins!$"),
    ("odoo.exceptions.MissingError", "Record does not exist", 404, kinds.Refused, "does not exist"),
    ("psycopg2.OperationalError", 'connection to server at "10.0.0.1"', 500, kinds.WrongDatabase, "cannot open"),
    ("psycopg2.errors.LockNotAvailable", "could not", 500, kinds.Locked, "busy"),
    ("psycopg2.errors.InFailedSqlTransaction", "current", 500, kinds.Locked, "busy"),
    ("odoo.exceptions.UserError", "Odoo is currently processing a scheduled action.", 422, kinds.Busy, "busy"),
    ("builtins.ValueError", "Invalid field 'x' in 'y'", 500, kinds.Broken, r"\(builtins\.ValueError\)"),
    ("<script>", "x", 500, kinds.Broken, r"\(error\)"),
    ("builtins.KeyError", f"{KEY} /opt/odoo", 500, kinds.Broken, "KeyError"),
    ("odoo.exceptions.UserError", f"your key is {KEY}", 422, kinds.Refused, r"your key is \*\*\*"),
]


@pytest.mark.parametrize("wire", ["json2", "jsonrpc"])
@pytest.mark.parametrize(("name", "message", "status", "kind", "words"), TABLE)
def test_what_odoo_answers_becomes_words_of_ours(wire, name, message, status, kind, words):
    def reply(path: str, _headers: Any, body: Any) -> Said:
        if path == "/jsonrpc" and body["params"]["service"] == "common":
            return value({"jsonrpc": "2.0", "id": 1, "result": 5})
        return rpc_failing(name, message) if path == "/jsonrpc" else failing(name, message, status)

    with odoo(reply) as url, pytest.raises(WorldError, match=words) as caught:
        client_of(url, wire=wire).call("res.x", "search_count", domain=[])
    assert type(caught.value) is kind
    assert not caught.value.again
    for secret in ("Traceback", "/opt/odoo", "postgres", "10.0.0.1", KEY, "Hint"):
        assert secret not in str(caught.value)


def test_which_right_is_wanted_depends_on_what_was_asked():
    with odoo(lambda *_: failing("odoo.exceptions.AccessError", "no", 403)) as url:
        with pytest.raises(kinds.NoRights, match=r"read access on ir\.module\.module"):
            client_of(url).call("ir.module.module", "search_read", domain=[])
        with pytest.raises(kinds.NoRights, match=r"base\.group_system"):
            client_of(url).call("ir.module.module", "button_immediate_install", ids=[1])


def test_a_wrong_login_is_a_wrong_key():
    reply = lambda *_: value({"jsonrpc": "2.0", "id": 1, "result": False})  # noqa: E731
    with odoo(reply) as url, pytest.raises(kinds.WrongKey):
        client_of(url, wire="jsonrpc").call("res.x", "read", ids=[1])


def test_a_database_that_the_server_does_not_select_is_a_wrong_one():
    page = b"<h1>Not Found</h1><p>No database is selected and the requested URL was not found</p>"
    with odoo(lambda *_: (404, {}, page)) as url, pytest.raises(kinds.WrongDatabase, match=DATABASE):
        client_of(url).call("res.x", "read", ids=[1])


@pytest.mark.parametrize(
    "hostile",
    [
        (200, {}, b"<html>" + TRACE.encode()),
        (200, JSON, b"[" * 100_000),
        (500, {}, TRACE.encode()),
        (503, JSON, b"[]"),
        (418, JSON, b'{"error": {"data": {"name": 7}}}'),
        (302, {"Location": "http://127.0.0.1:1/steal"}, b""),
        (307, {"Location": "/elsewhere"}, b""),
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08"),
    ],
)
def test_answers_that_are_none_end_in_an_error_without_their_text(hostile):
    asked: list[Any] = []
    with odoo(lambda *_: hostile, asked) as url, pytest.raises((kinds.NotOdoo, kinds.Broken)) as caught:
        client_of(url).call("res.x", "write", ids=[1])
    assert len(asked) == 1
    assert "Traceback" not in str(caught.value)
    assert "steal" not in str(caught.value)


def test_an_answer_that_is_too_big_is_refused():
    with (
        odoo(lambda *_: (200, JSON, b" " * (rpc.LARGEST + 1))) as url,
        pytest.raises(kinds.NotOdoo, match="more than 32 MB"),
    ):
        client_of(url).call("res.x", "search_read", domain=[])


@contextmanager
def mute() -> Iterator[str]:
    """A server that hears and does not answer before the test is over."""
    enough = threading.Event()

    def reply(*_: Any) -> Said:
        enough.wait(20)
        return value(1)

    with odoo(reply) as url:
        yield url
        enough.set()


def test_a_look_that_gets_no_answer_may_be_repeated_and_a_change_may_not():
    patience = Patience(connect=5, answer=0.2)
    with mute() as url:
        with pytest.raises(kinds.Silent, match=r"no answer within 0\.2 s") as look:
            client_of(url, patience=patience).call("res.x", "search_read", domain=[])
        with pytest.raises(kinds.Lost, match="nobody knows") as change:
            client_of(url, patience=patience).call("res.x", "write", ids=[1], vals={})
    assert look.value.again
    assert not change.value.again
    assert isinstance(change.value, OperationTimeout)


def test_a_client_with_another_patience_has_it_from_the_next_call_on():
    with mute() as url:
        client = client_of(url)
        client.version()
        with pytest.raises(kinds.Silent, match=r"within 0\.1 s"):
            replace(client, patience=Patience(answer=0.1)).call("res.x", "search_read", domain=[])


def test_a_connection_that_is_cut_off_is_told_from_one_that_never_was():
    half: Said = (200, {"Content-Length": "100"}, b'{"a": ')
    with odoo(lambda *_: half) as url:
        client = client_of(url)
        with pytest.raises(kinds.Silent, match="cut off") as look:
            client.call("res.x", "search_read", domain=[])
        with pytest.raises(kinds.Lost, match="cut off"):
            client.call("res.x", "write", ids=[1], vals={})
    with pytest.raises(kinds.Down, match="nothing happened") as gone:
        client.call("res.x", "write", ids=[1], vals={})
    assert look.value.again
    assert gone.value.again


def test_a_server_that_speaks_no_http_is_cut_off_too():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            connection.recv(65_536)
            connection.sendall(b"\x00\x01 nonsense\r\n\r\n")
            connection.close()

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(kinds.Silent, match="cut off"):
            client_of(f"http://127.0.0.1:{listening.getsockname()[1]}").version()


@pytest.mark.parametrize(
    ("url", "hosts", "why"),
    [
        ("http://shop.example", ["shop.example"], "no-tls"),
        ("http://10.0.0.1:8069", ["10.0.0.1:8069"], "no-tls"),
        ("http://localhost.example", ["localhost.example"], "no-tls"),
        ("https://shop.example", [], "does not name this host"),
        ("https://shop.example:8443", ["shop.example:443"], "does not name this host"),
        ("http://127.0.0.1:9", ["127.0.0.1:8"], "does not name this host"),
    ],
)
def test_t51_a_key_goes_to_no_other_host_and_not_in_the_clear(url, hosts, why):
    with pytest.raises(kinds.Unsafe, match=why):
        client_of(url, hosts=hosts).version()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9", "https://a.example"]
)
def test_this_machine_may_be_asked_in_the_clear(url):
    host = url.split("//")[1]
    assert rpc.checked(url, [host]) == host


def test_a_netrc_file_of_the_runner_puts_no_other_key_in_its_place(tmp_path: Path, monkeypatch):
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    asked: list[Any] = []
    with odoo(lambda *_: value(1), asked) as url:
        client_of(url.replace("127.0.0.1", "localhost")).call("res.x", "search_count", domain=[])
    assert asked[0][1]["authorization"] == f"bearer {KEY}"


def test_the_database_manager_tells_a_wrong_password_from_being_off():
    def reply(off: bool) -> Callable[..., Said]:
        def answer(_path: str, _headers: Any, body: Any) -> Said:
            listing = body["params"]["method"] == "list"
            if listing and not off:
                return value({"jsonrpc": "2.0", "id": 1, "result": [DATABASE]})
            return rpc_failing("odoo.exceptions.AccessDenied", "Access Denied")

        return answer

    with odoo(reply(off=False)) as url, pytest.raises(kinds.WrongMaster, match="master password"):
        client_of(url).db("drop", "wrong", "x")
    with odoo(reply(off=True)) as url, pytest.raises(kinds.ManagerOff, match="switched off"):
        client_of(url).db("drop", MASTER, "x")


@pytest.mark.parametrize(
    "gone",
    [rpc_failing("builtins.KeyError", "db"), (404, {}, b"<h1>Not Found</h1>"), failing("x.NotFound", "no", 404)],
)
def test_an_odoo_without_a_database_manager_is_recognised(gone):
    with odoo(lambda *_: gone) as url:
        client = client_of(url)
        with pytest.raises(kinds.ManagerOff, match="no database manager"):
            client.db("list")
        assert ClientReader(client).databases(["a"]) is None


def test_the_log_tells_each_call_without_what_is_secret_or_personal():
    log: list[Any] = []

    def reply(_path: str, _headers: Any, body: Any) -> Said:
        return value({"jsonrpc": "2.0", "id": 1, "result": True} if "params" in body else [])

    with odoo(reply) as url:
        client = client_of(url, log)
        client.call("res.users", "search_read", domain=[["login", "=ilike", "anna@x.de"], "|"], fields=["name"])
        client.call("res.users", "create", vals_list=[{"name": "Anna", "login": "anna@x.de", "password": "pw1"}])
        client.call("ir.module.module", "search_read", domain=[["name", "in", ["crm"]], ["id", "=", 3]], fields=[])
        client.call("res.users", "search_count", domain=[["login", "=", "anna"]])
        client.call("x.y", "search_count", domain=[["note", "=", "call Anna on Monday"]])
        client.db("drop", MASTER, "shop_copy")
        client.on("other").call("res.partner", "write", ids=[7], vals={"email": "anna@x.de"})
        ClientReader(client).client.secrets.hide("pw1")
    text = json.dumps(log).lower()
    for secret in ("anna", "x.de", "pw1", KEY, MASTER, LOGIN):
        assert secret not in text
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))
    assert log[1]["arguments"] == {"domain": [["login", "=ilike", "…"], "|"], "fields": ["name"]}
    assert log[2]["arguments"] == {"vals_list": "list of 1 with login, name, password"}
    assert log[3]["arguments"]["domain"] == [["name", "in", ["crm"]], ["id", "=", 3]]
    assert (log[6]["method"], log[6]["arguments"]) == ("db.drop", {"databases": ["shop_copy"]})
    assert (log[7]["database"], log[7]["arguments"]) == ("other", {"ids": [7], "vals": "object of email"})
    assert set(log[7]) == {
        "n", "wire", "database", "model", "method", "arguments", "status", "outcome", "milliseconds"
    }  # fmt: skip


def test_a_call_that_fails_is_in_the_log_too():
    log: list[Any] = []
    with odoo(lambda *_: failing("builtins.ValueError", TRACE)) as url:
        client = client_of(url, log)
        with pytest.raises(kinds.Broken):
            client.call("res.x", "read", ids=[1])
    with pytest.raises(kinds.Down):
        client.call("res.x", "read", ids=[1])
    assert [(entry["status"], entry["outcome"]) for entry in log[1:]] == [
        (500, "builtins.ValueError"),
        (0, "Down"),
    ]


def test_a_key_that_the_environment_does_not_hold_is_asked_of_nobody():
    asked: list[Any] = []
    with odoo(lambda *_: value(1), asked) as url:
        at = OdooDatabase(url=url.rstrip("/"), database=DATABASE, login=LOGIN, key="ODOO_KEY")
        bare = Client(at, Secrets([], {}), [url.split("//")[1].rstrip("/")], lambda *_: None)
        with pytest.raises(WorldError, match="ODOO_KEY"):
            bare.call("res.x", "read", ids=[1])
    assert asked == []


@pytest.mark.parametrize(
    ("held", "login", "key"),
    [("reader@acme.example:" + "ab" * 20, "reader@acme.example", "ab" * 20), ("ab" * 20, LOGIN, "ab" * 20)],
)
def test_the_secret_may_say_whose_key_it_is(held: str, login: str, key: str):
    asked: list[Any] = []

    def reply(_path: str, _headers: Mapping[str, str], body: Any) -> Said:
        return value({"jsonrpc": "2.0", "result": 7 if body["params"]["service"] == "common" else []})

    with odoo(reply, asked) as url:
        secrets = Secrets(["ODOO_KEY"], {"ODOO_KEY": held})
        client = replace(client_of(url), secrets=secrets, wire="jsonrpc")
        assert client.call("res.company", "search_read", domain=[], fields=["name"]) == []
    authenticated, executed = (body["params"]["args"] for _, _, body in asked)
    assert authenticated[1:3] == [login, key]
    assert executed[1:3] == [7, key]
    assert secrets.redact(f"key {key}") == "key ***"


def test_over_json2_the_key_goes_without_its_owner():
    asked: list[Any] = []
    with odoo(lambda *_: value([]), asked) as url:
        secrets = Secrets(["ODOO_KEY"], {"ODOO_KEY": "reader:" + "ab" * 20})
        replace(client_of(url), secrets=secrets).call("res.company", "search_read", domain=[], fields=["name"])
    assert asked[0][1]["authorization"] == "bearer " + "ab" * 20
