"""The step of a website's names: which records the policy's zone gets for the briefing's domain, or why none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.briefing import Briefing
from bot.domain.dns_place import DnsEnvironment
from bot.domain.faults import Fault
from executors.protocol.card import ExecutorCard
from executors.protocol.dns import DnsZone
from executors.protocol.plan import Step
from executors.protocol.wire import Json

EXECUTOR = "dns"
NO_ZONE = (
    "the policy names no zone for this product: add an environment of kind `dns` and name it in `products[].dns`"
)
UNDO = (
    "Sets each name's records as they were before: the same values, the same time to live, or none. Refused for a "
    "name that somebody else has changed since. Resolvers may remember the new records until their time is over."
)
SECONDS = 60


@dataclass(frozen=True)
class Names:
    """What was settled about the names before any step: the zone, and what to tell the reader."""

    place: DnsEnvironment | None
    notes: tuple[str, ...] = ()


def choose_names(briefing: Briefing, place: DnsEnvironment | None) -> Names | Fault:
    """The zone that the domain is put in, None without one or out of scope; or why it cannot be there."""
    domain, path = briefing.website_config.domain, "website_config.domain"
    if place is None or not briefing.in_scope("dns") or briefing.is_dry_run:
        return Names(None)
    if not place.holds(domain):
        return Fault(
            path,
            f"`{domain}` is outside of the zone `{place.zone}`, which the policy names for this product",
            f"write a domain in `{place.zone}`, or leave `dns` out of the `scope` and set its records elsewhere",
        )
    if domain == place.zone and place.target:
        return Fault(
            path,
            f"`{domain}` is the zone's own name, which can be no alias of `{place.target}`",
            f"give the environment `{place.name}` addresses: `address4: …`, `address6: …` instead of `target`",
        )
    if place.target in (domain, f"www.{domain}" if place.www else domain):
        return Fault(
            path,
            f"`{domain}` would be an alias that leads back to itself: the zone's names lead to `{place.target}`",
            f"write another domain, or give the environment `{place.name}` the web server's own name as `target`",
        )
    return Names(place, _notes(domain, place))


def _notes(domain: str, place: DnsEnvironment) -> tuple[str, ...]:
    if place.address4 and not place.address6:
        return (f"{domain} gets no IPv6 address: the environment {place.name} has no `address6`.",)
    return ()


def dns_steps(
    briefing: Briefing, names: Names, cards: Mapping[str, ExecutorCard], before: tuple[Step, ...]
) -> tuple[Step, ...]:
    """`dns`, when what `before` deploys is on the air; none without a zone, or where its executor is not there."""
    place, domain = names.place, briefing.website_config.domain
    if place is None or EXECUTOR not in cards:
        return ()
    records = wanted(domain, place)
    told = ", ".join(f"{one['name']} {one['type']}" for one in records)
    return (
        Step(
            id="dns",
            executor=EXECUTOR,
            title="Set DNS records",
            summary=f"In the zone {place.zone} at {place.server}: {told}; no other record is touched",
            inputs={"at": zone_of(place).to_json(), "records": records},
            depends_on=tuple(step.id for step in before if step.executor == "deploy"),
            limits=cards[EXECUTOR].limits,
            undo=cards[EXECUTOR].undo,
            estimate_seconds=SECONDS,
        ),
    )


def zone_of(place: DnsEnvironment) -> DnsZone:
    """The place of the operations."""
    return DnsZone(
        zone=place.zone,
        server=place.server_name,
        port=place.port,
        key_name=place.key_name,
        algorithm=place.algorithm,
        secret=place.key,
    )


def wanted(domain: str, place: DnsEnvironment) -> list[Json]:
    """The records, as the executor takes them: the domain's own first, `www`, then issuers and proofs."""
    found: list[Json] = []

    def add(name: str, kind: str, *values: str) -> None:
        found.append({"name": name, "type": kind, "ttl": place.ttl, "values": list(values)})

    if place.target:
        add(domain, "CNAME", place.target)
    if place.address4:
        add(domain, "A", place.address4)
    if place.address6:
        add(domain, "AAAA", place.address6)
    if place.www and not domain.startswith("www."):
        add(f"www.{domain}", "CNAME", domain)
    if place.caa:
        add(domain, "CAA", *(f'0 issue "{issuer}"' for issuer in place.caa))
    if place.verification:
        add(domain, "TXT", *place.verification)
    return found
