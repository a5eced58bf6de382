"""Gives names of one zone the records that lead to a website, and touches no other record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from executors.errors import WorldError
from executors.executor import Executor, Facts, Reader
from executors.parts.dns.difference import Difference, Sight, compare
from executors.parts.dns.records import Wanted
from executors.protocol.dns import NOTHING, DnsZone, RecordSet, is_inside, shown
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation
from executors.protocol.plan import Limits, Seen

_READ_BY = {
    "transfer": "zone transfer",
    "questions": "questions for these names only, since the server refuses the transfer of the zone",
}
_LONGEST = 1_000


class Inputs(BaseModel):
    """Which zone, and which records; what is not named here is not touched."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    at: DnsZone
    records: Annotated[tuple[Wanted, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _can_be(self) -> Inputs:
        """Refuse what no zone can hold: foreign names, a set twice, an alias at the top or beside others."""
        sets = [(one.name, one.type) for one in self.records]
        if twice := {f"{name} {kind}" for name, kind in sets if sets.count((name, kind)) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is wanted twice; write its values into one")
        for one in self.records:
            if not is_inside(one.name, self.at.zone):
                raise ValueError(f"{one.name} is outside of the zone {self.at.zone}")
            if one.type == "CNAME":
                self._alias(one)
        return self

    def _alias(self, one: Wanted) -> None:
        if one.name == self.at.zone:
            raise ValueError(
                f"{one.name} is the zone's own name, which can be no alias (CNAME), for its SOA and NS records "
                "stand there: give it addresses (A, AAAA)"
            )
        if len(one.values) > 1:
            raise ValueError(f"{one.name} can be an alias of one name only")
        if beside := sorted(other.type for other in self.records if other.name == one.name and other != one):
            raise ValueError(f"{one.name} cannot be an alias (CNAME) and have {', '.join(beside)} records as well")

    @property
    def names(self) -> list[str]:
        """The names that are looked at."""
        return list(dict.fromkeys(one.name for one in self.records))


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at the names in their zone. Raises WorldError."""
    del step
    sight = compare(inputs.at, inputs.records, reader.records(inputs.at, inputs.names))
    record = {f"{one.name} {one.type}": one.now and shown(one.now) for one in sight.differences}
    return Facts(sight, tuple(_seen(inputs.at, sight)), {"dns_records": record})


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose to set what differs, set by set; WorldError where something stands in the way of one of them."""
    sight: Sight = facts.data
    if sight.refused:
        raise WorldError(f"{step}: {'; '.join(sight.refused)}")
    return [one.operation(inputs.at) for one in sight.differences if not one.is_there]


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Ask the zone's own server as visitors do; say how long others may remember what it said before."""
    sight = compare(inputs.at, inputs.records, reader.records(inputs.at, inputs.names, asked=True))
    found = [
        Finding(level="failure", code="records", message=_wrong(inputs.at, one), step=step)
        for one in sight.differences
        if not one.is_there
    ]
    found += [Finding(level="warning", code="other-addresses", message=text, step=step) for text in sight.beside]
    longest = max(one.then.ttl for one in sight.differences)
    text = (
        f"{inputs.at.host} answers with these records; resolvers may give out what they were told before until "
        f"its time to live is over, and remember the new ones for up to {longest} seconds"
    )
    return [*found, Finding(level="notice", code="remembered", message=text, step=step)]


def _wrong(at: DnsZone, one: Difference) -> str:
    return f"{at.host} answers {shown(one.now)} for {one.name} {one.type} instead of {shown(one.then)}"


def _seen(at: DnsZone, sight: Sight) -> Iterator[Seen]:
    """Yield each set as it is, what it becomes, and for how long the old one may still be given out."""
    yield Seen(target=at.target, fact="read-by", value=_READ_BY[sight.by], holds=False)
    for one in sight.differences:
        target = one.target(at)
        yield Seen(target=target, fact="records", value=_short(one.now))
        if one.is_there:
            yield Seen(target=target, fact="there-already", value=_short(one.now), holds=False)
            continue
        change = f"{_short(one.now)} → {_short(one.then)}"
        yield Seen(target=target, fact="becomes", value=change, holds=False)
        if one.now is not None:
            text = f"resolvers may give out what is there now for up to {one.now.ttl} seconds after the change"
            yield Seen(target=target, fact="remembered", value=text, holds=False)
    if sight.beside:
        yield Seen(target=at.target, fact="left-alone", value="; ".join(sight.beside)[:_LONGEST], holds=False)


def _short(records: RecordSet | None) -> str:
    """Return a set in words; a long one by its digest, so that it can still be compared."""
    text = shown(records)
    if records is None or len(text) <= _LONGEST:
        return text or NOTHING
    return f"{len(records.values)} values, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"


EXECUTOR = Executor(
    name="dns",
    summary="Set the DNS records that lead to a website, in a zone that takes signed updates",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("set_records",),
    sample={
        "at": {
            "zone": "acme.example",
            "server": "ns1.acme.example",
            "key_name": "millwright",
            "secret": "DNS_KEY",
        },
        "records": [
            {"name": "acme.example", "type": "A", "ttl": 300, "values": ["192.0.2.7"]},
            {"name": "www.acme.example", "type": "CNAME", "ttl": 300, "values": ["acme.example"]},
        ],
    },
    limits=Limits(timeout_seconds=120, retries=3),
)
