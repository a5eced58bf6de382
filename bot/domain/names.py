"""Whose a domain is: of two capabilities for one name the second is refused, in whatever repository it stands.

The names of an installation are a case of their own, `names:<installation id>`, and its ledger says who has which.
A capability takes the names that its plan sets, and the domain that its website is for, before its first run
changes anything. It has names that it sets alone until it is over; what is completed shares them with later
capabilities of the same repository, which is how a website is renewed. A domain of which only the website is made
is kept from other repositories alone: in its own the website's place is taken by turns already. What was taken
back, rejected or cancelled has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.case import Case
from bot.domain.dns_steps import EXECUTOR
from bot.domain.ledger import Line
from bot.domain.lifecycle import Phase
from executors.protocol.plan import Step

_WITHOUT = frozenset({Phase.ROLLED_BACK, Phase.REJECTED, Phase.CANCELLED})


@dataclass(frozen=True)
class Holder:
    """The capability that has a name."""

    case: str
    repository: int
    link: str
    """`acme/website#7`, which GitHub makes a link of"""
    called: str
    """its display id"""
    is_done: bool = False
    is_site: bool = False
    """whether only the website is made for it, and no record is set"""

    def keeps_from(self, case: str, repository: int, *, is_site: bool) -> bool:
        """Whether another capability, be it for the website only, may not have it."""
        shares = self.is_done or self.is_site or is_site
        return self.case != case and not (self.repository == repository and shares)


def names_key(case: Case) -> str:
    """The case that says whose the names of the installation are."""
    return f"names:{case.repo.installation}"


def wanted(case: Case) -> tuple[str, ...]:
    """The names that the present plan sets, and the domain that its website is for."""
    return tuple(dict.fromkeys((*_set(case), *_sites(case))))


def _set(case: Case) -> tuple[str, ...]:
    return tuple(one["name"] for step in _steps(case, EXECUTOR) for one in step.inputs["records"])


def _sites(case: Case) -> tuple[str, ...]:
    return tuple(step.inputs["domain"] for step in _steps(case, "website"))


def _steps(case: Case, executor: str) -> tuple[Step, ...]:
    return tuple(step for step in (case.plan.steps if case.plan else ()) if step.executor == executor)


def held(case: Case | None) -> frozenset[str]:
    """The names that the capability has, or has asked for: from its first run that changes anything."""
    if case is None or case.phase in _WITHOUT:
        return frozenset()
    asked = case.queued is not None and case.queued.verb == "execute"
    begun = any(run.verb == "execute" for run in case.every_run)
    return frozenset(wanted(case)) if asked or begun else frozenset()


def holders(lines: Iterable[Line]) -> dict[str, tuple[Holder, ...]]:
    """Name → who has it, as the ledger tells; of several, which share it, the last one to take it last."""
    found: dict[str, tuple[Holder, ...]] = {}
    for line in lines:
        data = line.entry.data
        match line.entry.type:
            case "names.taken":
                holder = Holder(data["case"], data["repository"], data["link"], data["called"])
                sites = frozenset(data.get("sites", ()))
                for name in data["names"]:
                    taken = replace(holder, is_site=name in sites)
                    found[name] = (*_without(found.get(name, ()), holder.case), taken)
            case "names.settled":
                found = {name: tuple(_settled(one, data["case"]) for one in have) for name, have in found.items()}
            case "names.released":
                found |= {name: _without(found[name], data["case"]) for name in data["names"] if name in found}
            case _:
                pass
    return {name: have for name, have in found.items() if have}


def _without(have: tuple[Holder, ...], case: str) -> tuple[Holder, ...]:
    return tuple(one for one in have if one.case != case)


def _settled(one: Holder, case: str) -> Holder:
    return replace(one, is_done=True) if one.case == case else one


def refusal(name: str, holder: Holder) -> tuple[str, str]:
    """Why a name cannot be had, and what people can do."""
    state = "which is completed" if holder.is_done else "which is not over yet"
    why = f"the name {name} belongs to {holder.called} ({holder.link}), {state}"
    if holder.is_done:
        return why, f"take {holder.link} back with `/rollback` there, then `/run` here; or choose another domain"
    return why, f"wait until {holder.link} is over, or end it there, then `/run` here; or choose another domain"


def claim(case: Case) -> Mapping[str, Any]:
    """What is told of a capability that wants its names."""
    link = f"{case.repo.name}#{case.number}"
    told = {"case": case.key, "repository": case.repo.id, "link": link, "called": case.display_id}
    return {**told, "names": list(wanted(case)), "sites": sorted({*_sites(case)} - {*_set(case)})}
