"""The record that an attack is: its name, the threat that it is a case of, and what the attacker does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.attacks.catalogue.stage import Stage


class Given(StrEnum):
    """How far honest people have come when the attack begins."""

    PLANNED = "planned"
    """Anna's issue has its plan and its preview; nobody has approved it"""
    DISPATCHED = "dispatched"
    """Bert has approved it, its run waits for a runner"""
    CLAIMED = "claimed"
    """both jobs of the run have claimed the leg; the session key is the attacker's"""
    COMPLETED = "completed"
    """it was carried out"""


PLANS = frozenset(
    {
        "briefing.edited", "budget.*", "capability.opened", "effect:Dispatch", "effect:OpenPull", "leg.bound",
        "leg.dispatched:preview", "leg.queued:preview", "plan.generated", "plan.requested", "plan.superseded",
        "preview.started", "spend.reserved:preview",
    }
)  # fmt: skip
"""What follows when somebody who may write to an issue changes it: another plan, and its preview."""

FAILS = frozenset(
    {
        "capability.held", "effect:Seal", "evidence.sealed", "execution.failed", "leg.finished:execute",
        "leg.journalled", "leg.lost:execute", "leg.reported", "step.*",
    }
)  # fmt: skip
"""What follows when a job tells that it failed, or GitHub says that it ended."""

RIGHTS = frozenset({"house.rights"})
"""What is noted when GitHub tells that somebody's rights have changed."""


@dataclass(frozen=True)
class Attack:
    """`run` does it and gives back whatever shows that it was done; nothing is judged by that.

    `honest` are the ledger's words (`judge.word`, patterns allowed) for what rightly follows all the same: an
    edit by a writer is planned, a second approver's approval is counted.
    """

    name: str
    threat: str
    kind: str
    run: Callable[[Stage], Awaitable[Any]]
    given: Given = Given.PLANNED
    honest: frozenset[str] = frozenset()
    spoils: bool = False
    """whether the issue is of no use to the attacks that follow"""
    first: Callable[[Stage], Awaitable[Any]] | None = None
    """what honest people do besides, before anything is watched"""
