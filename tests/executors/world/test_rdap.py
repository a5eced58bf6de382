"""A registry is asked over real HTTP; what it does not say is unknown, and never guessed."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from executors.protocol.registration import Registration
from executors.world import http, rdap

# The domain of RFC 9083, section 5.3, shortened.
DOMAIN: dict[str, Any] = {
    "rdapConformance": ["rdap_level_0"],
    "objectClassName": "domain",
    "handle": "XXXX",
    "ldhName": "acme.example",
    "nameservers": [
        {"objectClassName": "nameserver", "ldhName": "NS1.example.com"},
        {"objectClassName": "nameserver", "ldhName": "ns2.example.com."},
    ],
    "status": ["locked", "transfer prohibited"],
    "entities": [
        {
            "objectClassName": "entity",
            "handle": "YYYY",
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Joe User"]]],
            "roles": ["registrant"],
        },
        {
            "objectClassName": "entity",
            "handle": "RRRR",
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Registrar Ltd."]]],
            "roles": ["registrar", "billing"],
        },
    ],
    "events": [
        {"eventAction": "registration", "eventDate": "1990-12-31T23:59:59Z"},
        {"eventAction": "last changed", "eventDate": "1991-12-31T23:59:59Z", "eventActor": "joe@example.com"},
        {"eventAction": "expiration", "eventDate": "2030-12-31T23:59:59Z"},
    ],
}
# Its section 6.
ERROR = {"errorCode": 404, "title": "Not Found", "description": ["No such domain."]}


@dataclass
class Registry:
    """A web server that answers as told: path → status, headers, body."""

    url: str = ""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, path: str, value: object, status: int = 200, **headers: str) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.answers[path] = (status, headers, body)

    def of(self, domain: str) -> Registration:
        """What is made of it, through the door that the plan's hosts open."""
        host = self.url.removeprefix("http://")
        return rdap.registration(domain, lambda url: http.get(url, (host,), seconds=2), f"{self.url}/dns.json")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        registry: Registry = self.server.registry  # type: ignore[attr-defined]
        registry.asked.append(self.path)
        status, headers, body = registry.answers.get(self.path, (404, {}, json.dumps(ERROR).encode()))
        self.send_response(status)
        for name, value in {"Content-Type": "application/rdap+json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def registry() -> Iterator[Registry]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = Registry(f"http://127.0.0.1:{server.server_port}")
    server.registry = found  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    services = [[["test", "net"], ["https://rdap.invalid/"]], [["example"], [f"{found.url}/rdap/"]]]
    found.says("/dns.json", {"version": "1.0", "services": services})
    found.says("/rdap/domain/acme.example", DOMAIN)
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_registered_is_told_and_its_owner_is_not(registry: Registry) -> None:
    found = registry.of("Acme.example.")
    assert (found.state, found.name, found.since[:10], found.expires[:10], found.registrar) == (
        "registered", "acme.example", "1990-12-31", "2030-12-31", "Registrar Ltd.",
    )  # fmt: skip
    assert found.nameservers == ("ns1.example.com", "ns2.example.com")
    assert found.words == (
        "acme.example is registered since 1990-12-31, with Registrar Ltd., until 2030-12-31, served by "
        "ns1.example.com, ns2.example.com"
    )
    assert "Joe" not in str(found.to_json())


def test_whether_the_domain_is_served_by_the_plans_zone_is_told(registry: Registry) -> None:
    found = registry.of("acme.example")
    assert found.served_by(["ns2.example.com.", "NS1.example.com"]) is True
    assert found.served_by(["ns1.example.com"]) is False
    assert Registration(domain="a.example", state="unknown").served_by(["ns1.example.com"]) is None


def test_what_the_registry_does_not_find_is_free_or_reserved(registry: Registry) -> None:
    found = registry.of("neu.example")
    assert found.state == "free"
    assert "may be free or reserved" in found.words


def test_a_name_below_a_registered_one_is_unknown_with_what_is_known(registry: Registry) -> None:
    found = registry.of("shop.acme.example")
    assert (found.state, found.name) == ("unknown", "acme.example")
    assert "knows acme.example and not shop.acme.example" in found.words
    assert "since 1990-12-31" in found.words
    assert registry.of("a.b.example").state == "free"


def test_redirects_are_followed(registry: Registry) -> None:
    registry.says("/rdap/domain/acme.example", b"", 301, Location="/other/domain/acme.example")
    registry.says("/other/domain/acme.example", DOMAIN)
    assert registry.of("acme.example").state == "registered"


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (429, {"Retry-After": "60"}, b"{}", "ask again later"),
        (500, {}, b"{}", "answers 500"),
        (200, {}, b"<html>down for maintenance</html>", "no JSON"),
        (200, {}, b"[" * 100_000, "no JSON"),
        (200, {}, b'{"objectClassName": "nameserver"}', "no domain"),
        (200, {}, b'["domain"]', "no domain"),
        (
            200,
            {},
            b'{"objectClassName": "domain", "ldhName": "other.example"}',
            "another domain than acme",
        ),
        (302, {"Location": "/rdap/domain/acme.example"}, b"", "redirects more than 5 times"),
        (302, {"Location": "http://10.0.0.1/"}, b"", "is not a public address"),
        (302, {"Location": "file:///etc/passwd"}, b"", "wants http(s)"),
        (302, {"Location": "https://[::1"}, b"", "redirects to no address"),
        (200, {"Content-Length": "10"}, b"{", "no JSON"),
    ],
)
def test_what_nobody_says_is_unknown(
    registry: Registry, status: int, headers: dict[str, str], body: bytes, said: str
) -> None:
    registry.says("/rdap/domain/acme.example", body, status, **headers)
    found = registry.of("acme.example")
    assert found.state == "unknown"
    assert said in found.why, found.why


