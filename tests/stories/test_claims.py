"""Stolen, stale and foreign tokens at /runs: refused by name, and what is refused burns nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.cli.demo.scene import Scene
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.actions.model import Run
from executors.protocol.canonical import canonical
from executors.protocol.journal import JournalLine, LegFinished, LegStarted
from executors.protocol.spec import Bundle, JournalPost
from tests.stories.words import planned, state, sticky
from tests.stories.world import knock, page, quiet, runs, served

Claims = dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """A run that was dispatched and waits for a runner; the story plays its jobs."""

    scene: Scene
    run: Run

    def claims(self, job: str = "admit", **other: Any) -> Claims:
        """What GitHub would say of the job, but for `other`."""
        issuer, found = self.scene.story.sandbox.actions.issuer, self.run.job(job)
        made = issuer.claims(self.run, found, self.scene.bot.url)
        made |= {"environment": "production"} if job == "execute" else {}  # it is entered when the job begins
        return {name: value for name, value in (made | other).items() if value is not None}

    async def claim(self, claims: Claims, job: str = "admit", **other: str) -> tuple[int, dict[str, Any]]:
        """Claims the leg with a token that says so."""
        return await self.claim_with(self.scene.story.sandbox.actions.issuer.signed(claims), job, **other)

    async def claim_with(self, token: str, job: str = "admit", **other: str) -> tuple[int, dict[str, Any]]:
        """Claims the leg with this very token."""
        asked = {
            **self.run.inputs,
            "job": job,
            "client_key": hashlib.sha256(job.encode()).hexdigest()[:32],
            **other,
        }
        return await knock(self.scene, "/runs/claim", canonical(asked), Authorization=f"Bearer {token}")


@asynccontextmanager
async def waiting(scene: Scene, number: int, line: str) -> AsyncIterator[Waiting]:
    """Bert approves, and no runner is free until the block is left."""
    room = scene.story.sandbox.actions.room
    async with room, room:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        yield Waiting(scene, runs(scene)[-1])
    await scene.settle()


async def test_a_claim_with_a_token_of_anything_else_is_refused_and_burns_nothing(scene: Scene) -> None:
    number, line = await planned(scene)
    text = await scene.cast.operations.read(WORKFLOW)
    other = await scene.cast.olga.push(scene.cast.operations, {WORKFLOW: f"{text}\n# mine\n"}, branch="mine")
    now, ref = int(time.time()), f"acme/millwright-ops/{WORKFLOW}"
    wrong: dict[str, tuple[Claims, int, str]] = {
        "repository": ({"repository_id": str(scene.cast.product.id)}, 403, "case_unknown"),
        "ref": ({"workflow_ref": f"{ref}@refs/heads/mine"}, 403, "workflow_ref"),
        "workflow": (
            {"workflow_ref": "acme/millwright-ops/.github/workflows/x.yml@refs/heads/main"},
            403,
            "workflow_ref",
        ),
        "changed file": ({"workflow_sha": other}, 403, "workflow_changed"),
        "attempt": ({"run_attempt": "2"}, 403, "attempt"),
        "run": ({"run_id": "4711"}, 403, "run"),
        "actor": ({"actor_id": str(scene.cast.olga.id)}, 403, "actor"),
        "event": ({"event_name": "push"}, 403, "event"),
        "environment": ({"environment": "production"}, 403, "environment"),
        "audience": ({"aud": "https://github.com/acme"}, 401, "token_invalid"),
        "issuer": ({"iss": "https://token.example"}, 401, "token_invalid"),
        "expired": ({"exp": now - 120}, 401, "token_expired"),
        "old": ({"iat": now - 3600}, 401, "token_old"),
        "no jti": ({"jti": None}, 401, "token_invalid"),
    }
    async with waiting(scene, number, line) as leg:
        for what, (claims, status, code) in wrong.items():
            told, answer = await leg.claim(leg.claims(**claims))
            assert (told, answer["code"]) == (status, code), what
        told, answer = await leg.claim(leg.claims("execute"), "execute")
        assert (told, answer["code"]) == (409, "admit_first")
        told, answer = await leg.claim(leg.claims(), nonce="0" * 32)
        assert (told, answer["code"]) == (403, "nonce")
        told, answer = await leg.claim(leg.claims(), case="case:1:I_none")
        assert (told, answer["code"]) == (403, "case_unknown")
        claims = leg.claims(run_attempt="7")
        assert (await leg.claim(claims))[0] == 403
        told, answer = await leg.claim(claims)
        assert (told, answer["code"]) == (409, "token_spent")
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        headers = {"kid": scene.story.sandbox.actions.issuer.key_id}
        assert (await leg.claim_with(jwt.encode(leg.claims(), stranger, "RS256", headers)))[0] == 401
        assert (await leg.claim_with(jwt.encode(leg.claims(), "k" * 32, "HS256", headers)))[0] == 401
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def posts(scene: Scene, key: str, entry: LegStarted | LegFinished, n: int = 1) -> dict[str, Any]:
    """The answer to a journal line posted with that session key."""
    post = JournalPost(lines=(JournalLine(n=n, at="2026-01-01T00:00:00.000000Z", body=entry),))
    return (await knock(scene, "/runs/journal", canonical(post.to_json()), Authorization=f"Bearer {key}"))[1]


async def test_t39_a_job_that_is_not_the_claimed_one_cannot_journal_or_finish(scene: Scene) -> None:
    number, line = await planned(scene)
    async with waiting(scene, number, line) as leg:
        status, answer = await leg.claim(leg.claims())
        assert (status, answer["session"]) == (200, None)
        told, answer = await leg.claim(leg.claims(), client_key="0" * 32)
        assert (told, answer["code"]) == (409, "already_claimed")
        status, answer = await leg.claim(leg.claims("execute"), "execute")
        assert status == 200, answer
        session = answer["session"]
        for key in ("x" * 40, session[:-1] + ("0" if session[-1] != "0" else "1")):
            assert (await posts(scene, key, LegStarted(verb="execute")))["code"] == "session_unknown"
        assert (await posts(scene, session, LegStarted(verb="execute")))["decision"] == "go"
        told, answer = await leg.claim(leg.claims("execute"), "execute")
        assert (told, answer["code"]) == (409, "already_started")

        # The job says that all is well and hands in something else than what lies there (T39).
        assert (await posts(scene, session, LegFinished(outcome="completed"), 2))["decision"] == "go"
        scene.story.sandbox.actions.storage.keep(leg.run, "millwright-website", b"swapped", 1, may_replace=False)
        bundle = Bundle(
            leg="website",
            outcome="completed",
            lines=2,
            files=(),
            artifact="millwright-website",
            artifact_digest=f"sha256:{'0' * 64}",
        )
        told, _ = await knock(scene, "/runs/done", canonical(bundle.to_json()), Authorization=f"Bearer {session}")
        assert told == 200
    assert await state(scene, number) == "failed", await sticky(scene, number)
    assert "artifact" in await sticky(scene, number)
    assert served(scene) is None
    assert page(scene) == ""
