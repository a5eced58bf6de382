"""Install modules and clear marks: each asked for once, then decided by the states that are read.

Odoo's answer is no evidence: it says that all went well where it did nothing, and it may go on after the
connection is gone. So the answer is noted, and the states before and after tell what happened.
"""

from __future__ import annotations

from executors.errors import PartlyDone, WorldError
from executors.protocol.odoo import InstallModule, ResetModules, UninstallModules
from executors.world.odoo import states
from executors.world.odoo.client import Client
from executors.world.odoo.problems import MODULES, Broken, Busy, Down, Locked, Lost
from executors.world.odoo.states import States, listed

CLEAR = "when they have stopped, /plan offers to clear the marks"


def install(client: Client, operation: InstallModule) -> UninstallModules | None:
    """Install the module; returns what uninstalls exactly what came, None where it was there already.

    Raises WorldError where nothing came, PartlyDone where something else came than was approved, and
    OperationTimeout where nobody knows.
    """
    module = operation.module
    before = states.read(client, module)
    if before.states.get(module) == "installed":
        return None
    _check(operation, before)
    said = press(client, "button_immediate_install", before, [module])
    if isinstance(said, Down):
        raise said
    after = after_pressing(client, said, module, wanted=lambda now: module in now.installed)
    return _outcome(operation, before, after, said)


def settle_install(client: Client, operation: InstallModule) -> tuple[bool, UninstallModules | None]:
    """Look whether an install took effect, waiting for its end; returns that and what takes back what came."""
    module, before = operation.module, frozenset(operation.before)
    now = states.settled(client, module, wanted=lambda seen: module in seen.installed)
    # What else has come since then may be anybody's: days can lie between, so only what was approved is ours.
    ours = (now.installed | set(now.moving)) & set(operation.brings)
    return module in now.installed and not now.moving, _undo(operation, ours - before)


def reset(client: Client, operation: ResetModules) -> None:
    """Clear the marks where they are exactly those that were named, and have not moved for a while."""
    now, named = states.settled(client), set(operation.modules)
    if not now.moving:
        return
    if set(now.moving) != named:
        raise WorldError(
            f"{operation.at.target}: other marks than were approved: {now.marks}; {CLEAR}, after a look at these"
        )
    clear(client)


def settle_reset(client: Client, operation: ResetModules) -> bool:
    """Whether none of the modules is marked any more."""
    return not set(states.read(client).moving) & set(operation.modules)


def clear(client: Client) -> None:
    """Clear all marks; raises WorldError where this Odoo has no way to, or where they stay."""
    target = client.at.target
    try:
        client.call(MODULES, "button_reset_state")
    except Broken as error:
        if error.kind not in ("AttributeError", "NotFound"):
            raise
        raise WorldError(
            f"{target}: this Odoo cannot clear marks from outside; let its administrator restart it with -u base"
        ) from error
    if left := states.read(client).moving:
        raise WorldError(f"{target}: marks are still there after they were cleared: {listed(left)}")


def press(client: Client, button: str, before: States, modules: list[str]) -> WorldError | None:
    """Call the button once for all these modules; returns what went wrong, None where Odoo reports nothing."""
    try:
        client.call(MODULES, button, ids=before.numbers(modules))
    except WorldError as error:
        return error
    return None


def only_busy(said: WorldError | None) -> bool:
    """Whether Odoo did nothing because of another operation.

    It says so, too, while PostgreSQL tidies the table of modules up, as it does after an install.
    """
    return isinstance(said, Busy) and not isinstance(said, Locked)


def after_pressing(client: Client, said: WorldError | None, *asked: str, wanted: states.Wanted) -> States:
    """Return the states once the operation is over; what was answered tells how hard to look.

    An answer that was lost, or that came from under somebody else's locks, says nothing about the end.
    """
    unsure = isinstance(said, Lost | Locked)
    return states.settled(client, *asked, wanted=wanted if unsure else lambda _: True)


def _check(operation: InstallModule, before: States) -> None:
    """Raise WorldError, with what to do, where the install cannot begin."""
    module, state = operation.module, before.states.get(operation.module)
    if before.moving:
        raise WorldError(
            f"{operation.target}: another operation is under way or has left its marks: {before.marks}; "
            f"wait for it; {CLEAR}"
        )
    if state is None:
        raise WorldError(
            f"{operation.target}: this server has no module {module}; let it be added there, or do without it"
        )
    if state != "uninstalled":
        raise WorldError(
            f"{operation.target}: {module} is {state}: not in this edition of Odoo, or not made for this version"
        )


def _outcome(
    operation: InstallModule, before: States, after: States, said: WorldError | None
) -> UninstallModules | None:
    # What was installed before and is marked now, somebody else has marked: it is not ours to uninstall.
    undo = _undo(operation, (after.installed | set(after.moving)) - before.installed)
    if after.moving:
        raise _half(f"{operation.target}: was interrupted and left marks: {after.marks}; {CLEAR}", undo)
    if operation.module not in after.installed:
        raise _nothing(operation, after, said, undo)
    if only_busy(said):
        return None  # somebody else installed it meanwhile: nothing of ours to take back
    more = after.installed - before.installed - set(operation.brings)
    if more:
        raise _half(f"{operation.target}: Odoo installed more than was approved: {listed(more)}", undo)
    return undo


def _nothing(
    operation: InstallModule, after: States, said: WorldError | None, undo: UninstallModules | None
) -> WorldError:
    """Return the error for an install after which the module is not there."""
    if only_busy(said):
        return Busy(str(said), again=True)  # the other operation is over by now
    if said is not None and undo is None and not isinstance(said, Lost | Locked):
        return said
    state = after.states.get(operation.module, "gone")
    why = f"{operation.target}: Odoo says that it is done" if said is None else str(said)
    why = f"{why}; looking again, {operation.module} is {state}"
    return _half(why if undo else f"{why}, and nothing was installed", undo)


def _undo(operation: InstallModule, came: frozenset[str]) -> UninstallModules | None:
    """Return what takes back what came, and the marks that it left; None where nothing did."""
    return UninstallModules(at=operation.at, modules=tuple(sorted(came))) if came else None


def _half(message: str, undo: UninstallModules | None) -> WorldError:
    return WorldError(message) if undo is None else PartlyDone(message, undo.to_json())
