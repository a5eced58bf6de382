"""One thing that happened around a case, as it sees it: to its own repository, or to where it is carried out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.knowledge import Knowledge
from bot.domain.people import Actor
from bot.domain.turn import Turn
from bot.events.model import Told


@dataclass(frozen=True)
class Here:
    """One thing that happened, as one case sees it."""

    event: Told
    turn: Turn
    known: Knowledge

    @property
    def by(self) -> Actor:
        """Who did it."""
        return Actor(**self.event.data["by"])

    @property
    def is_product(self) -> bool:
        """Whether it happened to the case's own repository."""
        return self.turn.case.repo.id in places(self.event)

    @property
    def is_operations(self) -> bool:
        """Whether it happened to the repository in which the plan is carried out."""
        return operations(self.turn.case) in places(self.event)


def places(event: Told) -> tuple[int, ...]:
    """The ids of the repositories that it happened to."""
    return tuple(event.data.get("repositories") or ()) or (event.data.get("repository", 0),)


def operations(case: Case) -> int:
    """The id of the repository in which the case's plan is carried out, -1 for none."""
    pin = case.plan.workflow if case.plan is not None else None
    return pin.repository_id if pin is not None else -1
