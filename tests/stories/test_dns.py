"""A website gets its names in a real BIND: previewed as a difference; a rollback leaves the zone as it was."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.cli.demo.scene import Scene
from bot.cli.workflow import template
from bot.domain.policy import Policy, parse
from bot.domain.workflow import PATH as WORKFLOW
from bot.domain.workflow_check import generated
from tests.dns.bind import Bind, differs, running
from tests.programs import program
from tests.stories.test_website import downloaded_pack
from tests.stories.words import acme, open_issue, says, state, sticky, token
from tests.stories.world import page

DOMAIN = "acme-consulting.example"
RECORDS = '@ A 192.0.2.1\n@ TXT "v=spf1 -all"\n@ MX 10 mail\nmail A 192.0.2.25\n'


@pytest.fixture
def bind(tmp_path: Path) -> Iterator[Bind]:
    """The name server of the firm's zone."""
    with running(program("named"), tmp_path / "bind", zone=DOMAIN, records=RECORDS) as started:
        yield started


async def name_server(scene: Scene, bind: Bind) -> None:
    """Olga puts the zone into policy, environments and workflow."""
    operations = scene.cast.operations
    operations.environment("names", {"DNS_KEY": bind.key}, branch_policy="protected")
    read = {"DNS_KEY": f"millwright-reads:{bind.read_key}"}
    operations.environment("names-read", read, branch_policy="protected")
    value = yaml.safe_load(await operations.read(".github/millwright.yml") or "")
    value["products"][0]["dns"] = "names"
    zone = {"name": "names", "kind": "dns", "zone": DOMAIN, "server": f"127.0.0.1:{bind.port}"}
    key = {"key_name": "millwright", "algorithm": "hmac-sha512", "key": "DNS_KEY"}
    value["environments"].append({**zone, **key, "address4": "192.0.2.7"})
    policy = parse(text := json.dumps(value))
    assert isinstance(policy, Policy), policy
    head = await scene.story.sandbox.git(
        scene.story.sandbox.world.repository("millwright-dev/millwright")  # type: ignore[arg-type]
    ).sha("refs/heads/main")
    actions = f"millwright-dev/millwright@{head}"
    flow = generated(policy, scene.bot.url, scene.keys.fingerprint, actions, template())
    files: dict[str, str | None] = {".github/millwright.yml": text, WORKFLOW: flow}
    await scene.cast.olga.push(operations, files)
    await scene.settle()


async def test_names_are_previewed_set_and_taken_back(scene: Scene, bind: Bind) -> None:
    await name_server(scene, bind)
    before = bind.holds()
    number = await open_issue(scene, acme(scope="[website, dns]"))
    shown = await sticky(scene, number)
    assert "`192.0.2.1 (TTL 3600)` → `192.0.2.7 (TTL 300)`" in shown, shown
    assert f"set the records `www.{DOMAIN} CNAME` (`none` → `{DOMAIN}. (TTL 300)`)" in shown
    assert f"zone `{DOMAIN}` at `127.0.0.1:{bind.port}`" in shown
    assert bind.holds() == before, "a preview changes nothing"

    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    assert differs(before, bind.holds()) == [
        f"- {DOMAIN}. 3600 A 192.0.2.1",
        f"+ {DOMAIN}. 300 A 192.0.2.7",
        f"+ www.{DOMAIN}. 300 CNAME {DOMAIN}.",
    ]

    with zipfile.ZipFile(io.BytesIO(await downloaded_pack(scene))) as pack:
        text = {name: pack.read(name).decode("utf-8", "replace") for name in pack.namelist()}
    assert '"what":"update"' in text["legs/dns/dns.jsonl"].replace(" ", "")
    assert not any(bind.key in one or bind.read_key in one for one in text.values())
    pages = " ".join(one for name, one in text.items() if name.endswith(".html"))
    assert "192.0.2.1 (TTL 3600)" in pages, "before"
    assert "192.0.2.7 (TTL 300)" in pages, "after"

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert bind.holds() == before
    assert page(scene) == ""
    assert "Nothing remains" in await sticky(scene, number)


async def test_names_that_the_server_refuses_take_the_website_back_too(scene: Scene, bind: Bind) -> None:
    await name_server(scene, bind)
    before = bind.holds()
    number = await open_issue(scene, acme(scope="[website, dns]"))
    scene.cast.operations.environment("names", {"DNS_KEY": f"millwright-reads:{bind.read_key}"})
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    shown = await sticky(scene, number)
    assert "allow-update" in shown, shown
    assert bind.key not in shown
    assert bind.holds() == before


async def test_a_domain_outside_of_the_zone_is_refused_by_name(scene: Scene, bind: Bind) -> None:
    await name_server(scene, bind)
    text = acme(scope="[website, dns]").replace(f"domain: {DOMAIN}", "domain: acme.example")
    shown = await sticky(scene, await open_issue(scene, text))
    assert f"outside of the zone `{DOMAIN}`" in shown, shown


async def test_without_a_zone_it_is_said_what_to_add(scene: Scene) -> None:
    shown = await sticky(scene, await open_issue(scene, acme(scope="[website, dns]")))
    assert "add an environment of kind `dns` and name it in `products[].dns`" in shown, shown
