"""Strangers at the doors: forged, oversized and repeated webhooks, hand-made runs, stolen and stale tokens."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import uuid

import aiohttp
import pytest

from bot.cli.demo.scene import Scene
from bot.sandbox.actions.model import Run
from bot.sandbox.webhooks import Delivery
from tests.stories.words import bot_comments, carried_out, planned, pulls, state, sticky
from tests.stories.world import knock, quiet, runs, tree


def signature(scene: Scene, body: bytes) -> str:
    """The signature that GitHub would put on the body."""
    return "sha256=" + hmac.new(scene.cast.app.webhook_secret.encode(), body, hashlib.sha256).hexdigest()


async def redeliver(scene: Scene, sent: Delivery, guid: str = "") -> int:
    """The delivery once more, under its own or another id; returns the status."""
    headers = {**sent.headers, **({"X-GitHub-Delivery": guid} if guid else {})}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{scene.bot.url}/github", data=sent.body, headers=headers) as answer,
    ):
        return answer.status


def delivery_of(scene: Scene, login: str) -> Delivery:
    """The newest delivery of a comment by that person."""
    log = reversed(scene.story.sandbox.webhooks.log)
    return next(one for one in log if one.event == "issue_comment" and one.payload["sender"]["login"] == login)


async def test_forged_and_oversized_webhooks_are_turned_away_and_do_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    await scene.cast.mallory.comment(scene.cast.product, number, line)
    await scene.settle()
    sent = delivery_of(scene, scene.cast.mallory.login)
    forged = sent.body.replace(b'"mallory"', b'"bert"').replace(
        f'"id": {scene.cast.mallory.id}'.encode(), f'"id": {scene.cast.bert.id}'.encode()
    )
    assert forged != sent.body
    usual = {"X_GitHub_Event": "issue_comment", "X_GitHub_Delivery": str(uuid.uuid4())}
    key = scene.cast.app.webhook_secret.encode()
    old = "sha1=" + hmac.new(key, forged, hashlib.sha1).hexdigest()
    good = signature(scene, sent.body)

    assert (await knock(scene, "/github", forged, X_Hub_Signature_256=good, **usual))[0] == 401
    assert (await knock(scene, "/github", forged, X_Hub_Signature=old, **usual))[0] == 401
    assert (await knock(scene, "/github", forged, **usual))[0] == 401
    large = b'{"a": "' + b"x" * 1024 * 1024 + b'"}'
    status, answer = await knock(scene, "/github", large, X_Hub_Signature_256=signature(scene, large), **usual)
    assert (status, answer["code"]) == (413, "too_large")
    for odd in (b"[]", b"{", b"null", b'{"issue": 1}', b"\xff"):
        headers = {**usual, "X_GitHub_Event": "never_heard_of", "X_GitHub_Delivery": str(uuid.uuid4())}
        assert (await knock(scene, "/github", odd, X_Hub_Signature_256=signature(scene, odd), **headers))[0] == 202
        headers = {**usual, "X_GitHub_Delivery": str(uuid.uuid4())}
        assert (await knock(scene, "/github", odd, X_Hub_Signature_256=signature(scene, odd), **headers))[0] == 202
    await scene.settle()
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1
    assert await scene.bot.engine.parked() == []


async def test_t17_a_delivery_that_comes_fifty_times_has_one_effect(scene: Scene) -> None:
    number, line = await planned(scene)
    room = scene.story.sandbox.actions.room
    async with room, room:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        sent = next(
            one
            for one in reversed(scene.story.sandbox.webhooks.log)
            if one.event == "issue_comment" and line in one.body.decode()
        )
        before = len(await bot_comments(scene, number))
        statuses = await asyncio.gather(*(redeliver(scene, sent) for _ in range(50)))
        assert set(statuses) == {202}
        await asyncio.gather(*(redeliver(scene, sent, str(uuid.uuid4())) for _ in range(10)))
        await quiet(scene)
        assert len(await bot_comments(scene, number)) == before
        assert len(runs(scene)) == 2
    await scene.settle()
    assert await state(scene, number) == "completed", await sticky(scene, number)
    opened = [one for one in scene.story.sandbox.webhooks.log if one.event == "issues"]
    await asyncio.gather(*(redeliver(scene, one, str(uuid.uuid4())) for one in opened for _ in range(5)))
    await scene.settle()
    assert await state(scene, number) == "completed"
    assert (len(runs(scene)), len(await pulls(scene))) == (2, 1)


async def test_t54_runs_that_people_start_or_repeat_are_refused_and_change_nothing(scene: Scene) -> None:
    await carried_out(scene)
    olga, path = scene.cast.olga, f"{scene.cast.operations.path}/actions"
    before, ours = tree(scene.site.root), runs(scene)[-1]

    await olga.http.post(f"{path}/runs/{ours.id}/rerun")
    await scene.settle()
    assert refusal_of(ours)
    await olga.http.post(f"{path}/runs/{ours.id}/rerun-failed-jobs")
    await scene.settle()
    assert (ours.attempt, ours.conclusion) == (3, "failure")

    inputs = dict(ours.inputs)
    await olga.http.post(f"{path}/workflows/millwright.yml/dispatches", {"ref": "main", "inputs": inputs})
    await scene.settle()
    await olga.http.delete(f"{path}/runs/{ours.id}")
    await olga.http.post(f"{path}/workflows/millwright.yml/dispatches", {"ref": "main", "inputs": inputs})
    made_up = {"case": "case:1:I_none", "leg": "website", "nonce": "0" * 32}
    await olga.http.post(f"{path}/workflows/millwright.yml/dispatches", {"ref": "main", "inputs": made_up})
    await scene.settle()
    assert [run.conclusion for run in runs(scene)[2:]] == ["failure"] * 3
    for run in runs(scene)[2:]:
        assert refusal_of(run)
        assert run.job("execute").conclusion == "skipped"
    assert tree(scene.site.root) == before


def refusal_of(run: Run) -> str:
    """The line of the job `admit` in which the bot's refusal stands."""
    found = [line for line in run.job("admit").log if "/runs/claim" in line]
    return found[0] if found else ""


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/.well-known/millwright-keys.json"])
async def test_what_everybody_may_read_is_there(scene: Scene, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(scene.bot.url + path) as answer:
        assert answer.status == 200
        if path.endswith("keys.json"):
            assert scene.keys.fingerprint in await answer.text()
