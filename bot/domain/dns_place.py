"""The environment of kind `dns`: a zone that takes signed updates, and where a website's names lead."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.domain.fields import domain_name, unlike, wrong
from bot.domain.rules import Name, Rule, SecretName
from executors.protocol.dns import Algorithm, is_inside

PORT = 53
_SERVER = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:([0-9]{1,5}))?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def _server(text: str) -> str:
    """A name server, with a port where it is not 53; raises `wrong`."""
    found = _SERVER.fullmatch(text.lower())
    if not found or not 1 <= int(found[4] or PORT) <= 65_535:
        advice = "write its name or address, like `ns1.example.com` or `[2001:db8::1]:5353`"
        raise wrong("is no name server", advice)
    return text.lower()


def _address(version: Literal[4, 6]) -> AfterValidator:
    def check(text: str) -> str:
        try:
            found = ipaddress.ip_address(text)
        except ValueError:
            found = None
        if found is None or found.version != version or found.is_unspecified or found.is_multicast or "%" in text:
            example = "192.0.2.7" if version == 4 else "2001:db8::7"
            raise wrong(f"is no IPv{version} address of a web server", f"write one like `{example}`")
        return str(found)

    return AfterValidator(check)


def _issuers(names: list[str]) -> list[str]:
    return unlike([domain_name(name) for name in names])


def _texts(texts: list[str]) -> list[str]:
    for text in texts:
        if not re.fullmatch(r"[ !#-\[\]-~]+", text):
            message = 'holds a character that is not plain (`"`, `\\`, beyond ASCII)'
            raise wrong(message, "write it as it was given")
    return unlike(texts)


Zone = Annotated[str, StringConstraints(max_length=253), AfterValidator(domain_name)]
Proof = Annotated[str, StringConstraints(min_length=1, max_length=255)]
KeyName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$", max_length=253)]


class DnsEnvironment(Rule):
    """One zone of a name server; `key` names the secret that holds the key, its value never stands in a policy."""

    name: Name
    """what products and gates call it, and the GitHub environment with its secret; previews use `<name>-read`"""
    kind: Literal["dns"]
    """a zone of the domain name system"""
    provider: Literal["rfc2136"] = "rfc2136"
    """how the zone is changed: by signed updates (RFC 2136, TSIG), as BIND, Knot and PowerDNS take them"""
    zone: Zone
    """the zone, like `acme.example`: websites' domains must be the zone's own name or below it"""
    server: Annotated[str, StringConstraints(max_length=260), AfterValidator(_server)]
    """the zone's primary name server, with a port where it is not 53"""
    key_name: KeyName
    """the name of the key in the server's configuration"""
    algorithm: Algorithm = "hmac-sha256"
    """the key's algorithm"""
    key: SecretName
    """the name of the secret that holds the key in base64, or `name:base64` where the key has another name"""
    ttl: Annotated[int, Field(ge=30, le=86_400)] = 300
    """seconds for which resolvers may remember the records"""
    address4: Annotated[str, _address(4)] | None = None
    """the web server's IPv4 address"""
    address6: Annotated[str, _address(6)] | None = None
    """the web server's IPv6 address"""
    target: Zone | None = None
    """the web server's name instead of addresses; not for a domain that is the zone's own name"""
    www: bool = True
    """whether `www.<domain>` becomes an alias of the domain"""
    caa: Annotated[list[str], Field(default_factory=list, max_length=10), AfterValidator(_issuers)]
    """who may issue certificates for the domain, like `letsencrypt.org`; added to those that are there"""
    verification: Annotated[list[Proof], Field(default_factory=list, max_length=10), AfterValidator(_texts)]
    """texts that prove to others whose domain it is; added to those that are there"""
    runner: Literal["self-hosted", "hosted"] = "self-hosted"
    """who runs its jobs; a name server on loopback needs `self-hosted`"""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> DnsEnvironment:
        """Addresses or a name, one of both."""
        addresses = self.address4 or self.address6
        if not addresses and not self.target:
            raise wrong("says nowhere that names should lead", "add `address4: …`, `address6: …` or `target: …`")
        if addresses and self.target:
            raise wrong("has both addresses and a `target`", "keep the addresses, or the `target`")
        if self.target and (self.caa or self.verification):
            message = "has a `target`, and nothing may stand beside an alias: no `caa`, no `verification`"
            raise wrong(message, "keep addresses instead of the `target`, or take the others out")
        return self

    @property
    def url(self) -> str:
        """Nothing can be asked for there with a browser."""
        return ""

    @property
    def secrets(self) -> list[str]:
        """The names of the secrets that the GitHub environment must hold."""
        return [self.key]

    @property
    def read_name(self) -> str:
        """The GitHub environment of previews: its key may look at the zone and no more."""
        return f"{self.name}-read"

    @property
    def host(self) -> str:
        """Server and port."""
        return f"{self.server_name}:{self.port}"

    @property
    def hosts(self) -> list[str]:
        """The hosts that a run may speak to."""
        return [self.host]

    @property
    def server_name(self) -> str:
        """The server without its port."""
        found = _SERVER.fullmatch(self.server)
        assert found is not None
        return found[1]

    @property
    def port(self) -> int:
        """The server's port."""
        found = _SERVER.fullmatch(self.server)
        assert found is not None
        return int(found[4] or PORT)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on the machine that runs the jobs."""
        return self.server_name in _LOOPBACK

    def holds(self, domain: str) -> bool:
        """Whether the domain is the zone's own name or below it."""
        return is_inside(domain, self.zone)
