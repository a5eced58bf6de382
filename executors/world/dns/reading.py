"""The records at some names of a zone: by zone transfer, through octoDNS; else by questions, as visitors ask.

octoDNS hands out what the server wrote, record by record; its model would join and escape texts anew, and a change
is to be taken back byte for byte. Types that octoDNS does not know are not seen in a transfer; where that matters,
for nothing may stand beside an alias, the server itself is made to look (hands.py).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from executors.errors import WorldError
from executors.executor import ZoneLook
from executors.protocol.dns import DnsZone, RecordSet, is_inside
from executors.world.dns import problems
from executors.world.dns.line import Line
from executors.world.dns.problems import QUESTION, TRANSFER

TYPES = ("A", "AAAA", "CAA", "CNAME", "TXT", "MX", "NS", "SRV", "HTTPS", "SVCB", "TLSA", "DNAME", "DS", "NAPTR")
"""What is asked for where the zone is not handed over."""

Row = tuple[str, str, int, str]
"""Name without the last dot, type, time to live, value."""


def look(line: Line, names: Sequence[str], *, asked: bool = False) -> ZoneLook:
    """What the server has at these names. Raises WorldError.

    Where the transfer is refused, names that a wildcard answers for cannot be told from those that are there, so a
    zone with one is refused.
    """
    if not asked:
        try:
            return _transferred(line, names)
        except problems.Refused:
            _refuse_wildcards(line, names)
    rows = [row for name in names for row in _questions(line, name, TYPES)]
    return ZoneLook("questions", _sets(rows))


def _transferred(line: Line, names: Sequence[str]) -> ZoneLook:
    rows = _transfer(line)
    sets = _sets(row for row in rows if row[0] in names)
    cuts = {row[0] for row in rows if row[1] == "NS" and row[0] != line.at.zone}
    delegated = {name: cut for name in names for cut in cuts if is_inside(name, cut)}
    return ZoneLook("transfer", sets, delegated)


def _transfer(line: Line) -> list[Row]:
    """Every record of the zone, by octoDNS."""
    import warnings

    from octodns.zone import Zone
    from octodns_bind import AxfrSource, AxfrSourceException

    class Signed(AxfrSource):  # type: ignore[misc]
        """The source with our key: octoDNS makes every key one of HMAC-SHA256, whatever the server's is."""

        def _auth_params(self) -> dict[str, Any]:
            return {"keyring": line.key(TRANSFER)}

    began, asked = time.monotonic(), line.asked(TRANSFER)
    source = Signed("zone", line.address(TRANSFER), port=line.at.port, timeout=line.seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of octoDNS, about its own parts
            found = source.zone_records(Zone(f"{line.at.zone}.", []), target=False)
    except AxfrSourceException as error:
        failure = problems.of_exception(asked, error.__context__)
        line.note(TRANSFER, line.at.zone, type(failure).__name__, began)
        raise failure from error
    except (OSError, EOFError) as error:
        line.note(TRANSFER, line.at.zone, "silent", began)
        raise problems.silent(asked, getattr(error, "strerror", None) or "it hung up") from error
    line.note(TRANSFER, line.at.zone, f"{len(found)} records", began)
    return [(_plain(one.name), one._type, one.ttl, one.rdata) for one in found]


def _questions(line: Line, name: str, types: Iterable[str]) -> Iterator[Row]:
    """Yield what the server says with authority about the name."""
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rdatatype

    asked = line.asked(QUESTION)
    for kind in types:
        answer = line.exchange(QUESTION, dns.message.make_query(f"{name}.", kind, flags=0), f"{name} {kind}")
        code = dns.rcode.to_text(answer.rcode())
        if code not in ("NOERROR", "NXDOMAIN"):
            raise problems.answered(asked, code)
        if not answer.flags & dns.flags.AA:
            raise problems.NotHere(
                f"{asked}: the server is not in charge of {name}; is it delegated to others? Correct zone and "
                "server in the policy"
            )
        for found in answer.answer:
            if _plain(found.name.to_text()) == name and dns.rdatatype.to_text(found.rdtype) == kind:
                yield from ((name, kind, found.ttl, value.to_text()) for value in found)
        if code == "NXDOMAIN":
            return


def _refuse_wildcards(line: Line, names: Sequence[str]) -> None:
    for parent in dict.fromkeys(name.partition(".")[2] for name in names if name != line.at.zone):
        if is_inside(parent, line.at.zone) and next(_questions(line, f"*.{parent}", TYPES), None) is not None:
            asked = line.asked(TRANSFER)
            raise problems.Refused(
                f"{asked}: refused, and *.{parent} answers for every name, so nobody can tell which are there; "
                f"let the key {asked.key} transfer the zone (`allow-transfer`)"
            )


def _sets(rows: Iterable[Row]) -> Mapping[tuple[str, str], RecordSet]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(row[:2], []).append(row)
    return {key: _set(key, many) for key, many in found.items()}


def _set(key: tuple[str, str], rows: Sequence[Row]) -> RecordSet:
    """The rows as a set; WorldError where there is more than can be written down, and so taken back."""
    from pydantic import ValidationError

    try:
        return RecordSet(ttl=rows[0][2], values=tuple(row[3] for row in rows))
    except ValidationError:
        raise WorldError(
            f"{' '.join(key)} holds more than 100 values, or one of more than 4,000 characters, which cannot be "
            "kept to be taken back; set these records by hand"
        ) from None


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def zone_of(at: DnsZone) -> str:
    """The zone's name as it is sent."""
    return f"{at.zone}."
