"""Forged claims: tokens that GitHub did not make, and those that it makes for other jobs than ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from bot.domain.workflow import PATH
from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import KEY, Stage

KIND = "forged"
Run = Callable[[Stage], Awaitable[Any]]
WORKFLOW = "acme/millwright-ops"


def saying(job: str = "admit", /, **other: Any) -> Run:
    """A token of GitHub's that says so; a function is asked on the stage."""

    async def run(stage: Stage) -> Any:
        claims = {name: value(stage) if callable(value) else value for name, value in other.items()}
        return await stage.claim(stage.claims(job, **claims), job)

    return run


def asking(job: str = "admit", /, **other: Any) -> Run:
    """The right token, and a claim that asks for something else."""

    async def run(stage: Stage) -> Any:
        return await stage.claim(stage.claims(), job, **other)

    return run


def encoded(make: Callable[[Stage, dict[str, Any]], str]) -> Run:
    """The right claims in a token of the attacker's own making."""

    async def run(stage: Stage) -> Any:
        return await stage.claim(make(stage, stage.claims()))

    return run


OWN = rsa.generate_private_key(public_exponent=65537, key_size=2048)
"""The attacker's key."""
CURVE = ec.generate_private_key(ec.SECP256R1())


def kid(stage: Stage) -> str:
    return stage.scene.story.sandbox.actions.issuer.key_id


def unsigned(stage: Stage, claims: dict[str, Any], alg: str = "none") -> str:
    parts = [{"alg": alg, "typ": "JWT", "kid": kid(stage)}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "AA"])