def test_odd_parts_of_an_answer_are_left_out(registry: Registry) -> None:
    odd = {
        "nameservers": [1, {}],
        "events": [{"eventAction": ["registration"], "eventDate": "2020"}],
        "entities": [{"roles": "registrar"}, {"roles": ["registrar"]}],
    }
    registry.says("/rdap/domain/acme.example", DOMAIN | odd)
    found = registry.of("acme.example")
    assert (found.state, found.nameservers, found.since, found.registrar) == ("registered", (), "", "")


def test_a_tld_without_a_server_is_unknown(registry: Registry) -> None:
    assert registry.of("acme.zz").why == "no RDAP server is listed for .zz"


@pytest.mark.parametrize(
    "listed",
    [
        b"not json",
        b'{"services": 1}',
        b'{"services": [[["example"]]]}',
        b'{"services": [[null, null], 1]}',
        b'{"services": [[["example"], null]]}',
    ],
)
def test_a_list_of_registries_that_is_none_is_unknown(registry: Registry, listed: bytes) -> None:
    registry.says("/dns.json", listed)
    assert registry.of("acme.example").state == "unknown"


def test_the_longest_entry_of_the_list_is_asked(registry: Registry) -> None:
    services = [[["example"], ["https://rdap.invalid"]], [["co.example"], [f"{registry.url}/rdap"]]]
    registry.says("/dns.json", {"services": services})
    registry.says("/rdap/domain/acme.co.example", DOMAIN | {"ldhName": "acme.co.example"})
    assert registry.of("acme.co.example").state == "registered"


def test_a_registry_that_is_silent_or_gone_is_unknown(registry: Registry) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        registry.says("/dns.json", {"services": [[["example"], [url]]]})
        found = rdap.registration(
            "acme.example", lambda at: http.get(at, ("127.0.0.1",), seconds=0.2), f"{registry.url}/dns.json"
        )
        assert (found.state, "took too long" in found.why) == ("unknown", True), found.why
    assert registry.of("acme.example").state == "unknown"
