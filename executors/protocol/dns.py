"""A zone of the domain name system as a place, and the one operation on it: what records a name has of one type.

A place names its key and the secret that holds it, never the key itself (T26). A set of records is written as its
server writes it (RFC 1035 presentation, names absolute), sorted, so that equal sets are equal values in whatever
order a server gives them. What takes a change back is the set from before: time to live, values, absence.

Sources: sets of records https://www.rfc-editor.org/rfc/rfc2181#section-5, updates
https://www.rfc-editor.org/rfc/rfc2136, their signatures https://www.rfc-editor.org/rfc/rfc8945.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from executors.protocol.odoo import SecretName
from executors.protocol.wire import Wire

RecordType = Literal["A", "AAAA", "CAA", "CNAME", "TXT"]
Algorithm = Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"]
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HostName = Annotated[
    str, Field(max_length=253, pattern=rf"^({_LABEL}\.)+{_LABEL}$", description="lower case, no dot at its end")
]
ServerHost = Annotated[str, Field(max_length=253, pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$")]
KeyName = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$")]
Ttl = Annotated[int, Field(ge=0, le=2_147_483_647, description="seconds")]
Value = Annotated[str, Field(min_length=1, max_length=4_000)]
NOTHING = "none"
"""How it is written that there are no records."""


class DnsZone(Wire):
    """One zone on its primary server, and the names of the key and of the secret that holds it."""

    kind: Literal["dns"] = "dns"
    provider: Annotated[Literal["rfc2136"], Field(description="how the zone is changed")] = "rfc2136"
    zone: HostName
    server: ServerHost
    port: Annotated[int, Field(ge=1, le=65_535)] = 53
    key_name: KeyName
    algorithm: Algorithm = "hmac-sha256"
    secret: SecretName

    @property
    def host(self) -> str:
        """Server and port, as a leg names its hosts."""
        return f"{self.server}:{self.port}"

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"dns:{self.host}/{self.zone}"


def _sorted(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


class RecordSet(Wire):
    """What a name has of one type: how long it may be remembered, and its values, sorted."""

    ttl: Ttl
    values: Annotated[tuple[Value, ...], Field(min_length=1, max_length=100), AfterValidator(_sorted)]

    def __str__(self) -> str:
        """Return it in one line, for people."""
        return f"{', '.join(self.values)} (TTL {self.ttl})"


def shown(records: RecordSet | None) -> str:
    """A set in one line, for people; `none` where there is none."""
    return NOTHING if records is None else str(records)


def same(kind: RecordType, one: RecordSet | None, other: RecordSet | None) -> bool:
    """Whether two sets are one: the case of the name that an alias leads to is none of its value (RFC 4343)."""
    if kind != "CNAME" or one is None or other is None:
        return one == other
    return one.ttl == other.ttl and {x.lower() for x in one.values} == {x.lower() for x in other.values}


class SetRecords(Wire):
    """Give the name exactly these records of the type, None for none; refused unless `before` is what is there."""

    op: Literal["set_records"] = "set_records"
    at: DnsZone
    name: HostName
    type: RecordType
    records: RecordSet | None
    before: RecordSet | None

    @model_validator(mode="after")
    def _inside(self) -> Self:
        """A name belongs to its zone, an alias is one and never the zone's own name, and something changes."""
        if not is_inside(self.name, self.at.zone):
            raise ValueError(f"{self.name} is outside of the zone {self.at.zone}")
        if self.type == "CNAME" and self.name == self.at.zone:
            raise ValueError(f"{self.name} is the zone's own name, which can be no alias")
        if self.type == "CNAME" and self.records is not None and len(self.records.values) > 1:
            raise ValueError(f"{self.name} can be an alias of one name only")
        if self.records == self.before:
            raise ValueError(f"{self.name} {self.type}: records and before are the same")
        return self

    @property
    def target(self) -> str:
        """The set of records in its zone."""
        return f"{self.at.target}#{self.name} {self.type}"

    @property
    def inverse(self) -> SetRecords:
        """What takes it back, exactly."""
        return self.model_copy(update={"records": self.before, "before": self.records})


def is_inside(name: str, zone: str) -> bool:
    """Whether a name is the zone's own or below it."""
    return name == zone or name.endswith(f".{zone}")
