"""Plans without GitHub: the bot's own planner, an issue that is a file, a policy of one folder on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.cli._files import FileFault, briefing_of, text_of
from bot.domain import policy as policies
from bot.domain.briefing import Briefing
from bot.domain.faults import Fault, Refused
from bot.domain.planner import PlanInputs, Subject, plan_for
from bot.domain.policy import Policy
from bot.domain.rules import Product
from bot.domain.site_place import SiteEnvironment
from bot.domain.vertical import choose
from bot.load import blueprints
from executors.protocol.plan import Plan

REPOSITORY = "offline/files"
URL = "http://127.0.0.1:8731/"
"""Where `millwright run` serves the site for the health check, and afterwards with `--serve`."""


@dataclass(frozen=True)
class Wish:
    """What is to be planned: the file, for which policy and product, as of which day (`2026-01-31`)."""

    file: Path
    policy: Policy
    product: Product
    day: str


def folder_policy(site: Path, url: str) -> Policy:
    """The policy that stands in where none is named: one person, one local web root, no secrets.

    Raises FileFault where the folder's path or the URL is of no use.
    """
    text = (
        f"operations: {REPOSITORY}\nsolo: true\n"
        f"products:\n  - repository: {REPOSITORY}\n    key: LOCAL\n    environment: local\n"
        f"environments:\n  - name: local\n    path: {json.dumps(str(site))}\n    url: {json.dumps(url)}\n"
        'prices:\n  minutes:\n    self-hosted: "0"\n'
    )
    policy = policies.parse(text)
    if isinstance(policy, Policy):
        return policy
    if policy[0].path.endswith("url"):
        raise FileFault(f"--url {url}: is no URL of a site; write it like {URL}")
    raise FileFault(f"--site {site}: a web root's path holds only letters, digits and . _ ~ + @ - between slashes")


def product_of(policy: Policy, name: str | None) -> Product:
    """The product that is named, the only or first one where none is; FileFault where it is unknown."""
    found = policy.product_of(name) if name else policy.products[0]
    if found is None:
        known = ", ".join(product.repository for product in policy.products)
        raise FileFault(f"the policy names no product {name}; it names {known}")
    return found


def planned(wish: Wish) -> Plan | tuple[Fault, ...]:
    """The plan of the file, or every fault of the first stage that has any."""
    briefing = briefing_of(wish.file, text_of(wish.file))
    if not isinstance(briefing, Briefing):
        return briefing
    known = blueprints.all_of_them()
    vertical = choose(briefing.business_type, known["verticals"])
    if isinstance(vertical, Refused):
        return (Fault("business_type", vertical.why, vertical.next),)
    subject = Subject(
        repository_id=0,
        repository=wish.product.repository,
        issue_node_id="offline",
        issue_number=0,
        display_id=f"{wish.product.key}-0",
        version=1,
        opened_on=wish.day,
    )
    made = (subject, briefing, vertical, wish.policy, wish.product, known["cards"], known["templates"])
    return plan_for(PlanInputs(*made, catalogue=known["catalogue"]))


def place_of(policy: Policy, product: Product) -> SiteEnvironment:
    """The environment of the product; the policy's own check has seen to it that there is one."""
    place = policy.site_of(product)
    assert place is not None
    return place
