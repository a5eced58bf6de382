"""Records that somebody wants, checked by octoDNS and written as a name server writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from executors.errors import WorldError
from executors.protocol.dns import DnsZone, HostName, RecordSet, RecordType, Ttl, Value
from executors.protocol.wire import Wire

if TYPE_CHECKING:
    from dns.rdata import Rdata

_PIECE = 255
"""Bytes of one string of a TXT record (https://www.rfc-editor.org/rfc/rfc1035#section-3.3)."""


class Wanted(Wire):
    """The records that a name shall have: addresses, the one name that it is an alias of, texts, or issuers.

    Texts are plain; an issuer of certificates (CAA) is written `0 issue "ca.example"`.
    """

    name: HostName
    type: RecordType
    ttl: Ttl
    values: Annotated[tuple[Value, ...], Field(min_length=1, max_length=20)]


def written(at: DnsZone, wanted: Wanted) -> RecordSet:
    """The set as its server writes it. WorldError says by name what octoDNS finds wrong with it."""
    if wrong := _reasons(at, wanted):
        raise WorldError(f"{wanted.name} {wanted.type}: {'; '.join(wrong)}; correct it in the policy")
    try:
        values = tuple(_rdata(wanted.type, value).to_text() for value in wanted.values)
    except (ValueError, _dns_fault()) as error:
        raise WorldError(f"{wanted.name} {wanted.type}: is no value of that type ({error})") from error
    return RecordSet(ttl=wanted.ttl, values=values)


def _reasons(at: DnsZone, wanted: Wanted) -> Sequence[str]:
    """Return what octoDNS has against the records; nothing where they are sound."""
    from octodns.record import Record
    from octodns.record.exception import RecordException, ValidationError
    from octodns.zone import Zone

    if not Record.validators.configured:
        Record.enable_validators(["legacy"])  # else it does so by itself and warns of it
    name = "" if wanted.name == at.zone else wanted.name.removesuffix(f".{at.zone}")
    try:
        Record.new(Zone(f"{at.zone}.", []), name, _for_octodns(wanted))
    except ValidationError as error:
        return [str(reason).partition(", via:")[0] for reason in error.reasons]
    except (RecordException, ValueError) as error:
        return [str(error)]
    return []


def _for_octodns(wanted: Wanted) -> dict[str, Any]:
    from octodns.record.caa import CaaValue

    data: dict[str, Any] = {"type": wanted.type, "ttl": wanted.ttl}
    match wanted.type:
        case "CNAME":
            return data | {"value": f"{wanted.values[0].rstrip('.')}."}
        case "TXT":
            return data | {"values": [value.replace(";", "\\;") for value in wanted.values]}
        case "CAA":
            return data | {"values": [CaaValue.from_rdata_text(value) for value in wanted.values]}
        case _:
            return data | {"values": list(wanted.values)}


def _rdata(kind: RecordType, value: str) -> Rdata:
    """Return one value as dnspython has it; ValueError or DNSException where it is none."""
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
    from dns.rdtypes.ANY.TXT import TXT

    if kind == "TXT":
        data = value.encode()
        pieces = [data[start : start + _PIECE] for start in range(0, len(data), _PIECE)]
        return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, pieces)
    text = f"{value.rstrip('.')}." if kind == "CNAME" else value
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), text)


def _dns_fault() -> type[Exception]:
    from dns.exception import DNSException

    return DNSException
