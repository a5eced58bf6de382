"""What crosses to the job that runs code we did not ship, and back: tasks in, results out, by digest (T57)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from executors.protocol.canonical import digest
from executors.protocol.operation import RunForeign
from executors.protocol.spec import BundleFile
from executors.protocol.wire import Hex256, Slug, Text, Wire

TASKS = "tasks.json"
"""Where the inputs artifact holds its ForeignTasks."""
RESULT, OUTPUT, FILES = "result.json", "output.txt", "files/"
"""What a result holds of each step: the ForeignResult, what was printed, the files it made."""
MOST_OUTPUT = 256 * 1024
"""Bytes that are kept of what a command prints: its end, where most of them say what went wrong."""
MOST_FILES, MOST_BYTES = 200, 10 * 1024 * 1024
"""Files that one command may hand back, and their bytes in all."""


def crossing(leg: str) -> tuple[str, str]:
    """Return the names of the artifacts that cross: what `admit` leaves for `build`, what `build` leaves."""
    return f"millwright-inputs-{leg}", f"millwright-result-{leg}"


class ForeignTask(Wire):
    """One command to be run, for one step."""

    step: Slug
    operation: RunForeign


class ForeignTasks(Wire):
    """`tasks.json`: everything that the job `build` is to do."""

    leg: Slug
    tasks: Annotated[tuple[ForeignTask, ...], Field(min_length=1, max_length=50)]


class ForeignResult(Wire):
    """`<step>/result.json`: how a command ended, in the words of a job that nobody need believe.

    `operation` is the digest of what was run; `exit_code` is None where it was ended, or could not be begun.
    """

    operation: Hex256
    exit_code: Annotated[int | None, Field(strict=True, ge=-255, le=255)]
    error: Text = ""
    seconds: Annotated[str, Field(pattern=r"^[0-9]{1,6}\.[0-9]{3}$")] = "0.000"
    printed: Annotated[int, Field(strict=True, ge=0, description="bytes in all; the end of them is kept")] = 0
    files: Annotated[tuple[BundleFile, ...], Field(max_length=MOST_FILES)] = ()
    left_out: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


def task_digest(operation: RunForeign) -> str:
    """Return the SHA-256 (64 hex) of a command with its files, so that a result is of this one and no other."""
    return digest(operation.to_json())
