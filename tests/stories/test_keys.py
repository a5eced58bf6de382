"""The key is rotated while a capability is carried out, and retired when no workflow needs it any more."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.key_file import read_ring
from bot.cli.demo.scene import RING, SOURCE, Scene
from bot.domain.workflow import PATH as WORKFLOW
from executors.protocol.journal import LegFinished, LegStarted
from tests.stories.test_claims import posts, waiting
from tests.stories.test_website import downloaded_pack
from tests.stories.words import ACME, acme, body, open_issue, planned, says, state, sticky, token
from tests.stories.world import page, restart_bot, runs, while_it_runs


async def millwright(*arguments: str) -> str:
    """What the command prints, run as an operator runs it while the bot goes on; AssertionError where it fails."""
    command = [sys.executable, "-m", "bot", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=SOURCE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def keys(scene: Scene, *arguments: str) -> str:
    """`millwright keys` on the ring of the running bot."""
    return await millwright("keys", *arguments, "--file", str(scene.folder / RING))


async def published(scene: Scene) -> dict[str, Any]:
    """What the bot tells the world of its keys."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{scene.bot.url}/.well-known/millwright-keys.json") as answer,
    ):
        return dict(await answer.json())


async def verified(scene: Scene, folder: Path) -> str:
    """What `millwright verify` says of the newest pack, by what the bot publishes now."""
    (folder / "pack.zip").write_bytes(await downloaded_pack(scene))
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{scene.bot.url}/.well-known/millwright-keys.json") as answer,
    ):
        (folder / "keys.json").write_bytes(await answer.read())
    return await millwright("verify", str(folder / "pack.zip"), "--keys", str(folder / "keys.json"))


async def generate_anew(scene: Scene) -> None:
    """The owner commits the workflow that pins the key that is active now."""
    text = await scene.cast.operations.read(WORKFLOW)
    active = read_ring(scene.folder / RING).active.fingerprint
    await scene.cast.olga.push(scene.cast.operations, {WORKFLOW: text.replace(scene.keys.fingerprint, active)})
    await scene.settle()


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_run_that_was_claimed_before_a_rotation_goes_on_after_it(
    scene: Scene, tmp_path: Path, restarted: bool
) -> None:
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line):
        await keys(scene, "rotate")
        if restarted:
            await restart_bot(scene)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)
    first, second = (await published(scene))["keys"][1], (await published(scene))["keys"][0]
    assert (first["keyid"], first["state"], second["state"]) == (scene.keys.fingerprint, "retiring", "active")
    said = await verified(scene, tmp_path)
    assert said.startswith("AUTHENTIC\n")
    assert f"by {second['keyid']}" in said, "what is sealed after the rotation is sealed by the new key"


async def test_a_claim_whose_answer_was_lost_gets_the_same_session_after_a_rotation(scene: Scene) -> None:
    number, line = await planned(scene)
    async with waiting(scene, number, line) as leg:
        assert (await leg.claim(leg.claims()))[0] == 200
        status, before = await leg.claim(leg.claims("execute"), "execute")
        assert status == 200
        await keys(scene, "rotate")
        status, after = await leg.claim(leg.claims("execute"), "execute")
        assert (status, after["session"]) == (200, before["session"])
        assert [len(answer["spec"]["signatures"]) for answer in (before, after)] == [1, 2]
        assert len(after["public_keys"]) == 2
        assert (await posts(scene, before["session"], LegStarted(verb="execute")))["decision"] == "go"
        assert (await posts(scene, before["session"], LegFinished(outcome="failed"), 2))["decision"] == "go"


async def test_a_key_is_replaced_without_an_outage(scene: Scene, tmp_path: Path) -> None:
    old = scene.keys.fingerprint
    await keys(scene, "rotate")
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", "the workflow still pins the key of before"

    await generate_anew(scene)
    await keys(scene, "retire", old)
    assert [key["state"] for key in (await published(scene))["keys"]] == ["active", "retired"]
    second = await open_issue(scene, acme(contact_email="new@acme.example"))
    await says(scene, scene.cast.bert, second, f"/approve {await token(scene, second)}")
    assert await state(scene, second) == "completed", await sticky(scene, second)
    assert [run.conclusion for run in runs(scene)] == ["success"] * 4
    assert (await verified(scene, tmp_path)).startswith("AUTHENTIC\n")


async def test_a_pack_that_holds_a_secret_of_the_ring_as_it_is_now_is_not_sealed(scene: Scene) -> None:
    await keys(scene, "rotate")
    ring = read_ring(scene.folder / RING)
    assert ring.active.seed
    text = ACME.replace("nicht aufhält", ring.active.seed.hex())
    assert text != ACME
    number = await open_issue(scene, body(text))
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await scene.cast.anna.http.get(f"{scene.cast.product.path}/releases") == []


async def test_a_key_that_is_retired_too_early_stops_jobs_and_lets_none_go_astray(scene: Scene) -> None:
    number, line = await planned(scene)
    await keys(scene, "rotate")
    await keys(scene, "retire", scene.keys.fingerprint)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "failed", await sticky(scene, number)
    assert page(scene) == ""
    said = "\n".join(text for job in runs(scene)[-1].jobs for text in job.log)
    assert "none is pinned" in said
