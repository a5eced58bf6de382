"""Restores the copy that was taken of a place before it was changed: one operation takes back all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from executors.protocol.history import Done
from executors.protocol.odoo import CopyDatabase, RestoreCopy
from executors.protocol.operation import OPERATION, in_words, undo_class_of
from executors.protocol.wire import Json
from executors.runner.inverse import apply_undo, is_open
from executors.runner.reach import strays
from executors.runner.tools import Tools


@dataclass
class Restored:
    """What was taken back by restoring copies, and what became of the rest."""

    taken: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    """keys of what is left as it is: changes that only the copy could take back, and that copy"""
    failed: set[str] = field(default_factory=set)
    """steps of which something was left"""
    residue: list[str] = field(default_factory=list)
    copies: list[Done] = field(default_factory=list)
    """copies that could not be restored, so that the inverses must do"""

    def lifeline(self, done: Done) -> set[str]:
        """The key of the copy that must stay because this operation at its place could not be taken back."""
        return {copy.key for copy in self.copies if _place(copy) == _place(done)}


def restore(tools: Tools, standing: Sequence[Done], chosen: Sequence[Done], *, fall_back: bool) -> Restored:
    """Restore each copy among what is to be taken back; `fall_back` leaves the rest to the inverses.

    `standing` is everything that stands: where something at the copy's place is to stay, the copy cannot be
    restored. Where nobody knows how restoring ended, no inverse follows. Raises Unconfirmed.
    """
    found = Restored()
    for copy in reversed([done for done in chosen if done.operation.get("op") == "copy_database"]):
        changes = [done for done in chosen if _covers(copy, done)]
        if not changes:
            continue
        stays = {done.key for done in standing if _covers(copy, done)} - {done.key for done in changes}
        why = "a part of what came after the copy is to stay" if stays else _restore(tools, copy, changes)
        if why is None:
            found.taken |= {copy.key, *(done.key for done in changes)}
            continue
        found.copies.append(copy)
        if not fall_back or is_open(tools, copy):
            found.kept |= {copy.key, *(done.key for done in changes)}
            found.failed |= {done.step for done in changes}
            found.residue += [f"{in_words(done.operation)}: {why}" for done in reversed(changes)]
    return found


def _restore(tools: Tools, copy: Done, changes: Sequence[Done]) -> str | None:
    """Put the copy in its place; returns what went wrong."""
    try:
        made = OPERATION.validate_python(copy.operation)
    except ValidationError:
        return "the journal does not say in words of ours what was copied"
    if not isinstance(made, CopyDatabase):
        return "the journal calls something a copy that is none"
    undo = RestoreCopy(at=made.at)
    if why := strays(tools.spec, undo, made):
        return why
    keys = (*(done.key for done in reversed(changes)), copy.key)
    return apply_undo(tools, copy.step, undo, keys)


def _place(done: Done) -> Json | None:
    return done.operation.get("at")


def _covers(copy: Done, done: Done) -> bool:
    """Whether restoring the copy takes this change back."""
    return _place(copy) == _place(done) and undo_class_of(done.operation) == "snapshot"
