"""What a registry says of a domain: registered, not found, or unknown with the reason. Nobody's guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from executors.protocol.wire import Text, Wire


class Registration(Wire):
    """One domain, as its registry's RDAP server knows it; who registered it is never kept (T52)."""

    domain: str
    state: Literal["registered", "free", "unknown"]
    name: str = ""
    """the name that is registered: the domain, or one that it is below; "" where none was found"""
    why: Text = ""
    """where it is unknown: why"""
    since: str = ""
    expires: str = ""
    registrar: str = ""
    nameservers: tuple[str, ...] = ()
    source: str = ""
    """the server that said it"""

    def served_by(self, servers: Iterable[str]) -> bool | None:
        """Whether the domain is delegated to these name servers and no others; None where nobody knows."""
        if not self.nameservers:
            return None
        return set(self.nameservers) == {server.rstrip(".").lower() for server in servers}

    @property
    def words(self) -> str:
        """What is known, in a sentence or two, for people."""
        found = f"{self.name} is registered" + "".join(
            f"{word}{value}"
            for word, value in (
                (" since ", self.since[:10]),
                (", with ", self.registrar),
                (", until ", self.expires[:10]),
                (", served by ", ", ".join(self.nameservers)),
            )
            if value
        )
        match self.state:
            case "registered":
                return found
            case "free":
                return f"{self.domain} is not found in its registry ({self.source}); it may be free or reserved"
            case _:
                known = f"; {found}" if self.name else ""
                return f"whether {self.domain} is registered is unknown: {self.why}{known}"
