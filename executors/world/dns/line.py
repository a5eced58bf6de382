"""The line to a zone's primary server: TCP, signed with the plan's key (TSIG), bounded in time, logged.

The key is fetched when something is first asked, and goes no further than the signature. Its secret is the key in
base64, or `name:base64` where the environment holds a key of another name: who only looks has one of their own.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executors.errors import WorldError
from executors.protocol.dns import DnsZone
from executors.protocol.wire import Json
from executors.world.dns import problems
from executors.world.dns.problems import UPDATE, Asked
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from dns.message import Message
    from dns.tsig import Key

_NAME = re.compile(r"([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}")
PATIENCE = 15.0
"""Seconds in which a name server has answered."""


@dataclass(frozen=True)
class Line:
    """One server, asked about one zone."""

    at: DnsZone
    secrets: Secrets
    hosts: Collection[str]
    log: Callable[[str, Json], None]
    seconds: float = PATIENCE

    def asked(self, what: str) -> Asked:
        """What is being done, for messages."""
        name = self._named()[0] if self._has_key() else self.at.key_name
        return Asked(self.at.host, self.at.zone, name if _NAME.fullmatch(name) else self.at.key_name, what)

    def key(self, what: str) -> Key:
        """The key to sign with; WorldError where the secret is missing or is none."""
        import dns.name
        import dns.tsig

        name, text = self._named()
        if not _NAME.fullmatch(name):  # it may be the key itself, and is not repeated
            raise problems.unreadable_key(self.asked(what), self.at.secret)
        try:
            value = _decoded(text)
            return dns.tsig.Key(dns.name.from_text(name), value, f"{self.at.algorithm}.")
        except ValueError:
            raise problems.unreadable_key(self.asked(what), self.at.secret) from None

    def address(self, what: str) -> str:
        """The server's address; WorldError where the plan does not name it or the name does not resolve."""
        if self.at.host not in self.hosts and self.at.server not in self.hosts:
            raise problems.Unsafe(f"{self.asked(what)}: the plan does not name this server, so it is not asked")
        try:
            found = socket.getaddrinfo(self.at.server.strip("[]"), self.at.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise problems.silent(self.asked(what), "its name does not resolve") from None
        return str(found[0][4][0])

    def exchange(self, what: str, message: Message, about: str) -> Message:
        """The answer to a signed message; WorldError without one, Lost where a change may have been made."""
        import dns.exception
        import dns.query
        import dns.rcode

        asked, began = self.asked(what), time.monotonic()
        message.use_tsig(self.key(what))
        try:
            sock = socket.create_connection((self.address(what), self.at.port), timeout=self.seconds)
        except OSError as error:
            self.note(what, about, "silent", began)
            raise problems.silent(asked, error.strerror or "it took too long") from error
        with sock:
            sock.settimeout(0)  # dnspython keeps the time itself
            try:
                answer = dns.query.tcp(message, self.at.server, timeout=self.seconds, sock=sock)
            except (OSError, EOFError, dns.exception.DNSException, ValueError) as error:
                self.note(what, about, type(error).__name__, began)
                raise self._failed(asked, error) from error
        code = dns.rcode.to_text(answer.rcode())
        self.note(what, about, code, began)
        if code == "NOERROR" and not answer.had_tsig:
            raise problems.lost(asked) if what == UPDATE else problems.unsigned(asked)
        return answer

    def note(self, what: str, about: str, outcome: str, began: float) -> None:
        """Log one exchange; no key and no signature is a part of it."""
        entry = {"server": self.at.host, "zone": self.at.zone, "what": what, "about": about, "outcome": outcome}
        self.log("dns", {**entry, "milliseconds": round((time.monotonic() - began) * 1000)})

    def _failed(self, asked: Asked, error: Exception) -> WorldError:
        """After a change was sent, only a word of the server itself says that it was not made."""
        import dns.exception
        import dns.tsig

        if isinstance(error, dns.tsig.PeerError):
            return problems.of_exception(asked, error)
        if asked.what == UPDATE:
            return problems.lost(asked)
        if isinstance(error, dns.exception.DNSException):
            return problems.of_exception(asked, error)
        return problems.silent(asked, "it hung up")

    def _has_key(self) -> bool:
        try:
            return bool(self.secrets.value(self.at.secret))
        except WorldError:
            return False

    def _named(self) -> tuple[str, str]:
        """The key's name and its base64."""
        name, colon, text = self.secrets.value(self.at.secret).strip().rpartition(":")
        return (name, text) if colon else (self.at.key_name, text)


def _decoded(text: str) -> bytes:
    """The bytes of a key; ValueError where it is no base64 or empty."""
    import base64

    found = base64.b64decode(text, validate=True)
    if not found:
        raise ValueError("empty")
    return found
