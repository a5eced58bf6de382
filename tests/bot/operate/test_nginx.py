"""A real nginx with the shipped configuration, before a real bot."""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
import ssl
import subprocess
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.adapters.key_file import make_ring
from bot.app import Running, start
from bot.domain.case import Case
from bot.domain.effects import Answer, Effect
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.events.model import ClaimReceived, Event
from bot.perform import legs
from bot.ports import Hands, Pending
from bot.settings import Settings
from tests.bot.doors.street import Issuer, signed
from tests.bot.operate.test_recipes import HERE
from tests.bot.standin import a_flow, noted, now
from tests.bot.test_serve import environ

NAME = "bot.example.com"
SECRET = "s" * 40
AROUND = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    include {folder}/millwright.conf;
}}
"""


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path, upstream: str) -> int:
    """The shipped file with the lines changed that its reader is told to change; the port it listens on."""
    text, port = (HERE / "nginx.conf").read_text("utf-8"), free_port()
    for old, new in (
        ("server 127.0.0.1:8080;", f"server {upstream};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/millwright/tls/", f"{folder}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "millwright.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    return port


@dataclass
class Front:
    """nginx, and the bot behind it."""

    bot: Running
    issuer: Issuer
    http: aiohttp.ClientSession
    url: str
    claims: asyncio.Event
    """set when a claim has come in"""
    go: asyncio.Event
    """set it, and claims are answered"""

    async def hook(self, body: bytes, signature: str | None = None) -> aiohttp.ClientResponse:
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": signature or signed(body, SECRET),
        }
        return await self.http.post(f"{self.url}/github", data=body, headers=headers)

    async def claim(self) -> tuple[int, dict[str, Any]]:
        token = self.issuer.token(aud=self.bot.url)
        claim = {
            "case": "case:1:I_1",
            "leg": "website",
            "nonce": "0" * 32,
            "job": "execute",
            "client_key": "1" * 32,
        }
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        async with self.http.post(f"{self.url}/runs/claim", data=json.dumps(claim), headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)


@asynccontextmanager
async def front(folder: Path, nginx: Path) -> AsyncIterator[Front]:
    claims, go = asyncio.Event(), asyncio.Event()

    def decide(event: Event, case: Case | None, known: Knowledge, _at: object) -> list[Effect]:
        answers = isinstance(event, ClaimReceived)
        return [noted(event), *([Answer("told", 200, {"claimed": True})] if answers else [])]

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        assert isinstance(pending.effect, Answer)
        claims.set()
        await go.wait()
        return await legs.answer(pending.effect, case, hands, pending.row)

    issuer = Issuer()
    issuing = await issuer.start()
    make_ring(folder / "millwright.key", now())
    told = environ(folder) | {"MILLWRIGHT_OIDC_ISSUER": issuer.url, "MILLWRIGHT_METRICS": "127.0.0.1:0"}
    settings = Settings.read(told | {"MILLWRIGHT_URL": "http://127.0.0.1:0", "MILLWRIGHT_SWEEP": "0"})
    bot = await start(replace(settings, drain=5.0), flow=a_flow(decide, perform))
    certificate(folder)
    port = configured(folder, bot.url.removeprefix("http://"))
    context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    connector = aiohttp.TCPConnector(ssl=context, resolver=_Here())
    try:
        with subprocess.Popen(
            [nginx, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE
        ) as process:
            try:
                await asyncio.to_thread(listening, port, process)
                async with aiohttp.ClientSession(connector=connector) as http:
                    yield Front(bot, issuer, http, f"https://{NAME}:{port}", claims, go)
            finally:
                go.set()
                process.terminate()
                process.wait(10)
    finally:
        await bot.stop()
        await issuing.cleanup()


class _Here(aiohttp.abc.AbstractResolver):
    """Every name is this machine."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> Any:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None: ...


def listening(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        assert time.monotonic() < end, "nginx never listened"
        select.select([], [], [], 0.02)


async def test_webhooks_pass_with_their_signature_and_strangers_and_large_ones_do_not(
    tmp_path: Path, nginx: Path
) -> None:
    async with front(tmp_path, nginx) as at:
        answer = await at.hook(b'{"zen": "x"}')
        assert (answer.status, (await answer.json())["duplicate"]) == (202, False)
        assert answer.headers["Strict-Transport-Security"]
        assert (await at.hook(b'{"zen": "x"}', "sha256=" + "0" * 64)).status == 401
        whole = b'{"a": "' + b"x" * (1024 * 1024 - 9) + b'"}'
        assert len(whole) == 1024 * 1024
        assert (await at.hook(whole)).status == 202
        assert (await at.hook(whole + b" ")).status == 413
        assert not list((tmp_path / "bodies").iterdir()), "what people write lands in no file"


async def test_a_claim_waits_behind_nginx_while_others_pass(tmp_path: Path, nginx: Path) -> None:
    async with front(tmp_path, nginx) as at:
        waiting = asyncio.create_task(at.claim())
        async with asyncio.timeout(10):
            await at.claims.wait()
        assert (await at.hook(b'{"zen": "x"}')).status == 202
        assert not waiting.done()
        at.go.set()
        assert await waiting == (200, {"claimed": True})
    shown = (HERE / "nginx.conf").read_text("utf-8")
    for block in re.findall(r"location = /runs/\w+ \{(.*?)\}", shown, re.DOTALL):
        assert int(re.findall(r"proxy_read_timeout (\d+)s;", block)[0]) > at.bot.intake.patience


async def test_what_is_for_the_machine_alone_is_not_passed_on(tmp_path: Path, nginx: Path) -> None:
    async with front(tmp_path, nginx) as at:
        for path, status in {
            "/metrics": 404,
            "/readyz": 404,
            "/": 404,
            "/healthz": 200,
            "/.well-known/millwright-keys.json": 200,
        }.items():
            async with at.http.get(at.url + path) as answer:
                assert answer.status == status, path
