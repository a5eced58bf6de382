"""Whose a domain is: of two capabilities for one name the second is refused, in whatever repository it stands.

The names of an installation are a case of their own, `names:<installation id>`, and its ledger says who has which.
A capability takes the names that its plan sets before its first run changes anything. It has them alone until it
is over. What is completed hands its names to a later capability of the same repository, which is how a website is
renewed, and to nobody else; what was taken back, rejected or cancelled has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.case import Case
from bot.domain.dns_steps import EXECUTOR
from bot.domain.ledger import Line
from bot.domain.lifecycle import Phase

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

    def keeps_from(self, case: str, repository: int) -> bool:
        """Whether another capability may not have it."""
        return self.case != case and not (self.is_done and self.repository == repository)


def names_key(case: Case) -> str:
    """The case that says whose the names of the installation are."""
    return f"names:{case.repo.installation}"


def wanted(case: Case) -> tuple[str, ...]:
    """The names that the present plan sets."""
    steps = case.plan.steps if case.plan else ()
    found = [one["name"] for step in steps if step.executor == EXECUTOR for one in step.inputs["records"]]
    return tuple(dict.fromkeys(found))


def held(case: Case | None) -> frozenset[str]:
    """The names that the capability has, or has asked for: from its first run that changes anything."""
    if case is None or case.phase in _WITHOUT:
        return frozenset()
    asked = case.queued is not None and case.queued.verb == "execute"
    begun = any(run.verb == "execute" for run in case.every_run)
    return frozenset(wanted(case)) if asked or begun else frozenset()


def holders(lines: Iterable[Line]) -> dict[str, Holder]:
    """Name → who has it, as the ledger tells."""
    found: dict[str, Holder] = {}
    for line in lines:
        data = line.entry.data
        match line.entry.type:
            case "names.taken":
                holder = Holder(data["case"], data["repository"], data["link"], data["called"])
                found |= dict.fromkeys(data["names"], holder)
            case "names.settled":
                mine = {name for name, one in found.items() if one.case == data["case"]}
                found |= {name: replace(found[name], is_done=True) for name in mine}
            case "names.released":
                mine = {name for name in data["names"] if name in found and found[name].case == data["case"]}
                found = {name: one for name, one in found.items() if name not in mine}
            case _:
                pass
    return found


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
    return {**told, "names": list(wanted(case))}
