"""Erasing personal data: what of a case the bot stores beside the ledger, and may let go (T52).

The ledger itself stays: it holds digests, and its chain is whole without the bytes that they name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain import anchor
from bot.domain.case import Case
from bot.domain.effects import Erase
from bot.domain.ledger import Entry, Line, stamp
from bot.domain.lifecycle import ENDED, Phase
from bot.domain.people import Actor
from bot.domain.replies import Erased
from bot.domain.turn import Turn

KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "plan.generated": (("digest", "plans"), ("briefing", "briefings")),
    "preview.finished": (("digest", "plans"),),
    "leg.journalled": (("blob", "journals"),),
    "notice.written": (("notice", "notices"),),
    "leg.reported": (("bundle", "lists of what runs made"),),
    "leg.finished": (("artifact", "artifacts with what runs made"),),
}
"""Entry type → its fields that name a stored blob, and what that is."""

AT_REST = ENDED | {Phase.FAILED, Phase.DRAFT}
"""Phases in which nothing runs and nobody has to decide."""


def stored(lines: Iterable[Line]) -> dict[str, tuple[str, ...]]:
    """What is stored for the case, by kind: digests, each once, in the order in which they came."""
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        for field, kind in KINDS.get(line.entry.type, ()):
            digest = line.entry.data.get(field)
            if isinstance(digest, str) and digest:
                found.setdefault(kind, {})[digest] = None
    return {kind: tuple(digests) for kind, digests in found.items()}


def is_at_rest(case: Case) -> bool:
    """Whether nothing of it runs, waits or is decided on."""
    runs = case.run is not None and case.run.open
    return case.phase in AT_REST and not runs and case.gate is None and case.queued is None


def erase(
    turn: Turn, digests: tuple[str, ...], actor: Actor, reason: str = "", comment: int | None = None
) -> None:
    """Has the bytes of these digests erased, and says so once; the ledger tells by whom, or for which reason."""
    place = anchor.place_of(turn.case)
    data: dict[str, object] = {"digests": list(digests)}
    turn.record(Entry("data.erased", data if comment is None else data | {"comment": comment}, actor, reason))
    turn.do(Erase(turn.name("erase"), digests))
    anchor.afresh(turn, place)
    if not turn.case.frozen:  # else GitHub lets nothing be written there
        turn.sticky(Erased(turn.case, actor.login if comment is not None else "", stamp(turn.now), len(digests)))


def token(case: Case) -> str:
    """What confirms it: the version and digest of the plan, which the ledger keeps."""
    return f"v{case.version}-{case.digest[:12]}"
