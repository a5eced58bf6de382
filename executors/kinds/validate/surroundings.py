"""Probes around the pages: headers that protect visitors, TLS and the way to it, the names."""

from __future__ import annotations

from collections.abc import Sequence

from executors.errors import WorldError
from executors.executor import Reader
from executors.parts.address import web_of
from executors.parts.check import Check
from executors.parts.dns.difference import compare
from executors.parts.dns.records import Wanted
from executors.protocol.dns import DnsZone, shown

HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
FEW_DAYS = 14
_CONF = "`millwright nginx` writes a configuration that does"


def _is_here(url: str) -> bool:
    parts = web_of(url)
    return parts is not None and parts.host in _HERE


def headers(url: str, reader: Reader) -> Check:
    """Whether the server sends what protects visitors; on this machine itself there is nobody to protect."""
    if _is_here(url):
        return Check("headers", url, "is an address of this machine itself; visitors do not come here")
    wanted = (*HEADERS, *(("strict-transport-security",) if url.startswith("https:") else ()))
    try:
        answer = reader.get(url)
    except WorldError as error:
        return Check("headers", url, str(error), "unknown", "ask for the page yourself")
    if missing := [name for name in wanted if name not in answer.headers]:
        advice = f"let the web server send them; {_CONF}"
        return Check("headers", url, f"the server sends no {', '.join(missing)}", "warning", advice)
    return Check("headers", url, f"sends {', '.join(wanted)}")


def tls(url: str, reader: Reader) -> Check:
    """Whether the address has TLS with a certificate that holds, and for how long."""
    if _is_here(url) and url.startswith("http:"):
        return Check("tls", url, "is an address of this machine itself; nobody stands between")
    if url.startswith("http:"):
        advice = f"get a certificate and write the https address as `url`; {_CONF}"
        return Check("tls", url, "is asked for without TLS; anybody on the way can change it", "warning", advice)
    try:
        found = reader.certificate(url)
    except WorldError as error:
        return Check("tls", url, str(error), "failure", "put the certificate of the web server right")
    told = f"the certificate holds for {', '.join(found.names[:5])}"
    if found.days < FEW_DAYS:
        return Check("tls", url, f"{told}, for {found.days} days still", "warning", "renew it")
    return Check("tls", url, f"{told}, for more than {FEW_DAYS} days")


def redirect(url: str, reader: Reader) -> Check | None:
    """Whether who asks without TLS is led to it; None where the address has none, or is on a port of its own."""
    parts = web_of(url)
    if parts is None or parts.scheme != "https" or parts.port not in (None, "443"):
        return None
    plain = f"http://{parts.host}/"
    try:
        answer = reader.get(plain)
    except WorldError as error:
        return Check("redirect", plain, str(error), "unknown", f"let it lead to {url}; {_CONF}")
    there = answer.headers.get("location", "")
    if answer.status in (301, 308) and there.startswith(f"https://{parts.host}"):
        return Check("redirect", plain, f"answers {answer.status} and leads to {there[:200]}")
    return Check("redirect", plain, f"answers {answer.status}", "warning", f"let it lead to {url}; {_CONF}")


def names(at: DnsZone, records: Sequence[Wanted], reader: Reader) -> Check:
    """Whether the zone's own server answers as planned. Raises WorldError to be retried."""
    looked_at = f"{', '.join(dict.fromkeys(one.name for one in records))} at {at.host}"[:1000]
    try:
        sight = compare(at, records, reader.records(at, [one.name for one in records], asked=True))
    except WorldError as error:
        if error.again:
            raise
        return Check("names", looked_at, str(error), "failure", "look at the name server")
    wrong = [one for one in sight.differences if not one.is_there]
    if wrong:
        told = "; ".join(f"{one.name} {one.type} is {shown(one.now)}" for one in wrong)[:2000]
        return Check("names", looked_at, told, "failure", "look who else changes this zone, then `/plan`")
    return Check("names", looked_at, f"{len(records)} sets of records are as planned")
