"""The way of a copy to the place of its database: the states and what each comes from stand in `copies`."""

from __future__ import annotations

from collections.abc import Collection

from executors.errors import OperationTimeout, WorldError
from executors.world.odoo import copy_mark, restorable
from executors.world.odoo.client import Client
from executors.world.odoo.copy_mark import Mark
from executors.world.odoo.databases import Three, drop_database, present, rename_database
from executors.world.odoo.foreign import ODOO_BOT, own_user, work_since

_NAMED = 5


def replace(client: Client, three: Three, mark: Mark) -> None:
    """Put the copy in the live database's place, which is set aside and then dropped.

    What others did is looked for twice: while they can still work, so that nothing is interrupted in vain, and
    when they cannot any more, so that nothing is missed. Raises WorldError; the live database is back in its
    place then.
    """
    copied = client.on(three.copy)
    own = frozenset({ODOO_BOT, own_user(copied)})
    _refuse_work(client, copied, mark, own)
    rename_database(client, three.master, three.live, three.replaced)
    try:
        aside = client.on(three.replaced)
        if _can_open(aside):
            _refuse_work(aside, copied, mark, own)
        rename_database(client, three.master, three.copy, three.live)
    except WorldError as error:
        _back(client, three, error)
        raise
    finish(client, three)


def refuse_younger(client: Client, three: Three, mark: Mark, others: Collection[str]) -> None:
    """Raise WorldError where another run of ours has copied the live database since, and so has changed it.

    What it did was done with the same key, so that it is not found among the work of others.
    """
    for name in sorted(others):
        found = copy_mark.of(client.on(name))
        if found is not None and (found.copy, found.source) == (name, three.live) and found.since >= mark.since:
            raise WorldError(
                f"{client.at.target}: not restored, for another run has changed it since {mark.since} UTC: its "
                f"copy {name} is the younger one. Take that run back first, or take the changes back one by one"
            )


def finish(client: Client, three: Three) -> None:
    """Make sure that what is live is the copy and whole, wake it, and drop what was live before.

    Raises WorldError. A copy that is not whole goes back to its name, and what was live is live again.
    """
    try:
        mark = copy_mark.of(client)
        restorable.check_files(client)
    except OperationTimeout:
        raise
    except WorldError as error:
        if error.again:
            raise  # nobody is there to be asked
        raise _undone(client, three, error) from error
    if mark is None or (mark.copy, mark.source) != (three.copy, three.live) or mark.state == "making":
        raise WorldError(
            f"{client.at.target}: {three.replaced} is there, and {three.live} is not the copy {three.copy}; look "
            "at both, and drop or rename one of them by hand"
        )
    copy_mark.wake(client, mark.asleep)
    copy_mark.put(client, Mark(mark.copy, mark.source, "restored", mark.since))
    drop_database(client, three.master, three.replaced)


def put_back(client: Client, three: Three) -> None:
    """Give what was set aside its name again. Raises WorldError."""
    rename_database(client, three.master, three.replaced, three.live)


def _undone(client: Client, three: Three, error: WorldError) -> WorldError:
    """Give both databases their names again, which moves the files to where they belong; returns what to raise."""
    rename_database(client, three.master, three.live, three.copy)
    put_back(client, three)
    return WorldError(
        f"{client.at.target}: the restored copy is not whole, and was set aside ({error})", again=True
    )


def _back(client: Client, three: Three, error: WorldError) -> None:
    """Give the live database its name again, where it has not got it; raises where that fails too."""
    try:
        if three.live not in present(client, three):
            put_back(client, three)
    except WorldError as second:
        raise OperationTimeout(
            f"{client.at.target}: the copy could not be put in its place ({error}), and {three.live}, which is "
            f"named {three.replaced} now, did not get its name back; start again, or rename it by hand ({second})"
        ) from error


def _refuse_work(client: Client, copied: Client, mark: Mark, own: frozenset[int]) -> None:
    """Raise WorldError where others have worked since the copy, or where nobody can tell."""
    try:
        found = work_since(client, copied, mark.since, own)
    except OperationTimeout:
        raise
    except WorldError as error:
        if error.again:
            raise
        raise WorldError(
            f"{client.at.target}: not restored, for it cannot be read what others have done since {mark.since} "
            f"UTC ({error}). If that does not matter, put the copy in its place by hand: rename {mark.source}, "
            f"then rename {mark.copy} to {mark.source}"
        ) from error
    if not found:
        return
    first = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_NAMED]
    shown = ", ".join(f"{model} ({count})" for model, count in first)
    more = f" and {len(found) - _NAMED} more kinds of records" if len(found) > _NAMED else ""
    raise WorldError(
        f"{client.at.target}: not restored, for others have worked in it since {mark.since} UTC: {shown}{more}. "
        f"Restoring {mark.copy} would take that away: save it first, or take the changes back one by one"
    )


def _can_open(client: Client) -> bool:
    """Whether the server lets the database be opened by this name; its dbfilter may know no such name."""
    try:
        own_user(client)
    except OperationTimeout:
        raise
    except WorldError as error:
        if error.again:
            raise
        return False
    return True
