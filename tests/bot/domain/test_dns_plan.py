"""A zone in the policy: what is wrong with it has its line; a briefing's names become a leg, or it is said why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.faults import Fault
from bot.domain.planner import PlanInputs, plan_for
from bot.domain.policy import Policy, parse
from bot.domain.website_steps import undo_text
from bot.domain.wishes import open_choices
from bot.domain.workflow_check import environments
from executors import catalog
from executors.protocol.dns import DnsZone
from tests.bot.domain.acme import POLICY, acme, plan_inputs, planned, raw

ZONE = """\
  - name: names
    kind: dns
    zone: acme-consulting.example
    server: ns1.acme.example:5353
    key_name: millwright
    algorithm: hmac-sha512
    key: DNS_KEY
    address4: 192.0.2.7
    address6: 2001:db8::7
"""
FIRST = POLICY.splitlines().index("prices:") + 2
"""The line on which the zone begins."""


def text(zone: str = ZONE) -> str:
    return POLICY.replace("    environment: www\n", "    environment: www\n    dns: names\n").replace(
        "prices:", f"{zone}prices:"
    )


def rules(zone: str = ZONE) -> Policy:
    read = parse(text(zone))
    assert isinstance(read, Policy), read
    return read


def faults(zone: str) -> list[tuple[str, str, str, int | None]]:
    read = parse(text(zone))
    assert isinstance(read, tuple), "the policy was taken"
    return [(one.path, one.message, one.next, one.line) for one in read]


def inputs(zone: str = ZONE, **briefing: Any) -> PlanInputs:
    briefing = {"scope": ["website", "dns"]} | briefing
    return plan_inputs(acme(**briefing), rules(zone))


def records(made: PlanInputs) -> list[tuple[str, str, list[str]]]:
    wanted = planned(made).step("dns").inputs["records"]
    return [(one["name"], one["type"], one["values"]) for one in wanted]


def of_domain(domain: str) -> dict[str, Any]:
    return {**raw()["website_config"], "domain": domain}


def fault(made: PlanInputs) -> Fault:
    found = plan_for(made)
    assert isinstance(found, tuple), "a plan was made"
    (one,) = found
    return one


def test_names_are_a_leg_of_their_own_after_the_website() -> None:
    plan = planned(inputs())
    assert [(leg.id, leg.steps) for leg in plan.legs] == [
        ("website", ("preflight", "website", "deploy")),
        ("dns", ("dns", "validate")),
    ]
    leg, step = plan.legs[1], plan.step("dns")
    assert (leg.environment, leg.secrets) == ("names", ("DNS_KEY",))
    assert leg.hosts == ("ns1.acme.example:5353", "127.0.0.1:8080")  # the last one for the validation alone
    assert (step.depends_on, step.undo) == (("deploy",), "reversible")
    assert DnsZone.model_validate(step.inputs["at"]).target == "dns:ns1.acme.example:5353/acme-consulting.example"
    catalog.executor("dns").inputs.model_validate(step.inputs)
    assert "the same time to live" in undo_text(step)
    assert open_choices(plan) == ()
    assert not any("DNS" in one.name for one in plan.unavailable)


def test_a_website_gets_addresses_and_www() -> None:
    domain = "acme-consulting.example"
    assert records(inputs()) == [
        (domain, "A", ["192.0.2.7"]),
        (domain, "AAAA", ["2001:db8::7"]),
        (f"www.{domain}", "CNAME", [domain]),
    ]


def test_issuers_and_proofs_come_with_it_where_the_policy_names_them() -> None:
    more = "    www: false\n    caa: [ca.example]\n    verification: ['proof=a; b']\n"
    assert records(inputs(ZONE + more))[2:] == [
        ("acme-consulting.example", "CAA", ['0 issue "ca.example"']),
        ("acme-consulting.example", "TXT", ["proof=a; b"]),
    ]


def test_a_name_below_the_zone_may_be_an_alias() -> None:
    zone = (
        ZONE.split("    address4")[0].replace("zone: acme-consulting", "zone: acme")
        + "    target: web.host.example\n"
    )
    made = inputs(zone, website_config=of_domain("www.acme.example"))
    assert records(made) == [("www.acme.example", "CNAME", ["web.host.example"])]


def test_the_zones_own_name_becomes_no_alias() -> None:
    zone = ZONE.split("    address4")[0] + "    target: web.host.example\n"
    found = fault(inputs(zone))
    assert (found.path, found.message) == (
        "website_config.domain",
        "`acme-consulting.example` is the zone's own name, which can be no alias of `web.host.example`",
    )
    assert "address4" in found.next


@pytest.mark.parametrize("target", ["shop.acme.example", "www.shop.acme.example"])
def test_a_name_becomes_no_alias_of_itself(target: str) -> None:
    zone = ZONE.split("    address4")[0].replace("zone: acme-consulting", "zone: acme") + f"    target: {target}\n"
    found = fault(inputs(zone, website_config=of_domain("shop.acme.example")))
    assert "an alias that leads back to itself" in found.message
    assert "`target`" in found.next


@pytest.mark.parametrize("domain", ["other.example", "notacme-consulting.example"])
def test_a_domain_outside_of_the_zone_is_refused_by_name(domain: str) -> None:
    found = fault(inputs(website_config=of_domain(domain)))
    assert found.message.startswith(f"`{domain}` is outside of the zone `acme-consulting.example`")
    assert "leave `dns` out of the `scope`" in found.next
    assert len(planned(inputs(scope=["website"], website_config=of_domain(domain))).legs) == 1


def test_names_alone_are_a_plan() -> None:
    plan = planned(inputs(scope=["dns"]))
    assert [leg.id for leg in plan.legs] == ["dns"]
    assert plan.step("dns").depends_on == ()


@pytest.mark.parametrize("change", [{"scope": ["website"]}, {"dry_run": True}])
def test_names_are_left_out_where_they_are_not_wanted(change: dict[str, Any]) -> None:
    assert "dns" not in [step.id for step in planned(inputs(**change)).steps]


def test_without_an_executor_names_are_not_available() -> None:
    made = inputs()
    plan = planned(replace(made, cards={name: card for name, card in made.cards.items() if name != "dns"}))
    assert [one.why for one in plan.unavailable if one.in_scope] == ["not available in this release"]


@pytest.mark.parametrize(
    ("was", "becomes", "path", "message", "line"),
    [
        ("zone: acme-consulting.example", "zone: '*'", "zone", "is no domain name", 2),
        ("ns1.acme.example:5353", "https://ns1", "server", "is no name server", 3),
        ("ns1.acme.example:5353", "ns1:99999", "server", "is no name server", 3),
        ("hmac-sha512", "hmac-md5", "algorithm", "is none of the values allowed", 5),
        ("192.0.2.7", "2001:db8::7", "address4", "is no IPv4 address of a web server", 7),
        ("2001:db8::7", "'::'", "address6", "is no IPv6 address of a web server", 8),
        ("2001:db8::7", "fe80::1%eth0", "address6", "is no IPv6 address of a web server", 8),
        ("key: DNS_KEY", "key: GITHUB_KEY", "key", "begins with `GITHUB_`", 6),
    ],
)
def test_what_is_wrong_with_a_zone_has_its_line(
    was: str, becomes: str, path: str, message: str, line: int
) -> None:
    (found,) = faults(ZONE.replace(was, becomes))
    assert (found[0], found[3]) == (f"environments.1.{path}", FIRST + line)
    assert message in found[1]
    assert found[2]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (ZONE.split("    address4")[0], "says nowhere that names should lead"),
        (f"{ZONE}    target: web.host.example\n", "has both addresses and a `target`"),
        (f"{ZONE}    runner: hosted\n".replace("ns1.acme.example:5353", "127.0.0.1"), "is `hosted`"),
        (ZONE.replace("name: names", "name: www"), "occurs twice"),
        (ZONE.replace("kind: dns", "kind: odoo"), "is no field"),
    ],
)
def test_a_zone_that_does_not_fit_together_is_refused(zone: str, said: str) -> None:
    assert any(said in one[1] for one in faults(zone)), faults(zone)


def test_a_product_names_an_environment_of_its_kind() -> None:
    read = parse(text().replace("dns: names", "dns: www"))
    assert isinstance(read, tuple)
    assert [(one.path, one.next) for one in read] == [("products.0.dns", "write one of: names")]


def test_a_preview_has_an_environment_with_a_weaker_key() -> None:
    assert environments(rules()) == {"names": ("DNS_KEY",), "names-read": ("DNS_KEY",)}


def test_another_address_voids_approvals() -> None:
    one, other = planned(inputs()), planned(inputs(ZONE.replace("192.0.2.7", "192.0.2.8")))
    assert one.digest != other.digest
