"""The final validation over real HTTP: every promise is asked for, and one that is not kept is a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from executors.executor import Facts
from executors.kinds.validate import EXECUTOR
from executors.kinds.validate.inputs import Inputs
from executors.kinds.validate.pages import MOST
from executors.parts.address import web_of
from executors.protocol.operation import Scratch, WriteFile
from executors.world.world import World
from tests.executors.legs import Reply, answering, clock

MAP = b"<urlset><url><loc>https://acme.example/</loc></url><url><loc>https://acme.example/a.html</loc></url></urlset>"
SITE = {
    "index.html": b"<h1>Hello</h1>",
    "a.html": b"<h1>A</h1>",
    "404.html": b"<h1>Not there</h1>",
    "robots.txt": b"User-agent: *\n",
    "sitemap.xml": MAP,
}


def serving(site: Mapping[str, bytes]) -> Callable[[str, str, Mapping[str, str], bytes], Reply]:
    """A web server with these files."""

    def reply(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Reply:
        data = site.get(path.lstrip("/") or "index.html")
        return (404, {}, site.get("404.html", b"")) if data is None else (200, {}, data)

    return reply


def probed(
    tmp_path: Path, reply: Callable[[str, str, Mapping[str, str], bytes], Reply], *, built: bool = True
) -> Facts:
    """What the validation finds of a built site that is answered for so."""
    world = World(tmp_path, "case/leg", ("127.0.0.1",), clock=clock())
    for path, data in SITE.items():
        world.apply(WriteFile.of(Scratch(step="website"), path, data))
    with answering(reply) as url:
        inputs = Inputs.model_validate({"url": url, "source": "website" if built else None})
        assert EXECUTOR.probe is not None
        return EXECUTOR.probe(inputs, "validate", world)


def verdicts(facts: Facts) -> dict[str, str]:
    """Check → verdict."""
    return {check.check: check.verdict for check in facts.data}


@pytest.mark.parametrize("built", [True, False])
def test_a_site_that_is_served_as_it_was_built_keeps_every_promise(built, tmp_path):
    facts = probed(tmp_path, serving(SITE), built=built)
    assert set(verdicts(facts).values()) == {"ok"}
    assert {"pages", "not-found", "headers", "tls"} <= set(verdicts(facts))
    assert facts.findings == ()
    assert [one["check"] for one in facts.record["validation"]] == [one.check for one in facts.data]


def test_each_page_is_asked_for_and_the_check_says_how_many(tmp_path):
    pages = next(one for one in probed(tmp_path, serving(SITE)).data if one.check == "pages")
    assert pages.found == "2 of 2 answer 200 with what was built"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"index.html": b"another page"}, "pages"),
        ({"a.html": b"yesterday's"}, "pages"),
        ({"robots.txt": b"Disallow: /"}, "lists"),
        ({"sitemap.xml": MAP.replace(b"a.html", b"gone.html")}, "sitemap"),
    ],
)
def test_what_is_served_otherwise_than_built_is_a_failure(change, check, tmp_path):
    facts = probed(tmp_path, serving(SITE | change))
    assert verdicts(facts)[check] == "failure"
    assert check in [finding.code for finding in facts.findings if finding.level == "failure"]


def test_a_page_that_is_not_there_is_a_failure_wherever_it_was_built(tmp_path):
    without = {path: data for path, data in SITE.items() if path != "a.html"}
    assert verdicts(probed(tmp_path, serving(without)))["pages"] == "failure"
    assert verdicts(probed(tmp_path, serving(without), built=False))["pages"] == "failure"


def test_a_server_that_answers_200_for_everything_is_warned_of(tmp_path):
    def polite(*asked: object) -> Reply:
        _status, headers, data = serving(SITE)(*asked)
        return (200, headers, data)

    facts = probed(tmp_path, polite)
    assert verdicts(facts)["not-found"] == "warning"
    assert [finding.level for finding in facts.findings] == ["warning"]


def test_a_site_that_is_down_is_not_asked_for_every_page(tmp_path):
    asked: list[str] = []

    def down(_method: str, path: str, *_rest: object) -> Reply:
        asked.append(path)
        return (503, {}, b"")

    facts = probed(tmp_path, down)
    assert verdicts(facts)["pages"] == "failure"
    assert len(asked) < MOST


def test_before_the_run_nobody_is_asked_and_what_will_be_is_told(tmp_path):
    with answering(lambda *_: (500, {}, b"")) as url:
        pass  # nobody answers there any more
    facts = EXECUTOR.look(Inputs(url=url, source="website"), "validate", World(tmp_path, "case/leg"))
    (seen,) = facts.seen
    assert "every page" in seen.value
    assert not seen.holds


def test_records_are_asked_of_a_zone():
    with pytest.raises(ValidationError, match="give both"):
        Inputs.model_validate(
            {
                "url": "https://acme.example",
                "records": [{"name": "a.example", "type": "A", "ttl": 1, "values": ["192.0.2.1"]}],
            }
        )


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("https://acme.example", ("https", "acme.example", None, "")),
        ("http://127.0.0.1:8080/a/b.html?x#y", ("http", "127.0.0.1", "8080", "/a/b.html")),
        ("http://[::1]:80/", ("http", "::1", "80", "/")),
        ("ftp://acme.example/", None),
        ("https://user@acme.example/", None),
        ("https:///nothing", None),
    ],
)
def test_an_address_is_taken_apart(address, parts):
    assert web_of(address) == parts
