"""Makes the copy of a database and does not call it one before it has been opened, compared and read.

The server's last act is to copy the files, and it says nothing to who has stopped listening: then only files that
were all read tell that the copy is whole.
"""

from __future__ import annotations

from datetime import timedelta

from executors.errors import OperationTimeout, WorldError
from executors.world.odoo import copy_mark, restorable
from executors.world.odoo.client import Client
from executors.world.odoo.copy_mark import Mark
from executors.world.odoo.databases import Three, drop_database, in_use
from executors.world.odoo.problems import Broken

_POLL = 2.0
_ABANDONED = timedelta(hours=1)
"""A copy that has been in the making for longer was left by a run that died."""


def make(client: Client, three: Three) -> None:
    """Mark, duplicate, check; a copy that kept files of an earlier one is dropped with them, and made once more.

    Raises WorldError after dropping what was made, OperationTimeout where nobody knows whether it is whole.
    """
    for again in (False, True):
        fresh = client.patience.clock.now() - _ABANDONED
        copy_mark.begin(client, Mark(three.copy, three.live, "making"), fresh=f"{fresh:%Y-%m-%d %H:%M:%S}")
        ours = False
        try:
            _duplicate(client, three)
            ours = True
            _check(client, three)
        except OperationTimeout:
            raise
        except WorldError as error:
            left = _undo(client, three, ours=ours)
            if not isinstance(error, restorable.FilesMissing) or again or left:
                raise WorldError(f"{error}{left}", again=error.again and not left) from error
        else:
            return


def _duplicate(client: Client, three: Three) -> None:
    try:
        client.db("duplicate_database", three.master, three.live, three.copy)
    except OperationTimeout as error:
        _await(client, three, error)
    except Broken as error:
        if client.db("db_exist", three.copy):
            raise
        forget(client)
        raise in_use(client, three.live, error) from error


def _await(client: Client, three: Three, error: OperationTimeout) -> None:
    """Wait until the copy whose end nobody told is complete; the error again where that cannot be seen."""
    clock, copied = client.patience.clock, client.on(three.copy)
    until = clock.monotonic() + client.patience.stuck
    while clock.monotonic() < until:
        # Not at once: a question may open the source, and PostgreSQL copies only what nobody has open.
        clock.sleep(_POLL)
        try:
            if client.db("db_exist", three.copy) and _is_complete(client, copied):
                return
        except WorldError:
            pass  # it comes into being, or the server comes back
    raise OperationTimeout(
        f"{client.at.target}: nobody knows whether the copy {three.copy} is whole, for the server's answer was "
        "lost and its files are not complete, or too many to read; start again, and the copy is looked at first"
    ) from error


def _is_complete(client: Client, copied: Client) -> bool:
    """Whether the copy is certainly all there: it is the server's last act to copy the files."""
    if not copy_mark.is_initialised(client, copied):
        return False
    found = restorable.files(copied)
    return found.read_all and not found.missing


def _check(client: Client, three: Three) -> None:
    """Make sure that the copy can be restored, let nothing happen in it, and give it the mark that says so."""
    copied = client.on(three.copy)
    mark = _opened(copied)
    asleep = copy_mark.lull(copied)
    restorable.compare(client, copied, mark.since)
    restorable.check_files(copied)
    copy_mark.same_parameters(client, copied)
    copy_mark.put(copied, Mark(three.copy, three.live, "made", mark.since, asleep))
    forget(client)


def _opened(copied: Client) -> Mark:
    try:
        mark = copy_mark.of(copied)
    except OperationTimeout:
        raise
    except WorldError as error:
        raise WorldError(
            f"the copy {copied.at.database} was made and cannot be opened: allow its name in the server's "
            f"dbfilter (or db_name), or set `snapshot: false` in the policy for an undo by difference ({error})"
        ) from error
    if mark is None:
        raise WorldError(f"the copy {copied.at.database} lacks the mark that its source was given; start again")
    return mark


def _undo(client: Client, three: Three, *, ours: bool) -> str:
    """Drop what was made (somebody may have been faster: then it is not ours); returns what is left, as words."""
    try:
        if client.db("db_exist", three.copy) and (ours or is_ours(client.on(three.copy), three, "making")):
            drop_database(client, three.master, three.copy)
        forget(client)
    except WorldError as error:
        return f"; and {three.copy} could not be dropped again, do it by hand ({error})"
    return ""


def forget(client: Client) -> None:
    """Take the mark of a copy in the making from the live database; that of a restored one stays."""
    mark = copy_mark.of(client)
    if mark is not None and mark.state == "making":
        copy_mark.remove(client)


def settle_copy(client: Client, three: Three) -> bool:
    """Whether the copy that is there is whole; a half one of ours is completed, or dropped. Raises WorldError."""
    copied = client.on(three.copy)
    if is_ours(copied, three, "made"):
        forget(client)
        return True
    if not is_ours(copied, three, "making"):
        raise WorldError(
            f"{client.at.target}: the database {three.copy} is no copy of ours; look at it, and drop or rename it "
            "by hand, then start again"
        )
    if _is_complete(client, copied):
        _check(client, three)
        return True
    drop_database(client, three.master, three.copy)
    forget(client)
    return False


def is_ours(client: Client, three: Three, *states: str) -> bool:
    """Whether a database says that it is this copy, in one of these states. Raises WorldError."""
    mark = copy_mark.of(client)
    return mark is not None and (mark.copy, mark.source) == (three.copy, three.live) and mark.state in states
