"""`/runs`: a job is who its token says, once; journal and bundle come with the session key; refusals say why."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.domain.ledger import Entry, chain
from bot.doors.quota import Quota
from bot.events.github import meaning
from bot.events.model import ClaimReceived, DoneReceived, JournalReceived
from bot.events.rows import Arrived, event_of
from bot.ports import Commit, DoorAnswer, NewRow
from bot.store.database import Database
from tests.bot.doors.street import PRIVATE, Street, street
from tests.bot.standin import now

CASE = "case:101:I_1"
CLAIM = {"case": CASE, "leg": "website", "nonce": "0" * 32, "job": "execute", "client_key": "1" * 32}
LINE = {"n": 1, "at": "2026-01-02T03:04:05.000006Z", "body": {"entry": "leg_started", "verb": "execute"}}
BUNDLE = {"leg": "website", "outcome": "completed", "lines": 1, "files": [], "artifact": "millwright-website"}
SESSION = "5e" * 32


async def known_session(store: Database) -> None:
    """A ledger that a claim has left behind."""
    row = await store.accept(NewRow("internal", "x", "x", b"{}", CASE))
    alias = f"session:{hashlib.sha256(SESSION.encode()).hexdigest()}"
    lines = chain([Entry("effect.performed", alias=alias)], None, now())
    await store.commit(Commit(row or 0, CASE, 0, tuple(lines)))


def event(row: NewRow) -> Any:
    return event_of(Arrived(row.source, row.kind, row.body, row.case or ""), meaning)


async def test_a_claim_becomes_an_event_with_the_verified_job_and_is_answered(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        token = here.issuer.token(jti="j1", environment="production")
        assert await here.runs("claim", CLAIM, token) == (200, {"row": "claim"})
        [row] = here.rows
        assert (row.case, row.delivery) == (CASE, "claim:j1")
        found = event(row)
        assert isinstance(found, ClaimReceived)
        assert found.claim.job == "execute"
        assert (found.job.run_id, found.job.repository_id, found.job.environment) == (42, 102, "production")
        assert (found.job.check_run_id, found.job.run_attempt, found.job.actor_id) == (77, 1, 9001)


async def test_t41_each_token_claims_once(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        token = here.issuer.token()
        assert (await here.runs("claim", CLAIM, token))[0] == 200
        status, answer = await here.runs("claim", CLAIM, token)
        assert (status, answer["code"]) == (409, "token_spent")


OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://token.actions.githubusercontent.com"}, "token_invalid"),
        ({"aud": "https://another.example"}, "token_invalid"),
        ({"aud": None}, "token_invalid"),
        ({"jti": None}, "token_invalid"),
        ({"jti": ""}, "token_invalid"),
        ({"run_id": "four"}, "token_invalid"),
        ({"repository_id": None}, "token_invalid"),
        ({"key": OTHER}, "token_invalid"),
        ({"kid": "unknown"}, "token_invalid"),
        ({"iat": 1_700_000_000}, "token_old"),
        ({"iat": 1_700_000_000, "exp": 1_700_000_100}, "token_expired"),
        ({"iat": 4_000_000_000}, "token_expired"),
    ],
)
async def test_t37_a_token_that_is_not_ours_to_trust_is_401(
    claims: dict[str, Any], code: str, tmp_path: Path
) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.runs("claim", CLAIM, here.issuer.token(**claims))
        assert (status, answer["code"]) == (401, code)
        assert here.rows == []


async def test_t37_only_rs256_counts_whatever_the_token_says(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        claims = jwt.decode(here.issuer.token(), options={"verify_signature": False})
        unsigned = jwt.encode(claims, "", "none", {"kid": "k1"})
        shared = jwt.encode(claims, "x" * 64, "HS256", {"kid": "k1"})
        longer = here.issuer.token(PRIVATE, "RS512")
        for token in (unsigned, shared, longer, "x" * 40, "a.b.c" * 8):
            status, answer = await here.runs("claim", CLAIM, token)
            assert (status, answer["code"]) in {(401, "token_invalid"), (401, "bearer_missing")}


async def test_a_token_is_too_old_after_five_minutes_by_the_bots_own_clock(tmp_path: Path) -> None:
    async with street(tmp_path, late=timedelta(seconds=290)) as here:
        assert (await here.runs("claim", CLAIM, here.issuer.token()))[0] == 200
    async with street(tmp_path, late=timedelta(seconds=310)) as here:
        status, answer = await here.runs("claim", CLAIM, here.issuer.token())
        assert (status, answer["code"]) == (401, "token_old")


async def test_the_issuers_keys_are_asked_for_once_however_many_strangers_come(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await asyncio.gather(*(here.runs("claim", CLAIM, here.issuer.token(kid=f"x{n}")) for n in range(20)))
        assert (await here.runs("claim", CLAIM, here.issuer.token()))[0] == 200
        assert here.issuer.asked == 1


async def test_keys_on_another_host_are_not_fetched(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        here.issuer.jwks_uri = "https://evil.example/jwks"
        status, answer = await here.runs("claim", CLAIM, here.issuer.token())
        assert (status, answer["code"]) == (503, "issuer_unreachable")


@pytest.mark.parametrize("door", ["claim", "journal", "done"])
async def test_without_a_bearer_every_door_is_401(door: str, tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.runs(door, {}, None)
        assert (status, answer["code"]) == (401, "bearer_missing")


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (CLAIM | {"extra": 1}, 422, "extra"),
        (CLAIM | {"nonce": "short"}, 422, "nonce"),
        ({k: v for k, v in CLAIM.items() if k != "leg"}, 422, "leg"),
        (b"no json", 400, "JSON"),
        (b'{"case": "a", "case": "b"}', 400, "twice"),
        (b"[" * 60_000, 400, "levels"),
        (b"[]", 422, "Claim"),
        (b'{"n": 1.5}', 400, "integer"),
    ],
)
async def test_a_malformed_claim_is_refused_by_field(body: Any, status: int, word: str, tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        found, answer = await here.runs("claim", body, here.issuer.token())
        assert found == status
        assert word in answer["why"]
        assert here.rows == []


async def test_an_answer_that_does_not_come_in_time_is_503_with_retry_after(tmp_path: Path) -> None:
    async with street(tmp_path, patience=0.05) as here:
        here.reply = lambda number, row: None
        headers = {"Authorization": f"Bearer {here.issuer.token()}", "Content-Type": "application/json"}
        data = json.dumps(CLAIM)
        async with here.http.post(here.url + "/runs/claim", data=data, headers=headers) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert (await answer.json())["code"] == "not_yet"


async def test_journal_and_bundle_reach_the_case_of_their_session(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await known_session(here.store)
        assert (await here.runs("journal", {"lines": [LINE]}, SESSION))[0] == 200
        assert (await here.runs("done", BUNDLE, SESSION))[0] == 200
        journal, done = (event(row) for row in here.rows)
        assert isinstance(journal, JournalReceived)
        assert isinstance(done, DoneReceived)
        assert journal.case == done.case == CASE
        assert journal.session == done.session == hashlib.sha256(SESSION.encode()).hexdigest()
        assert journal.lines[0].n == 1


async def test_the_same_journal_lines_again_are_asked_about_again(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await known_session(here.store)
        for _ in range(2):
            assert (await here.runs("journal", {"lines": [LINE]}, SESSION))[0] == 200
        assert len(here.rows) == 2


async def test_an_unknown_session_leaves_nothing(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.runs("journal", {"lines": [LINE]}, "0" * 64)
        assert (status, answer["code"]) == (401, "session_unknown")
        assert here.rows == []


async def test_a_refusal_of_the_flow_is_passed_on_as_it_is(tmp_path: Path) -> None:
    refusal = {"code": "wrong_attempt", "why": "This run was started again.", "next": "/retry"}
    async with street(tmp_path) as here:
        here.reply = lambda number, row: DoorAnswer(409, refusal)
        assert await here.runs("claim", CLAIM, here.issuer.token()) == (409, refusal)


async def _too_large(here: Street, door: str, size: int, bearer: str) -> int:
    return (await here.runs(door, b'"' + b"x" * size + b'"', bearer))[0]


async def test_each_door_has_its_own_limit(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await known_session(here.store)
        assert await _too_large(here, "claim", 70_000, here.issuer.token()) == 413
        assert await _too_large(here, "journal", 1_100_000, SESSION) == 413
        assert await _too_large(here, "done", 1_100_000, SESSION) == 422
        assert await _too_large(here, "done", 5_300_000, SESSION) == 413


async def test_t47_a_repository_that_claims_too_often_has_nothing_more_stored(tmp_path: Path) -> None:
    async with street(tmp_path, claims=2) as here:
        for expected in (200, 200, 429, 429):
            status, answer = await here.runs(
                "claim", CLAIM, here.issuer.token(jti=f"j{len(here.rows)}-{expected}")
            )
            assert status == expected, answer
        assert len(here.rows) == 2
        assert (await here.runs("claim", CLAIM, here.issuer.token(jti="other", repository_id="103")))[0] == 200


def test_a_quota_comes_back_when_its_window_is_over() -> None:
    clock = [0.0]
    quota = Quota(1, 600, lambda: clock[0])
    assert [quota.spend(7), quota.spend(7), quota.spend(8)] == [True, False, True]
    clock[0] = 601
    assert quota.spend(7)
