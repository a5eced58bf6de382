"""What a case makes of a repository or an App that is gone: the ledger keeps everything, nothing is written."""

from __future__ import annotations

from bot.decide import caught_up
from bot.decide.here import Here, operations
from bot.domain.fold_life import place_alias
from bot.domain.frozen import call_back, freeze, is_acting, since_frozen, thaw
from bot.domain.ledger import Entry
from bot.domain.lifecycle import ENDED, can
from bot.domain.stop import ask_to_stop, refuse_gate
from bot.domain.view import show


def transferred(here: Here) -> None:
    """Another owner's policy is asked from here on: nothing of the old plan is carried out."""
    turn, data = here.turn, here.event.data
    if not here.is_product:
        return
    moved = {"name": data["name"], "installation": data["installation"]}
    alias = place_alias(turn.case, installation=data["installation"])
    turn.record(Entry("repository.moved", moved, here.by, alias=alias))
    why = f"the repository was moved to {data['name']} by {here.by.login}"
    _end(here, why)
    show(turn, None, why)


def deleted(here: Here) -> None:
    """Nothing is left to be done, nor to be written; without the operations repository it is held."""
    if here.is_product:
        _end(here, f"the repository was deleted by {here.by.login}")
    elif here.is_operations:
        why = f"the operations repository was deleted by {here.by.login}"
        freeze(here.turn, "operations_not_installed", here.by, why)
        show(here.turn, None)


def uninstalled(here: Here) -> None:
    """Nothing can be read or written any more, until the App is installed again."""
    if here.turn.case.repo.installation != here.event.data["installation"]:
        return
    why = f"the App was uninstalled by {here.by.login}"
    if here.turn.case.gate is not None:
        refuse_gate(here.turn, here.by, why)
    freeze(here.turn, "not_installed", here.by, why)
    _end(here, why)


def _end(here: Here, why: str) -> None:
    """Cancelled where nothing runs, else asked to stop; the ledger keeps everything, and nothing is written."""
    turn = here.turn
    if is_acting(turn.case):
        if not turn.case.cancel:
            ask_to_stop(turn, here.by, why)
        return
    if turn.case.gate is not None:
        refuse_gate(turn, here.by, why)
    call_back(turn, here.by, why, asks_github=False)
    if turn.case.phase not in ENDED and can(turn.case.phase, "capability.cancelled"):
        turn.record(Entry("capability.cancelled", {}, here.by, why))


def installed(here: Here) -> None:
    """The App is back, under another number; what was ended meanwhile is shown, and needs a new plan."""
    turn, data = here.turn, here.event.data
    if not here.is_product or turn.case.repo.installation == data["installation"]:
        return
    moved = {"name": turn.case.repo.name, "installation": data["installation"]}
    alias = place_alias(turn.case, max(operations(turn.case), 0), data["installation"])
    turn.record(Entry("repository.moved", moved, here.by, alias=alias))
    missed = any(line.entry.type in caught_up.MISSED for line in since_frozen(here.known.lines))
    thaw(turn, turn.case.frozen.split(), here.by, f"the App was installed again by {here.by.login}")
    if missed:
        show(turn, None, turn.case.held_why)
