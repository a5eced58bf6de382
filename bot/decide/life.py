"""What a case makes of what happened around it: its repository, the App's installation, people's rights.

`.github/LIFE.md` is the table of it. Where GitHub lets nothing be written, nothing is; where it lets nothing be
read, nothing is decided that would take reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.decide import caught_up, departed, judged
from bot.decide.here import Here, operations, places
from bot.domain.case import Case
from bot.domain.frozen import freeze, is_unreadable, thaw
from bot.domain.knowledge import Around, History, Knowledge, Need, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.stale import make_stale
from bot.domain.turn import Turn
from bot.domain.view import show
from bot.events.model import Told

BACK: Mapping[str, tuple[str, ...]] = {
    "house.unarchived": ("archived", "operations_archived"),
    "house.unsuspended": ("suspended",),
    "house.included": ("not_installed", "operations_not_installed"),
}
"""What is over, and for which reasons a case may have been frozen until then, product first."""


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """The policy for words; everything as it stands now where something is over; nothing for what is frozen on."""
    if case is None:
        return ()
    if event.kind == "house.rights":
        return () if is_unreadable(case) else judged.needs(event, case)
    if event.kind == "house.installed":
        return (History(),)
    now = _around(event, case)
    if event.kind in BACK:
        over = set(_over(event, case))
        left = [code for code in case.frozen.split() if code not in over]
        return (now, *(caught_up.needs(case) if over and not left else ()))
    if event.kind in SHUT:
        return (now,)
    return (PolicyFile(),) if event.kind in {"house.renamed", "house.branched"} and not is_unreadable(case) else ()


SHUT: Mapping[str, frozenset[str]] = {
    "house.archived": frozenset({"archived", "gone"}),
    "house.excluded": frozenset({"gone"}),
    "house.deleted": frozenset({"gone"}),
    "house.suspended": frozenset({"suspended", "gone"}),
    "house.uninstalled": frozenset({"gone"}),
}
"""What is told → how the place must stand for it to be so."""
OF_THE_APP = frozenset({"house.suspended", "house.unsuspended", "house.uninstalled"})


def _around(event: Told, case: Case) -> Around:
    """How that which it happened to stands now: a webhook that comes late, or again, is only a hint (T20)."""
    pin = case.plan.workflow if case.plan is not None else None
    names = {case.repo.id: case.repo.name} | ({pin.repository_id: pin.repository} if pin is not None else {})
    concerned = () if event.kind in OF_THE_APP else tuple((n, names[n]) for n in places(event) if n in names)
    return Around(case.repo.installation, concerned)


def _is_so(event: Told, known: Knowledge) -> bool:
    """Whether it is as the event tells, by what GitHub says now; where nothing was asked the event is believed."""
    now = known.around
    if now is None:
        return True
    found = {now.installation} if event.kind in OF_THE_APP else set(now.places.values())
    if event.kind in SHUT:
        return not found or bool(found & SHUT[event.kind])
    return not found or "here" in found


def _over(event: Told, case: Case) -> tuple[str, ...]:
    """The reasons for which the case is frozen and which are over now."""
    codes = BACK[event.kind]
    if event.kind != "house.unsuspended":
        theirs = (case.repo.id, operations(case))
        codes = tuple(code for code, place in zip(codes, theirs, strict=True) if place in places(event))
    return tuple(code for code in codes if code in case.frozen.split())


def decide(event: Told, turn: Turn, known: Knowledge) -> None:
    """What follows for this case; nothing where it is not concerned."""
    if turn.known is None:
        return
    here = Here(event, turn, known)
    if event.kind in {*SHUT, *BACK} and not _is_so(event, known):
        return
    if event.kind in BACK:
        _back(here)
    else:
        _DECIDE[event.kind](here)


def _rights(here: Here) -> None:
    judged.decide(here.event, here.turn, here.known, here.by)


def _renamed(here: Here) -> None:
    """Identity is the number, so the case goes on; but the plan and the policy name what is not there any more."""
    turn, new, was = here.turn, str(here.event.data["name"]), str(here.event.data["was"])
    if here.is_product:
        turn.record(Entry("repository.renamed", {"name": new, "was": was}, here.by))
        policy = here.known.policy
        named = policy is not None and policy.product_of(new) is not None
        line = (
            "`/plan`" if named else f"in the policy's `products` write `{new}` in place of `{was}`, then `/plan`"
        )
        what = (
            f"The repository was renamed from `{was}` to `{new}` by {here.by.login}. The plan names the old one."
        )
        make_stale(turn, here.known, here.by, what, line)
    elif here.is_operations:
        what = f"The operations repository was renamed from `{was}` to `{new}` by {here.by.login}."
        line = f"give it its name back, or have `MILLWRIGHT_OPERATIONS` of the server name `{new}`; then `/plan`"
        make_stale(turn, here.known, here.by, what, line)


def _branched(here: Here) -> None:
    """The product's head is read anew each time; a run is of a workflow on the operations repository's branch."""
    turn, branch, was = here.turn, str(here.event.data["branch"]), str(here.event.data["was"])
    if here.is_product:
        turn.record(Entry("repository.branched", {"branch": branch, "was": was}, here.by))
    elif here.is_operations and _ref(turn.case) != f"refs/heads/{branch}":
        what = f"The operations repository's default branch is `{branch}` now, no longer `{was}`."
        make_stale(
            turn, here.known, here.by, f"{what} This plan was made with the workflow on the old one.", "`/plan`"
        )


def _ref(case: Case) -> str:
    pin = case.plan.workflow if case.plan is not None else None
    return pin.ref if pin is not None else ""


def _archived(here: Here) -> None:
    name, by = here.event.data["name"], here.by
    if here.is_product:
        freeze(here.turn, "archived", by, f"{name} was archived by {by.login}")
    elif here.is_operations:
        freeze(
            here.turn, "operations_archived", by, f"the operations repository {name} was archived by {by.login}"
        )
        show(here.turn, None)


def _excluded(here: Here) -> None:
    why = f"was taken from the App by {here.by.login}"
    if here.is_product:
        freeze(here.turn, "not_installed", here.by, f"the repository {why}")
    elif here.is_operations:
        freeze(here.turn, "operations_not_installed", here.by, f"the operations repository {why}")
        show(here.turn, None)


def _suspended(here: Here) -> None:
    if here.turn.case.repo.installation == here.event.data["installation"]:
        freeze(here.turn, "suspended", here.by, f"the App was suspended by {here.by.login}")


def _back(here: Here) -> None:
    """Goes on where it was, once nothing else keeps it shut; what was missed is read again."""
    case, why = here.turn.case, _WHY[here.event.kind].format(by=here.by.login)
    over = _over(here.event, case)
    if here.event.kind == "house.unsuspended" and case.repo.installation != here.event.data["installation"]:
        return
    if over and thaw(here.turn, over, here.by, why):
        caught_up.catch_up(here.turn, here.known, why)


_WHY = {
    "house.unarchived": "the repository was unarchived by {by}",
    "house.unsuspended": "the App was unsuspended by {by}",
    "house.included": "the App was given the repository again by {by}",
}


_DECIDE: Mapping[str, Callable[[Here], None]] = {
    "house.rights": _rights,
    "house.renamed": _renamed,
    "house.branched": _branched,
    "house.archived": _archived,
    "house.transferred": departed.transferred,
    "house.deleted": departed.deleted,
    "house.suspended": _suspended,
    "house.excluded": _excluded,
    "house.uninstalled": departed.uninstalled,
    "house.installed": departed.installed,
}
"""What is told → what follows."""

KINDS = frozenset({*BACK, *_DECIDE})
"""Everything that is told by `spread`."""
