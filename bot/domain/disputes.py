"""What no field of a policy says by itself: names that must exist or differ, targets and runners that clash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.domain.document import Path
from bot.domain.site_place import SITES, spot

if TYPE_CHECKING:
    from bot.domain.policy import Policy
    from bot.domain.rules import GateRule

END = "end"
"""Where a gate stands that is decided at when everything is done, before the capability is completed."""
BUILT_IN = ("plan", "rollback")
"""The gates that every case has; a rule of that name adds to it."""
RESERVED = (*BUILT_IN, "budget", "lock")
"""Names that mean something in `/approve`, `/override` and `/why` already."""

Dispute = tuple[Path, str, str]
"""Where, what is wrong, and what to write instead."""


def disputes(policy: Policy) -> Iterator[Dispute]:
    """What no field says by itself: names that must exist or differ, targets and runners that clash."""
    yield from _twice("environments", "name", [one.name for one in policy.environments])
    yield from _twice("products", "repository", [one.repository.lower() for one in policy.products])
    yield from _twice("products", "key", [one.key for one in policy.products])
    for index, product in enumerate(policy.products):
        yield from _place(policy, ("products", index, "environment"), product.environment, SITES)
        if product.erp is not None:
            yield from _place(policy, ("products", index, "erp"), product.erp, ("odoo",))
        if product.dns is not None:
            yield from _place(policy, ("products", index, "dns"), product.dns, ("dns",))
        if product.approvers is not None and product.approvers.is_empty:
            yield ("products", index, "approvers"), "lets nobody approve", "add `roles:`, `users:` or `teams:`"
    if policy.approvers.is_empty:
        yield ("approvers",), "lets nobody approve", "add `roles:`, `users:` or `teams:`"
    yield from _shared(policy)
    yield from _twice("checks", "name", [one.name for one in policy.checks])
    yield from _twice("templates", "id", [one.id for one in policy.templates])
    yield from _targets(policy)
    yield from _gates(policy)
    yield from _budgets(policy)


def _budgets(policy: Policy) -> Iterator[Dispute]:
    """What nobody knows the price of cannot be held to a limit."""
    limited = [name for name in ("per_case", "per_month") if getattr(policy.budgets, name) is not None]
    labels = policy.workflow.runs_on
    if limited and not any(label in policy.prices.minutes for label in labels):
        message = f"is a limit, but no minute of a runner `{', '.join(labels)}` has a price"
        yield ("budgets", limited[0]), message, f'add `prices: {{minutes: {{{labels[0]}: "0.008"}}}}`'


def _gates(policy: Policy) -> Iterator[Dispute]:
    """A gate has a name of its own, stands somewhere, and lets somebody decide."""
    yield from _twice("gates", "name", [rule.name for rule in policy.gates])
    for index, rule in enumerate(policy.gates):
        yield from _gate(policy, ("gates", index), rule)
    for index, place in enumerate(policy.environments):
        if place.name in (*RESERVED, END):
            yield (
                ("environments", index, "name"),
                f"`{place.name}` is the name of a gate",
                "rename the environment",
            )


def _gate(policy: Policy, path: Path, rule: GateRule) -> Iterator[Dispute]:
    names = (*(one.name for one in policy.environments), END)
    if rule.name in BUILT_IN:
        if rule.before is not None:
            yield (*path, "before"), f"has no place at the gate `{rule.name}`", "take the line out"
    elif rule.name in (*RESERVED, END) or (rule.name in names and rule.name != rule.before):
        yield (*path, "name"), f"`{rule.name}` means something else already", "call the gate otherwise"
    elif rule.before is None:
        yield (*path, "name"), "stands before nothing", f"add `before:` with one of: {', '.join(names)}"
    elif rule.before not in names:
        yield (*path, "before"), f"names `{rule.before}`, which is no place", f"write one of: {', '.join(names)}"
    if rule.approvers is not None and rule.approvers.is_empty:
        yield (*path, "approvers"), "lets nobody approve", "add `roles:`, `users:`, `teams:` or `codeowners: true`"


def _place(policy: Policy, path: Path, name: str, kinds: tuple[str, ...]) -> Iterator[Dispute]:
    """The environment that a product names must be there, and be of the kind that is put there."""
    fitting = ", ".join(one.name for one in policy.environments if one.kind in kinds)
    wanted = "`, `".join(kinds[:-1]) + "` or `" * (len(kinds) > 1) + kinds[-1]
    advice = f"write one of: {fitting}" if fitting else f"add an environment of kind `{wanted}` and name it"
    place = policy.environment(name)
    if place is None:
        yield path, f"names `{name}`, which is no environment", advice
    elif place.kind not in kinds:
        yield path, f"names `{name}`, an environment of kind `{place.kind}` and not `{wanted}`", advice


def _shared(policy: Policy) -> Iterator[Dispute]:
    """Two websites in one place would take each other off the air."""
    there: dict[tuple[str, str], str] = {}
    for index, product in enumerate(policy.products):
        place = policy.site_of(product)
        if place is None:
            continue
        where = spot(place, product.repository)
        other = there.setdefault(where, product.repository)
        if other.lower() != product.repository.lower():
            message = f"names `{place.name}`: {where[1]} has the website of `{other}` already"
            yield ("products", index, "environment"), message, _OF_ITS_OWN[place.kind]


_OF_ITS_OWN = {
    "local": "add an environment with a `path` of its own and name it",
    "ssh": "add an environment with a `path` of its own on that machine and name it",
    "pages": "add an environment with a `branch` of its own and name it",
}


def _targets(policy: Policy) -> Iterator[Dispute]:
    """What is on a machine of one's own is out of reach for a hosted runner; a snapshot needs its password."""
    for index, place in enumerate(policy.environments):
        own = place.kind == "local" or place.is_loopback
        if own and place.runner == "hosted":
            message = f"is `hosted`, but {_OWN[place.kind]} your own machine"
            yield ("environments", index, "runner"), message, "write `runner: self-hosted`"
        if place.kind in ("odoo", "dns", "ssh") and policy.environment(place.read_name) is not None:
            yield (
                ("environments", index, "name"),
                f"`{place.read_name}` is taken",
                "previews run there: rename one",
            )
        if place.kind == "odoo" and place.snapshot and place.master is None:
            message = "is wanted, but no `master` names the database manager's password, which duplicating needs"
            advice = "add `master: ODOO_MASTER`, or write `snapshot: false`: the undo then leaves traces"
            yield ("environments", index, "snapshot"), message, advice
    local = any(place.kind == "local" for place in policy.environments)
    if local and "self-hosted" not in policy.workflow.runs_on:
        message = "names no self-hosted runner, but an environment is local"
        yield ("workflow", "runs_on"), message, "add `self-hosted`"


_OWN = {
    "local": "a local target lives on",
    "odoo": "this Odoo is reached only from",
    "dns": "this zone's server is reached only from",
    "ssh": "this web root is reached only from",
}


def _twice(field: str, name: str, values: list[str]) -> Iterator[Dispute]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (field, index, name), f"`{value}` occurs twice in `{field}`", "keep one of them"
