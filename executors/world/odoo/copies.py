"""The duplicate that is made before the first change: made and checked, dropped, or put in the database's place.

Three names: the live database L, its copy C, and R = `<L>-replaced`, which holds what was live while a copy is put
in its place. A run that is killed leaves one of these states, and the next one continues from it::

    L C R   what happened, and what restoring does
    x x -   nothing yet: check what others did, L becomes R, C becomes L, check L, drop R
    - x x   killed between the renames: R becomes L again, then as above
    x - x   killed after them: check L; whole: drop R; else L becomes C, R becomes L, to be tried again
    x - -   L says that it is a restored copy: done; else there never was one: refused
    - - x   somebody dropped the copy meanwhile: R becomes L again; refused
    x x x, - x -, - - -   not our doing: refused, a person must look

What is dropped has our mark, or was made by this very call. There is no moment at which the data stands nowhere.
Source: `odoo/service/db.py` of 16 to 19; renaming moves the files after the database, in two acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from executors.errors import WorldError
from executors.protocol.odoo import CopyDatabase, DropCopy, OdooDatabase, RestoreCopy
from executors.world.odoo import copy_mark
from executors.world.odoo.client import Client
from executors.world.odoo.copying import forget, is_ours, make, settle_copy
from executors.world.odoo.databases import Three, drop_database, listing, names, present
from executors.world.odoo.restoring import finish, put_back, refuse_younger, replace
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from executors.protocol.operation import Operation


def copy(client: Client, at: OdooDatabase, secrets: Secrets) -> Operation | None:
    """Duplicate the database and make sure that the copy can be restored; None where a whole one of ours is there.

    Raises WorldError where it cannot be, after dropping what was made of it; OperationTimeout where the server did
    not say within the patience that it was done.
    """
    three = names(at, secrets)
    there = present(client, three)
    if three.copy in there:
        if not is_ours(client.on(three.copy), three, "made"):
            raise WorldError(
                f"{at.target}: there is a database {three.copy} already that is no finished copy of ours; look at "
                "it, and drop or rename it by hand"
            )
        forget(client)
        return None
    if three.live not in there or three.replaced in there:
        raise WorldError(f"{at.target}: {_look(three, there)}")
    make(client, three)
    return DropCopy(at=at)


def drop(client: Client, at: OdooDatabase, secrets: Secrets) -> None:
    """Drop the copy, where it is there and ours. Raises WorldError."""
    three = names(at, secrets)
    there = present(client, three)
    if three.copy not in there:
        return
    if three.live not in there:
        raise WorldError(f"{at.target}: the copy {three.copy} is not dropped: {_look(three, there)}")
    if not is_ours(client.on(three.copy), three, "made", "making"):
        raise WorldError(
            f"{at.target}: the database {three.copy} is no copy of ours; look at it, and drop it by hand"
        )
    drop_database(client, three.master, three.copy)


def restore(client: Client, at: OdooDatabase, secrets: Secrets) -> None:
    """Put the copy in the database's place, from whichever state of the table is found.

    Raises WorldError where others, or another run of ours, have worked in the database since, and where it cannot
    be read at all: then a person decides, for the copy would take that work along. Both databases are there then,
    and it is said which.
    """
    three = names(at, secrets)
    there, others = listing(client, three)
    if there in ({three.copy, three.replaced}, {three.replaced}):
        put_back(client, three)
        there, others = listing(client, three)
    if there == {three.live, three.copy}:
        mark = copy_mark.of(client.on(three.copy))
        if mark is None or (mark.copy, mark.source, mark.state) != (three.copy, three.live, "made"):
            raise WorldError(
                f"{at.target}: the database {three.copy} is no finished copy of ours; restore it by hand"
            )
        refuse_younger(client, three, mark, others)
        replace(client, three, mark)
    elif there == {three.live, three.replaced}:
        finish(client, three)
    elif not (there == {three.live} and is_ours(client, three, "restored")):
        raise WorldError(f"{at.target}: the copy {three.copy} is not there to be restored: {_look(three, there)}")


def settle(
    client: Client, at: OdooDatabase, secrets: Secrets, operation: CopyDatabase | DropCopy | RestoreCopy
) -> tuple[bool, Operation | None]:
    """Look by the table whether the operation was carried out; returns that, and what takes it back.

    A half copy of ours is completed where its files turn out to be whole, and dropped else. Raises WorldError.
    """
    three = names(at, secrets)
    there = present(client, three)
    match operation:
        case DropCopy():
            return three.copy not in there, None
        case RestoreCopy():
            if three.live not in there and three.replaced in there:
                put_back(client, three)
                return False, None
            return there == {three.live} and is_ours(client, three, "restored"), None
        case CopyDatabase():
            if three.copy not in there:
                return False, None
            return (True, DropCopy(at=at)) if settle_copy(client, three) else (False, None)


def _look(three: Three, there: frozenset[str]) -> str:
    found = ", ".join(name for name in (three.live, three.copy, three.replaced) if name in there) or "none"
    return f"of {three.live}, {three.copy} and {three.replaced} the server has: {found}; look at them by hand"
