"""All attacks by kind, and what a kind's stage is furnished with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tests.attacks.catalogue import (
    cross_tenant,
    edited,
    edited_plans,
    escalated,
    escalated_jobs,
    forged,
    forged_tokens,
    injected,
    replayed,
    spoofed,
)
from tests.attacks.catalogue.attack import Attack
from tests.attacks.catalogue.play import Verdict, play
from tests.attacks.catalogue.stage import Stage

KINDS: Mapping[str, tuple[Attack, ...]] = {
    forged.KIND: (*forged.ATTACKS, *forged_tokens.ATTACKS),
    replayed.KIND: replayed.ATTACKS,
    edited.KIND: (*edited.ATTACKS, *edited_plans.ATTACKS),
    spoofed.KIND: spoofed.ATTACKS,
    injected.KIND: injected.ATTACKS,
    escalated.KIND: (*escalated_jobs.ATTACKS, *escalated.ATTACKS),
    cross_tenant.KIND: cross_tenant.ATTACKS,
}
FURNISHED: Mapping[str, Callable[[Stage], Awaitable[None]]] = {cross_tenant.KIND: cross_tenant.open_second}


async def verdicts(kind: str) -> list[Verdict]:
    """What became of each attack of a kind."""
    return await play(KINDS[kind], FURNISHED.get(kind))


async def accepted(kind: str) -> str:
    """The attacks of a kind that were accepted, a line each with the reasons; "" where there are none."""
    return "\n".join(str(one) for one in await verdicts(kind) if one.accepted)
