"""A mail server and an endpoint such as others run, on free ports, with certificates of an authority of ours."""

from __future__ import annotations

import asyncio
import email
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks.webhooks import Webhook

USER, PASSWORD = "mill", "s3cret:p@ss"


@dataclass(frozen=True)
class Papers:
    """An authority's certificate, and what a server of `localhost` and 127.0.0.1 shows."""

    authority: Path
    server: ssl.SSLContext


def papers(folder: Path) -> Papers:
    """Freshly made ones."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("test CA", "localhost"))
    ca = _certificate(ca_name, ca_name, ca_key, ca_key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = _certificate(name, ca_name, key, ca_key).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    authority, chain = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(leaf.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Papers(authority, context)


def _certificate(name: x509.Name, issuer: x509.Name, key: Any, signer: Any) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251 - OpenSSL holds certificates against the real time
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority, critical=False)
    )


@dataclass
class MailBox:
    """A mail server for everybody, by STARTTLS and with a password; `replies` are given before it takes a mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    tries: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    before_answering: asyncio.Event | None = None
    """what the sender waits for after its mail was taken"""

    @property
    def url(self) -> str:
        """As MILLWRIGHT_SMTP_URL has it."""
        return f"smtp+starttls://{USER}:s3cret%3Ap%40ss@localhost:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """The whole mail has come."""
        self.tries += 1
        if self.replies:
            return self.replies.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        self.came.set()
        if self.before_answering is not None:
            await self.before_answering.wait()
        return "250 taken"


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good)


@asynccontextmanager
async def mail_server(shown: Papers, box: MailBox | None = None) -> AsyncIterator[MailBox]:
    """A running mail server; it takes nothing before STARTTLS and the right password."""
    box = box or MailBox()

    def protocol() -> SMTP:
        return SMTP(
            box,
            tls_context=shown.server,
            require_starttls=True,
            auth_required=True,
            authenticator=_login,
            timeout=60,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "localhost", box.port)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


@dataclass(frozen=True)
class Received:
    """One call as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Its `webhook-id`."""
        return self.headers["webhook-id"]

    def opened(self, secret: str) -> dict[str, Any]:
        """The payload as the library of a receiver reads it; raises WebhookVerificationError."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Endpoint:
    """A receiver of webhooks; `answers` are given before it begins to answer 204."""

    url: str = ""
    calls: list[Received] = field(default_factory=list)
    answers: list[int | Answer] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Received(headers, await request.read()))
        self.came.set()
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, int):
            return web.Response(status=answer, headers={"Location": self.url} if answer // 100 == 3 else {})
        return await answer(request)


@asynccontextmanager
async def endpoint(shown: Papers) -> AsyncIterator[Endpoint]:
    """A running endpoint."""
    found = Endpoint()
    app = web.Application()
    app.router.add_post("/hooks", found.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=shown.server)
    await site.start()
    found.url = f"https://localhost:{runner.addresses[0][1]}/hooks"
    try:
        yield found
    finally:
        await runner.cleanup()
