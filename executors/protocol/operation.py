"""The operations: each change to the world as data, with the class of its undo.

An operation is addressed to a *place* and applied by `executors.world` only. Applying it returns the operation
that takes it back (or None where there is nothing to take back). In the journal large contents stand as digests.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from executors.protocol.dns import SetRecords, shown
from executors.protocol.odoo import COVERED, InstallModule, OdooOperation, ResetModules
from executors.protocol.site import RemoveRelease as RemoveRelease
from executors.protocol.site import RetireRelease, SiteOperation
from executors.protocol.site import Scratch as Scratch
from executors.protocol.site import StoreRelease as StoreRelease
from executors.protocol.site import SwitchRelease as SwitchRelease
from executors.protocol.site import WebRoot as WebRoot
from executors.protocol.undo import UndoClass
from executors.protocol.wire import Hex256, Json, Wire


class WriteFile(Wire):
    """Write one file of a scratch folder; its inverse is the earlier content, or its removal."""

    op: Literal["write_file"] = "write_file"
    at: Scratch
    path: Annotated[str, Field(min_length=1, max_length=300)]
    sha256: Hex256
    size: Annotated[int, Field(ge=0)]
    content: Annotated[str | None, Field(description="base64; left out in the journal")] = None

    @classmethod
    def of(cls, at: Scratch, path: str, data: bytes) -> WriteFile:
        """The operation that makes `path` hold exactly `data`."""
        return cls(
            at=at,
            path=path,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            content=base64.b64encode(data).decode(),
        )

    @property
    def data(self) -> bytes | None:
        """The bytes to write, or None where the journal left them out."""
        return None if self.content is None else base64.b64decode(self.content)


class RemoveFile(Wire):
    """Remove one file of a scratch folder."""

    op: Literal["remove_file"] = "remove_file"
    at: Scratch
    path: Annotated[str, Field(min_length=1, max_length=300)]


class RunForeign(Wire):
    """Run a command that we did not ship, on files by digest; only the job `build` does, beside nothing of ours.

    It begins in a fresh folder that holds the files of `given` and, below `site/`, what `site` built. Its output,
    its exit code and the files that match `outputs` come back to the build folder `at`.
    """

    op: Literal["run_foreign"] = "run_foreign"
    at: Scratch
    command: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    given: Scratch
    given_tree: Hex256
    site: Scratch | None = None
    site_tree: Hex256 | None = None
    outputs: Annotated[tuple[str, ...], Field(max_length=20, description="globs; `*` matches `/` too")] = ()
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 300


Operation = Annotated[
    RunForeign | WriteFile | RemoveFile | SiteOperation | SetRecords | OdooOperation,
    Field(discriminator="op"),
]
OPERATION: TypeAdapter[Operation] = TypeAdapter(Operation, config=ConfigDict(defer_build=True))

UNDO_CLASS: dict[str, UndoClass] = {
    "write_file": "reversible",
    "remove_file": "reversible",
    "store_release": "reversible",
    "switch_release": "reversible",
    "remove_release": "irreversible",
    "retire_release": "reversible",
    "return_release": "reversible",
    "push_pages": "reversible",
    "reset_pages": "reversible",
    "run_foreign": "reversible",
    "copy_database": "reversible",
    "drop_copy": "irreversible",
    "restore_copy": "irreversible",
    "set_company": "reversible",
    "install_module": "compensate",
    "uninstall_modules": "irreversible",
    "reset_modules": "compensate",
    "create_user": "compensate",
    "remove_user": "irreversible",
    "change_groups": "reversible",
    "set_records": "reversible",
}
"""The undo class by operation where nothing covers it; a test holds it complete."""

INVERSES: dict[str, frozenset[str]] = {
    "write_file": frozenset({"write_file", "remove_file"}),
    "remove_file": frozenset({"write_file"}),
    "store_release": frozenset({"remove_release"}),
    "switch_release": frozenset({"switch_release"}),
    "remove_release": frozenset(),
    "retire_release": frozenset({"return_release"}),
    "return_release": frozenset({"retire_release"}),
    "push_pages": frozenset({"reset_pages"}),
    "reset_pages": frozenset({"reset_pages"}),
    "run_foreign": frozenset({"remove_file"}),
    "copy_database": frozenset({"drop_copy", "restore_copy"}),
    "drop_copy": frozenset(),
    "restore_copy": frozenset(),
    "set_company": frozenset({"set_company"}),
    "install_module": frozenset({"uninstall_modules"}),
    "uninstall_modules": frozenset(),
    "reset_modules": frozenset(),
    "create_user": frozenset({"remove_user"}),
    "remove_user": frozenset(),
    "change_groups": frozenset({"change_groups"}),
    "set_records": frozenset({"set_records"}),
}
"""Which operations may take which back, by name; a journal that names another is not believed."""

ONCE = frozenset({"copy_database"})
"""Operations that several steps of a leg propose alike: the first one is carried out, the others find it done."""


def undo_class(operation: Operation) -> UndoClass:
    """How this operation is taken back: a snapshot of its place outdoes the inverse of its kind."""
    return _class(operation.op, getattr(operation.at, "snapshot", None))


def undo_class_of(operation: Json) -> UndoClass:
    """The same for an operation as it stands in a journal; `irreversible` for one that nobody knows."""
    place = operation.get("at")
    return _class(str(operation.get("op")), place.get("snapshot") if isinstance(place, dict) else None)


def _class(name: str, snapshot: object) -> UndoClass:
    return "snapshot" if snapshot and name in COVERED else UNDO_CLASS.get(name, "irreversible")


def names_of(operation: Operation) -> tuple[str, ...]:
    """What the operation touches beside its target: the modules that come along, or the records it leaves."""
    match operation:
        case SetRecords(records=records):
            return (f"{operation.name} {operation.type}: {shown(records)}",)
        case RetireRelease(drops=names):
            return tuple(sorted(names))
        case InstallModule(brings=names) | ResetModules(modules=names):
            return tuple(sorted(names))
        case _:
            return ()


def lasts(operation: Json) -> bool:
    """Whether an operation that names nothing to take it back has changed something for good.

    The others name nothing where there was nothing to do.
    """
    return undo_class_of(operation) == "irreversible" or operation.get("op") == "reset_modules"


def target_of(operation: Operation) -> str:
    """What the operation touches, in one word: its own target, else its place."""
    return getattr(operation, "target", operation.at.target)


def target_in(operation: Json) -> str:
    """What an operation of a journal touches, in one word."""
    try:
        return target_of(OPERATION.validate_python(operation))
    except ValidationError:
        return "the world"


def in_words(operation: Json) -> str:
    """An operation of a journal, for people: what it does, and on what."""
    return f"{operation.get('op')} on {target_in(operation)}"


def in_scratch(operation: Operation) -> bool:
    """Whether the operation touches the leg's own build folder only, so that a preview may apply it."""
    return operation.at.kind == "scratch"


def for_journal(operation: Operation) -> Json:
    """The operation as it stands in the journal: contents left out, their digests kept."""
    value = operation.to_json()
    if "content" in value:
        value["content"] = None
    return value
