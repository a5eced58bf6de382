"""How news leave the house: a mail server and a client for webhooks, each with one function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

Tls = Literal["implicit", "starttls", "none"]
_TLS: Mapping[str, tuple[Tls, int]] = {
    "smtps": ("implicit", 465),
    "smtp+starttls": ("starttls", 587),
    "smtp": ("none", 25),
}


# A sign that must be encoded in a password breaks an address up, and what is said of its parts would quote them.
_NETLOC = re.compile(r"([^@/:]*:[^@/:]*@)?(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")


@dataclass(frozen=True)
class MailServer:
    """The mail server that the settings name."""

    host: str
    port: int
    tls: Tls
    """from the first byte (RFC 8314), by STARTTLS which then must succeed, or none, on this machine only"""
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    """the address in `From:`"""

    @classmethod
    def at(cls, url: str) -> MailServer:
        """The server of an address `smtps://user:password@host:port`; ValueError that never quotes it."""
        parts = urlsplit(url.strip())
        tls, usual = _TLS.get(parts.scheme, ("none", 0))
        found = _NETLOC.fullmatch(parts.netloc) if parts.path in {"", "/"} else None
        host = parts.hostname
        if not usual or not host or found is None or parts.query or parts.fragment:
            raise ValueError("must be smtps://user:password@host:port or smtp+starttls://user:password@host:port")
        if tls == "none" and host not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("must use TLS for a server that is not on this machine: smtps:// or smtp+starttls://")
        if bool(parts.username) != bool(parts.password):
            raise ValueError("must have both a user and a password, or neither")
        return cls(host, parts.port or usual, tls, unquote(parts.username or ""), unquote(parts.password or ""))


@dataclass(frozen=True)
class Letter:
    """One mail to one address."""

    to: str
    subject: str
    text: str
    html: str
    name: str
    """what its `Message-ID` begins with: the same however often it is sent"""
    thread: str
    """the same for all mails of a capability"""
    at: datetime


@dataclass(frozen=True)
class Call:
    """One webhook; `name` is its `webhook-id`."""

    url: str
    name: str
    body: bytes
    secret: bytes = field(repr=False)
    at: datetime
    """when it is sent: part of what is signed"""


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, letter: Letter) -> None: ...

    """Returns once a server has taken it; raises NotSent."""


class Hooks(Protocol):
    """Sends webhooks."""

    async def send(self, call: Call) -> None: ...

    """Returns once the endpoint has answered 2xx; raises NotSent."""


@dataclass(frozen=True)
class Outgoing:
    """What the bot can send with, None where it cannot; `scale` is a factor on the pauses between tries."""

    mail: Mailer | None = None
    hooks: Hooks | None = None
    scale: float = 1.0
