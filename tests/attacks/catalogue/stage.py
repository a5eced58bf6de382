"""The running scene with its people, and what attackers may use: doors, GitHub's REST, tokens of jobs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.cli.demo.scene import Scene, close_scene
from bot.domain.case import case_key
from bot.sandbox.actions.model import Run
from bot.sandbox.people import Participant
from bot.sandbox.places import Place
from bot.sandbox.state import node_id
from bot.sandbox.webhooks import Delivery
from executors.protocol.canonical import canonical
from tests.attacks.catalogue.attack import Given
from tests.attacks.catalogue.judge import Heard
from tests.attacks.catalogue.seen import Errors, phase_of
from tests.stories.words import newcomer, open_issue, token
from tests.stories.world import quiet, runs

KEY = hashlib.sha256(b"a job").hexdigest()[:32]
"""The client key of a job that the stage plays."""


class Stage:
    """One scene for many attacks. No runner is free on it but while something is planned or carried out."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.cast = scene, scene.cast
        self.anna, self.bert, self.olga = scene.cast.anna, scene.cast.bert, scene.cast.olga
        self.mallory = scene.cast.mallory
        self.product, self.operations = scene.cast.product, scene.cast.operations
        self.rita, self.thea, self.wim = (
            newcomer(scene, *who) for who in (("rita", "read"), ("thea", "triage"), ("wim", "write"))
        )
        self.operations.grant(self.wim, "write")
        self.number, self.line, self.session = 0, "", ""
        self.other: Any = None
        """the second organisation, where there is one"""
        self.heard: list[Heard] = []
        self.errors = Errors()
        self._is_held = False
        logging.getLogger().addHandler(self.errors)

    # --- what honest people do ---

    async def prepare(self, given: Given) -> None:
        """Brings an issue as far as the attack wants it, with the one of before where that will do."""
        phase = self.phase if self.number else ""
        there = Given.CLAIMED if self.session else Given.DISPATCHED
        if phase == given == Given.COMPLETED or (phase, given) == ("executing", there):
            return
        if phase == "executing" and not self.session:
            await self.says(self.bert, "/withdraw")
            phase = self.phase
        if phase != "validated":
            await self.plan()
        if given is Given.COMPLETED:
            await self.says(self.bert, self.line)
            await self.settle()
            assert self.phase == "completed"
        elif given is not Given.PLANNED:
            await self.dispatch()
        if given is Given.CLAIMED:
            assert (await self.claim(self.claims())).status == 200
            self.session = (await self.granted())["session"]

    async def plan(self) -> None:
        """Anna's new issue, planned and previewed; what still waits for a runner is cancelled first."""
        self.session = ""
        for run in runs(self.scene):
            if not run.is_over:
                await self.olga.http.ask("POST", f"{self.operations.path}/actions/runs/{run.id}/cancel", {})
        await self.free()
        self.number = await open_issue(self.scene)
        self.line = f"/approve {await token(self.scene, self.number)}"
        await self.hold()

    async def dispatch(self) -> None:
        """Bert approves, and the run waits."""
        await self.says(self.bert, self.line)
        assert self.phase == "executing"

    async def granted(self) -> dict[str, Any]:
        """What the job `execute` of the present run is granted."""
        answer = await self.claim(self.claims("execute"), "execute")
        assert answer.status == 200, answer.text
        return dict(json.loads(answer.text))

    async def hold(self) -> None:
        """From now on no runner is free."""
        if not self._is_held:
            room, self._is_held = self.scene.story.sandbox.actions.room, True
            await room.acquire()
            await room.acquire()

    async def free(self) -> None:
        """Runners are free."""
        if self._is_held:
            room, self._is_held = self.scene.story.sandbox.actions.room, False
            room.release()
            room.release()

    async def settle(self) -> None:
        """Lets every job that waits go on, until nothing is left to do."""
        await self.free()
        await self.scene.settle()
        await self.hold()

    async def quiet(self) -> None:
        """Returns when GitHub and the bot have nothing left to do."""
        await quiet(self.scene)

    # --- what anybody does ---

    async def says(self, who: Participant, text: str, number: int = 0) -> Any:
        """Somebody comments on the issue (or another one), and all becomes calm; the comment."""
        made = await who.comment(self.product, number or self.number, text)
        await self.quiet()
        return made

    async def pull(self) -> dict[str, Any]:
        """The plan pull request of the present issue."""
        every = await self.anna.http.get(f"{self.product.path}/pulls", state="all", per_page="100")
        return dict(next(one for one in every if f"#{self.number}." in one["body"]))

    @property
    def case(self) -> str:
        """The present issue's case."""
        issue = self.product.repository.issues[self.number]
        return case_key(self.product.id, node_id("I", issue.id))

    @property
    def phase(self) -> str:
        """Where the present issue's case stands."""
        return phase_of(self.scene, self.case)

    @property
    def approval(self) -> int:
        """The id of Bert's newest comment that approves."""
        comments = self.product.repository.issues[self.number].comments.values()
        mine = [c.id for c in comments if c.author_id == self.bert.id and c.body.startswith("/approve")]
        return mine[-1]

    # --- the doors ---

    async def knock(
        self, door: str, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> Heard:
        """A request to one of the bot's doors; what it answers is kept for the judge."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as http,
            http.request(method, f"{self.scene.bot.url}{door}", data=body, headers=sent) as answer,
        ):
            self.heard.append(Heard(answer.status, await answer.text(errors="replace")))
        return self.heard[-1]

    async def raw(self, data: bytes) -> Heard:
        """These very bytes to the bot's port; status 0 where nothing comes back."""
        parts = urlsplit(self.scene.bot.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(data)
        await writer.drain()
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
        status = said.split(b" ", 2)[1:2]
        self.heard.append(Heard(int(status[0]) if status and status[0].isdigit() else 0, said.decode("latin-1")))
        return self.heard[-1]

    async def deliver(self, body: bytes, event: str = "issue_comment", guid: str = "", **headers: str) -> Heard:
        """A webhook with these headers, `_` for `-`; a fresh delivery id unless told."""
        usual = {"X-GitHub-Event": event, "X-GitHub-Delivery": guid or str(uuid.uuid4())}
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = await self.knock("/github", body, usual | given)
        await self.quiet()
        return answer

    def signed(self, body: bytes, secret: str | None = None) -> str:
        """The signature of a body with a secret, GitHub's own where none is given."""
        key = self.cast.app.webhook_secret if secret is None else secret
        return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()

    def sent(self, event: str, login: str = "", action: str | None = None) -> Delivery:
        """The newest delivery of that kind, of that sender where one is named."""
        for one in reversed(self.scene.story.sandbox.webhooks.log):
            is_by = not login or one.payload["sender"]["login"] == login
            if one.event == event and is_by and action in {None, one.action}:
                return one
        raise LookupError(f"no delivery of {event} by {login or 'anybody'}")

    # --- jobs ---

    @property
    def run(self) -> Run:
        """The newest run that the bot dispatched."""
        return next(run for run in reversed(runs(self.scene)) if run.actor_id == self.cast.app.bot_id)

    def claims(self, job: str = "admit", run: Run | None = None, **other: Any) -> dict[str, Any]:
        """What GitHub says of a job of a run (the bot's newest one), but for `other`; None takes a claim out."""
        run, issuer = run or self.run, self.scene.story.sandbox.actions.issuer
        made = issuer.claims(run, run.job(job), self.scene.bot.url)
        made |= {"environment": "production"} if job == "execute" else {}  # it is entered when the job begins
        return {name: value for name, value in (made | other).items() if value is not None}

    def signed_claims(self, claims: Mapping[str, Any]) -> str:
        """A token that GitHub's own key signed."""
        return self.scene.story.sandbox.actions.issuer.signed(dict(claims))

    async def claim(self, claims: Mapping[str, Any] | str, job: str = "admit", **other: Any) -> Heard:
        """A claim of the present run's leg with such a token, which GitHub signs where it is given as claims."""
        bearer = claims if isinstance(claims, str) else self.signed_claims(claims)
        asked = {**self.run.inputs, "job": job, "client_key": KEY, **other}
        answer = await self.knock("/runs/claim", canonical(asked), {"Authorization": f"Bearer {bearer}"})
        await self.quiet()
        return answer

    async def tells(self, door: str, value: Any, session: str = "") -> Heard:
        """What a job posts to `/runs/journal` or `/runs/done` with a session key."""
        headers = {"Authorization": f"Bearer {session or self.session}"}
        answer = await self.knock(f"/runs/{door}", canonical(value), headers)
        await self.quiet()
        return answer

    async def by_hand(self, who: Participant, place: Place | None = None, ref: str = "main", **inputs: str) -> Run:
        """Somebody dispatches the workflow themselves, with the present run's inputs but for these."""
        path = f"{(place or self.operations).path}/actions/workflows/millwright.yml/dispatches"
        await who.http.post(path, {"ref": ref, "inputs": {**self.run.inputs, **inputs}})
        return runs(self.scene)[-1]

    async def close(self) -> None:
        """Ends the scene; AssertionError where the bot does not live any more."""
        logging.getLogger().removeHandler(self.errors)
        await self.free()
        if self.other is not None:
            self.other.site.stop()
        await close_scene(self.scene)
