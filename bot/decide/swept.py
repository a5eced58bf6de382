"""A case whose turn it is looks whether GitHub has changed unheard; silent, and without a line, where it has not.

What follows is what follows after any other silence (`caught_up`). A case that GitHub keeps shut looks whether
that is over, and then tells itself so, for only then can the rest be read.
"""

from __future__ import annotations

from typing import Any

from bot.decide import caught_up
from bot.decide.here import operations
from bot.domain.case import Case
from bot.domain.effects import Tell
from bot.domain.facts import AroundNow
from bot.domain.knowledge import Around, Knowledge, Need
from bot.domain.lifecycle import ENDED
from bot.domain.people import NOBODY
from bot.domain.turn import Turn
from bot.events.model import Told


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """What is around a case that GitHub keeps shut; of another the issue, its pull request, and who said what."""
    del event
    if case is None or case.phase in ENDED:
        return ()
    if case.frozen:
        return (Around(case.repo.installation, _places(case)),)
    return caught_up.needs_of_look(case)


def decide(event: Told, turn: Turn, known: Knowledge) -> None:
    """Looks, and does what follows; nothing where nothing could be read."""
    del event
    case = turn.known
    if case is None or case.phase in ENDED or not known.is_readable:
        return
    if not case.frozen:
        caught_up.look(turn, known)
    elif known.around is not None:
        for number, (kind, data) in enumerate(_over(case, known.around)):
            by = {"id": NOBODY.id, "login": NOBODY.login, "kind": NOBODY.kind}
            turn.do(Tell(f"over:{known.nonce}:{number}", case.key, kind, {**data, "by": by}))


def _places(case: Case) -> tuple[tuple[int, str], ...]:
    pin = case.plan.workflow if case.plan is not None else None
    own = {case.repo.id: case.repo.name}
    return tuple((own | ({pin.repository_id: pin.repository} if pin is not None else {})).items())


def _over(case: Case, now: AroundNow) -> list[tuple[str, dict[str, Any]]]:
    """What case.frozen says and GitHub does not say any more, as `life` is told of it."""
    places = {"": case.repo.id, "operations_": operations(case)}
    found: list[tuple[str, dict[str, Any]]] = []
    for code in case.frozen.split():
        place = places["operations_" if code.startswith("operations_") else ""]
        data = {"repository": place, "installation": case.repo.installation}
        if code == "suspended" and now.installation == "here":
            found.append(("house.unsuspended", data))
        elif code.endswith("archived") and now.places.get(place) == "here":
            found.append(("house.unarchived", data))
        elif code.endswith("not_installed") and now.places.get(place) == "here":
            found.append(("house.included", data))
    return found
