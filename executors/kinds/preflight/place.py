"""Checks of where a site goes: room on the disk, leave to write, whose folder it is, who sends; or the branch."""

from __future__ import annotations

from collections.abc import Iterator

from executors.errors import WorldError
from executors.executor import Reader, Room
from executors.parts.check import Check
from executors.protocol.site import PagesBranch, SshRoot, WebRoot

LEAST = 1_000_000_000
"""Bytes that must be free: a release is stored whole beside the one that is served."""
_AGAIN = "it is looked at again, with the key that may write, before anything is changed"


def of_root(at: WebRoot | SshRoot, reader: Reader) -> Iterator[Check]:
    """Yield the checks of a web root; one failure where it cannot be looked at. WorldError is to be retried."""
    try:
        room = reader.room(at)
    except WorldError as error:
        if error.again:
            raise
        yield Check("target", at.target, str(error), "failure", "put that right, then `/plan`")
        return
    yield disk(at, room)
    yield leave(at, room)
    yield owner(at, room)
    if isinstance(at, SshRoot):
        yield sender(at, room)


def disk(at: WebRoot | SshRoot, room: Room) -> Check:
    """Whether a gigabyte is free where the site goes."""
    if room.free is None:
        return _unknown("disk", at, room)
    found = f"{room.free // LEAST} GB free" if room.free >= LEAST else f"{room.free // 1_000_000} MB free"
    if room.free < LEAST:
        return Check("disk", at.target, found, "failure", "make room there, 1 GB at least, then `/plan`")
    return Check("disk", at.target, found)


def leave(at: WebRoot | SshRoot, room: Room) -> Check:
    """Whether the account may write there."""
    if room.writable is None:
        return _unknown("writable", at, room)
    if not room.writable:
        who = at.user if isinstance(at, SshRoot) else "the account that runs the jobs"
        return Check("writable", at.target, "cannot be written to", "failure", f"give the folder to {who}")
    return Check("writable", at.target, "can be written to")


def owner(at: WebRoot | SshRoot, room: Room) -> Check:
    """Whether the folder is ours, new or empty."""
    match room.whose:
        case None:
            return _unknown("folder", at, room)
        case "foreign":
            advice = "name an empty or a new folder in the policy"
            return Check("folder", at.target, "holds files that are not ours", "failure", advice)
        case "ours":
            return Check("folder", at.target, "holds releases of ours")
        case "new":
            return Check("folder", at.target, "is empty or not there yet")


def sender(at: SshRoot, room: Room) -> Check:
    """Whether rsync is there, which files are sent with."""
    if room.lacks:
        advice = f"install the package {room.lacks[0]} on {at.host}"
        return Check("tools", at.target, f"there is no {', '.join(room.lacks)}", "failure", advice)
    if not room.tools:
        return _unknown("tools", at, room)
    return Check("tools", at.target, ", ".join(room.tools))


def of_branch(at: PagesBranch, reader: Reader) -> Check:
    """Whether the token that this run has reaches the branch. Raises WorldError to be retried."""
    try:
        branch = reader.branch(at)
    except WorldError as error:
        if error.again:
            raise
        advice = f"install the App on {at.repository} with contents: write, then `/plan`"
        return Check("branch", at.target, str(error), "failure", advice)
    found = f"is at {branch.commit[:12]}" if branch.commit else "is not there yet; the deployment makes it"
    return Check("branch", at.target, f"the App reads the repository; the branch {found}")


def _unknown(check: str, at: WebRoot | SshRoot, room: Room) -> Check:
    return Check(check, at.target, room.why or "nobody says", "unknown", _AGAIN)
