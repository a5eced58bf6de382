"""What lies between the records that are there and those that are wanted, and what stands in the way, by name.

Addresses and aliases are set as they are wanted. Texts and issuers of certificates are added to those that are
there: the others are somebody else's (mail, other services), and so is the time to live they have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from executors.executor import ZoneLook
from executors.parts.dns.records import Wanted, written
from executors.protocol.dns import DnsZone, RecordSet, RecordType, SetRecords, same, shown

_ADDED = frozenset({"CAA", "TXT"})
_ADDRESSES = frozenset({"A", "AAAA"})


@dataclass(frozen=True)
class Difference:
    """One name and type: what is there, and what shall be there."""

    name: str
    type: RecordType
    now: RecordSet | None
    then: RecordSet

    @property
    def is_there(self) -> bool:
        """Whether nothing is left to do."""
        return same(self.type, self.now, self.then)

    def target(self, at: DnsZone) -> str:
        """The set in its zone, as its operation names it."""
        return f"{at.target}#{self.name} {self.type}"

    def operation(self, at: DnsZone) -> SetRecords:
        """The one change that is left to do."""
        return SetRecords(at=at, name=self.name, type=self.type, records=self.then, before=self.now)


@dataclass(frozen=True)
class Sight:
    """What was looked at: differences in the order of the wishes, and what forbids them."""

    by: str
    differences: tuple[Difference, ...]
    refused: tuple[str, ...]
    beside: tuple[str, ...]
    """addresses of the same names that nobody asked to change, in words"""


def compare(at: DnsZone, wishes: Sequence[Wanted], there: ZoneLook) -> Sight:
    """The differences. WorldError where a wish is not sound in itself."""
    return Sight(
        by=there.by,
        differences=tuple(_difference(at, wish, there) for wish in wishes),
        refused=tuple(dict.fromkeys(why for wish in wishes for why in _refused(wish, there))),
        beside=_beside(wishes, there),
    )


def _difference(at: DnsZone, wish: Wanted, there: ZoneLook) -> Difference:
    now, then = there.sets.get((wish.name, wish.type)), written(at, wish)
    if now is not None and wish.type in _ADDED:
        then = RecordSet(ttl=now.ttl, values=(*now.values, *then.values))
    return Difference(wish.name, wish.type, now, then)


def _refused(wish: Wanted, there: ZoneLook) -> list[str]:
    """Return what stands in the way of the wish."""
    name = wish.name
    if name in there.delegated:
        cut = there.delegated[name]
        return [f"{name} is delegated: from {cut} on, other name servers are in charge; set it there"]
    others = {kind: found for (other, kind), found in there.sets.items() if other == name and kind != wish.type}
    if wish.type == "CNAME" and others:
        told = ", ".join(f"{kind} {shown(found)}" for kind, found in sorted(others.items()))
        return [
            f"{name} cannot become an alias (CNAME), for nothing may stand beside one and there is {told}: take "
            "that out of the zone, or give the name addresses"
        ]
    if alias := others.get("CNAME"):
        return [
            f"{name} is an alias of {alias.values[0]}, and nothing may stand beside one: take the CNAME out of "
            f"the zone before {name} gets {wish.type} records"
        ]
    return []


def _beside(wishes: Sequence[Wanted], there: ZoneLook) -> tuple[str, ...]:
    """Return addresses that visitors are still given beside those that are wanted."""
    named = {(wish.name, wish.type) for wish in wishes}
    names = {wish.name for wish in wishes if wish.type in _ADDRESSES}
    return tuple(
        f"{name} has {kind} {shown(found)} too, which the plan does not name: some visitors go there"
        for (name, kind), found in sorted(there.sets.items())
        if kind in _ADDRESSES and name in names and (name, kind) not in named
    )
