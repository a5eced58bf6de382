"""The bot's door `/runs` and GitHub's OIDC issuer, as far as a job sees them: real HTTP, real signatures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.protocol import dsse
from executors.protocol.canonical import canonical
from executors.protocol.journal import JournalLine
from executors.protocol.spec import SPEC_TYPE, Bundle, Claim, JobSpec, JournalPost
from executors.protocol.wire import read
from tests.executors.legs import CASE, NONCE, RUN_ID, Reply, answering

Before = Callable[[str, int], Reply | None]


@dataclass
class Door:
    """Answers claims of one spec; keeps what it was sent. `before(path, nth)` may answer in its place."""

    spec: JobSpec
    before: Before = lambda _path, _nth: None
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    others: tuple[Ed25519PrivateKey, ...] = ()
    """keys that co-sign, as retiring ones do"""
    claims: list[Claim] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    lines: list[JournalLine] = field(default_factory=list)
    done: list[Bundle] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    url: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)

    def reply(self, _method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request."""
        bare = path.partition("?")[0]
        self._asked[bare] = self._asked.get(bare, 0) + 1
        if given := self.before(bare, self._asked[bare]):
            return given
        match bare:
            case "/oidc":
                assert headers["authorization"] == "bearer request-token"
                self.audiences.append(path)
                return _json(200, {"value": f"jwt-{self._asked[bare]}"})
            case "/runs/claim":
                self.tokens.append(headers["authorization"])
                self.claims.append(read(Claim, json.loads(body)))
                return _json(200, self._answer(self.claims[-1].job) | dict(self.changed))
        if headers["authorization"] != "Bearer session-key":
            return _json(401, {"code": "no_session", "why": "No such session.", "next": "Nothing."})
        if bare == "/runs/journal":
            self.lines += read(JournalPost, json.loads(body)).lines
            return _json(200, {"decision": "go", "token": None})
        self.done.append(read(Bundle, json.loads(body)))
        return _json(200, {"accepted": True})

    def _answer(self, job: str) -> dict[str, Any]:
        keys = (self.key, *self.others)
        envelope = dsse.sign(canonical(self.spec.to_json()), SPEC_TYPE, *keys)
        public = [dsse.public_b64(key) for key in keys]
        session = "session-key" if job != "admit" else None
        token = {"token": "app-token", "expires_at": "2026-03-02T10:00:00Z"} if job == "execute" else None
        return {"spec": envelope, "public_keys": public, "session": session, "token": token}

    def environ(self, temp: Path, **changes: str) -> dict[str, str]:
        """Return what the generated workflow gives a job."""
        return {
            "MILLWRIGHT_URL": self.url,
            "MILLWRIGHT_KEY": dsse.fingerprint(dsse.public_raw(self.key)),
            "MILLWRIGHT_CASE": CASE,
            "MILLWRIGHT_LEG": "main",
            "MILLWRIGHT_NONCE": NONCE,
            "GITHUB_RUN_ID": str(RUN_ID),
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/oidc?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
            **changes,
        }


@contextmanager
def open_door(spec: JobSpec, before: Before = lambda _path, _nth: None) -> Iterator[Door]:
    """Yield a door that is really open, on a port of its own."""
    door = Door(spec, before)
    with answering(door.reply) as url:
        door.url = url.rstrip("/")
        yield door


def _json(status: int, value: object) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def refusal(status: int, code: str, **headers: str) -> Reply:
    """A refusal in the protocol's words."""
    body = {"code": code, "why": "Because.", "next": "Say /status on the issue."}
    return status, headers, json.dumps(body).encode()