def by_public_key(stage: Stage, claims: dict[str, Any]) -> str:
    """HS256 with GitHub's public key as its secret; PyJWT would not make it, so it is made by hand."""

    public = stage.scene.story.sandbox.actions.issuer.key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = unsigned(stage, claims, "HS256").rpartition(".")[0]
    mac = hmac.new(pem, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_own_key(key: Any = OWN, algorithm: str = "RS256", **header: Any) -> Run:
    """Signed by the attacker's key under GitHub's key id, with more in the header."""
    return encoded(lambda stage, claims: jwt.encode(claims, key, algorithm, {"kid": kid(stage), **header}))


async def own_jwk(stage: Stage) -> Any:
    """The header carries the attacker's key, or where to fetch it: from the attacker's own repository."""
    public = json.loads(RSAAlgorithm.to_jwk(OWN.public_key()))
    place = f"{stage.scene.story.sandbox.url}/repos/mallory/keys/contents/jwks.json"
    for header in ({"jwk": public}, {"jku": place}, {"x5u": place}, {"x5c": ["MIIB"]}):
        await stage.claim(jwt.encode(stage.claims(), OWN, "RS256", {"kid": "mine", **header}))
    return public


async def half_a_token(stage: Stage) -> Any:
    good = stage.signed_claims(stage.claims())
    for token in (good[:-20], good + "x", good.replace(".", ""), f"{good.rpartition('.')[0]}.", f"x{good[1:]}"):
        await stage.claim(token)
    return good


async def changed_claims(stage: Stage) -> Any:
    """Other claims between GitHub's header and GitHub's signature."""
    good = stage.signed_claims(stage.claims(run_id="1"))
    middle = base64.urlsafe_b64encode(json.dumps(stage.claims()).encode()).rstrip(b"=").decode()
    first, _, last = good.split(".")
    return await stage.claim(f"{first}.{middle}.{last}")


async def of_a_person(stage: Stage) -> Any:
    return await stage.claim(stage.olga.http.token)


async def other_workflow(stage: Stage) -> Any:
    """The workflow on a branch, changed: a token whose file's commit is not what was planned with."""
    text = await stage.operations.read(PATH)
    sha = await stage.wim.push(stage.operations, {PATH: f"{text}\n# mine\n"}, branch="mine")
    return await stage.claim(stage.claims(workflow_sha=sha))


async def two_cases_in_one(stage: Stage) -> Any:
    text = json.dumps({**stage.run.inputs, "job": "admit", "client_key": KEY})
    body = f'{{"case": "case:1:I_none", {text[1:]}'.encode()
    bearer = stage.signed_claims(stage.claims())
    return await stage.knock("/runs/claim", body, {"Authorization": f"Bearer {bearer}"})


LINE = {
    "lines": [{"n": 1, "at": "2026-01-01T00:00:00.000000Z", "body": {"entry": "leg_started", "verb": "execute"}}]
}


def with_session(make: Callable[[Stage], str]) -> Run:
    """A journal and an end of the leg, told with a session key that nobody was granted."""

    async def run(stage: Stage) -> Any:
        await stage.tells("journal", LINE, make(stage))
        done = {
            "leg": "website",
            "outcome": "completed",
            "lines": 0,
            "files": [],
            "artifact": "millwright-website",
        }
        return await stage.tells("done", done, make(stage))

    return run


def guessed(stage: Stage) -> str:
    """The session key of somebody who knows everything but the secret of the ring."""

    run = stage.run.inputs
    message = "\x00".join((run["case"], run["leg"], run["nonce"], "execute", KEY)).encode()
    return hmac.new(b"", message, hashlib.sha256).hexdigest()


NOW = int(time.time())
TOKENS = (
    ("a token without a signature", encoded(unsigned)),
    ("a token signed with GitHub's public key as a secret", encoded(by_public_key)),
    ("a token by the attacker's key under GitHub's key id", by_own_key()),
    ("a token by an elliptic curve", by_own_key(CURVE, "ES256")),
    ("a token by a key that GitHub does not have", by_own_key(kid="mine")),
    ("a token that brings its own key, or says where it lies", own_jwk),
    ("pieces of a token", half_a_token),
    ("other claims under GitHub's signature", changed_claims),
    ("a token of another issuer", saying(iss="https://token.example")),
    ("a token for another audience", saying(aud="https://github.com/acme")),
    ("an expired token", saying(exp=NOW - 120)),
    ("a token of an hour ago", saying(iat=NOW - 3_600)),
    ("a token of tomorrow", saying(iat=NOW + 86_400, exp=NOW + 90_000)),
    ("a token that is not valid yet", saying(nbf=NOW + 3_600)),
    ("a token without a number of its own", saying(jti=None)),
    ("a person's own token", of_a_person),
)
JOBS = (
    ("a job of the product repository", saying(repository_id=lambda stage: str(stage.product.id))),
    ("a job of a repository that nobody knows", saying(repository_id="4711")),
    ("a run that a push started", saying(event_name="push")),
    ("a run that a schedule started", saying(event_name="schedule")),
    ("a run that a person started", saying(actor_id=lambda stage: str(stage.olga.id))),
    ("a run that nobody started", saying(actor_id="0")),
    ("another file of the repository", saying(workflow_ref=f"{WORKFLOW}/.github/workflows/x.yml@refs/heads/main")),
    ("the workflow on a branch", saying(workflow_ref=f"{WORKFLOW}/{PATH}@refs/heads/mine")),
    ("the workflow at a tag called main", saying(workflow_ref=f"{WORKFLOW}/{PATH}@refs/tags/main")),
    ("the workflow of a repository with the same name",
     saying(workflow_ref=f"evil/millwright-ops/{PATH}@refs/heads/main")),
    ("a commit with another workflow in that file", other_workflow),
    ("a commit that is not there", saying(workflow_sha="0" * 40)),
    ("a second attempt", saying(run_attempt="2")),
    ("attempt zero", saying(run_attempt="0")),
    ("the number of another run", saying(run_id="4711")),
    ("an environment where there must be none", saying(environment="production")),
    ("another job of the run", saying(check_run_id=lambda stage: str(stage.run.job("build").check_run_id))),
    ("another nonce", asking(nonce="0" * 32)),
    ("another leg", asking(leg="deploy")),
    ("a case that nobody opened", asking(case="case:1:I_none")),
    ("an environment in place of a case", asking(case="env:1:production")),
    ("the job that carries out, before the one that admits", saying("execute")),
    ("a job that reports of foreign code, where there is none", saying("report")),
    ("a claim that names two cases", two_cases_in_one),
)  # fmt: skip
SECRETS = (
    ("no environment where there must be one", saying("execute", environment=None)),
    ("another environment", saying("execute", environment="staging")),
    ("the number of another run, with the secrets in reach", saying("execute", run_id="4711")),
    ("a second attempt with the secrets in reach", saying("execute", run_attempt="2")),
)
"""With the client key of the job that was granted them, as if its answer had been lost."""
SESSIONS = (
    ("a session key of forty letters", with_session(lambda _: "x" * 40)),
    ("a session key made without the secret", with_session(guessed)),
    ("an OIDC token as a session key", with_session(lambda s: s.signed_claims(s.claims("execute")))),
    ("the present nonce as a session key", with_session(lambda stage: stage.run.inputs["nonce"])),
)  # fmt: skip
ATTACKS = (
    *(Attack(name, "T37", KIND, run, Given.DISPATCHED) for name, run in TOKENS),
    *(Attack(name, "T36", KIND, run, Given.DISPATCHED) for name, run in JOBS),
    *(Attack(name, "T41", KIND, run, Given.DISPATCHED) for name, run in SESSIONS),
    *(Attack(name, "T37", KIND, run, Given.CLAIMED) for name, run in SECRETS),
)
