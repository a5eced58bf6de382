"""What the person who runs the bot sees of a story: its metrics, and logs that tell much and quote nobody."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import logs
from bot.cli.demo.scene import Scene
from bot.metrics import Metrics
from tests.stories.words import carried_out, planned
from tests.stories.world import knock

FAMILIES = "families"
"""Where `scraped` puts the names and types of all metrics, those without a sample too."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as `millwright serve` writes it."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.set_up("json", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


async def forged(scene: Scene, body: bytes) -> None:
    told = {"X_GitHub_Event": "issues", "X_GitHub_Delivery": str(uuid.uuid4())}
    assert (await knock(scene, "/github", body, X_Hub_Signature_256="sha256=" + "0" * 64, **told))[0] == 401


async def scraped(scene: Scene) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Sample name → labels → value, as Prometheus reads the page."""
    async with aiohttp.ClientSession() as http, http.get(scene.bot.metrics_url) as answer:
        assert answer.status == 200
        text = await answer.text()
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        found.setdefault(FAMILIES, {})[((family.name, family.type),)] = 1
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


async def test_a_story_is_counted(scene: Scene) -> None:
    await carried_out(scene)
    await forged(scene, b"{}")
    seen = await scraped(scene)
    sent = [one for one in scene.story.sandbox.webhooks.log if one.event == "issues"]
    assert seen["millwright_deliveries_total"][("event", "issues"), ("outcome", "accepted")] == len(sent)
    assert seen["millwright_deliveries_total"][("event", ""), ("outcome", "signature")] == 1
    assert seen["millwright_acknowledge_seconds_count"][()] >= len(sent)
    assert seen["millwright_claims_total"][(("status", "200"),)] >= 2
    assert seen["millwright_rows_total"][("kind", "issues"), ("outcome", "done")] == len(sent)
    assert seen["millwright_effects_total"][("effect", "Dispatch"), ("outcome", "done")] == 2
    assert seen["millwright_committed_changes_total"][()] >= seen["millwright_commit_seconds_count"][()] > 10
    assert seen["millwright_database_readable"][()] == 1
    assert seen["millwright_github_away"][()] == 0
    for gauge in ("rows_waiting", "rows_parked", "oldest_row_seconds", "effects_waiting", "effects_given_up"):
        assert seen[f"millwright_{gauge}"][()] == 0, gauge
    assert set(seen[FAMILIES]) == {((family.name, family.type),) for family in Metrics().registry.collect()}


async def test_metrics_are_not_at_the_public_doors_and_name_nobody(scene: Scene) -> None:
    await planned(scene)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{scene.bot.url}/metrics") as answer:
            assert answer.status == 404
        async with http.get(scene.bot.metrics_url) as answer:
            text = await answer.text()
        async with http.get(scene.bot.metrics_url.replace("/metrics", "/github")) as answer:
            assert answer.status == 404
    for name in ("anna", "bert", "acme", "website", str(scene.cast.product.id)):
        assert name not in text


def lines_of(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_what_is_said_about_an_issue_is_found_by_its_delivery(log: io.StringIO, scene: Scene) -> None:
    await planned(scene)
    [opened] = [
        one for one in scene.story.sandbox.webhooks.log if one.action == "opened" and one.event == "issues"
    ]
    ours = [line for line in lines_of(log) if line.get("delivery") == opened.guid]
    assert {line["case"] for line in ours} == {
        f"case:{scene.cast.product.id}:{opened.payload['issue']['node_id']}"
    }
    assert [(line["event"], line["kind"]) for line in ours if "kind" in line] == [("row done", "issues")]
    effects = {line["effect"] for line in ours if line["event"] == "effect done"}
    assert {"Say", "OpenPull"} <= effects
    for line in ours:
        assert line["outcome"] == "done"
        assert line["seconds"] >= 0
        assert line["at"].endswith("Z")


async def test_no_secret_and_no_word_of_people_is_logged(log: io.StringIO, scene: Scene) -> None:
    await carried_out(scene)
    await forged(scene, b'{"note": "a word of a stranger"}')
    written = log.getvalue()
    assert len(written.splitlines()) > 50
    sandbox = scene.story.sandbox
    secrets = [
        scene.cast.app.webhook_secret,
        scene.cast.app.private_key[40:80],
        *scene.keys.secrets,
        "ghs_",
        "Bearer",
    ]
    words = ["Acme Consulting", "@acme", "a word of a stranger", "eyJ"]
    bodies = [one.body.decode() for one in sandbox.webhooks.log if one.event == "issues"]
    assert any("Acme Consulting" in body for body in bodies), "the words were there to be logged"
    for canary in (*secrets, *words):
        assert canary not in written, canary
