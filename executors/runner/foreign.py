"""The verb `build`: runs the commands of a foreign leg, in a job that has nothing, and leaves an artifact.

It claims nothing and knows neither bot nor case. What it writes is checked by the job `report`, which believes
nothing of it but that these are the bytes (T39, T57).
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from executors import workflow_commands
from executors.errors import MillwrightError, WorldError
from executors.parts.paths import UnsafePath, safe_path
from executors.parts.tree import tree_digest
from executors.protocol.canonical import canonical, parse
from executors.protocol.foreign import (
    FILES,
    MOST_BYTES,
    MOST_FILES,
    OUTPUT,
    RESULT,
    TASKS,
    ForeignResult,
    ForeignTask,
    ForeignTasks,
    task_digest,
)
from executors.protocol.operation import RunForeign, Scratch
from executors.protocol.spec import BundleFile
from executors.protocol.wire import read
from executors.runner.artifact import INPUTS, fetched
from executors.world import family, files, foreign
from executors.world.clock import Clock

COMMAND_FILES = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
"""The files by which a step speaks to the runner; one that runs foreign code says nothing."""
_SHOWN = 4_000
_NAMED = 40


def build(environ: Mapping[str, str], stream: TextIO, clock: Clock) -> int:
    """Run every task of the inputs artifact and write the results; returns 0 however the commands ended.

    Raises MillwrightError where the inputs are not those that `admit` left.
    """
    temp = Path(environ["RUNNER_TEMP"])
    given = fetched(temp, INPUTS, environ.get("MILLWRIGHT_INPUTS_DIGEST", ""))
    tasks = read(ForeignTasks, parse(given.get(TASKS, b"")))
    family.keep_apart()
    with _unheard(environ, stream):
        for task in tasks.tasks:
            _carry_out(task, given, temp, stream, clock)
    stream.write(f"{len(tasks.tasks)} commands were run; the job `report` reads how they ended.\n")
    return 0


@contextmanager
def _unheard(environ: Mapping[str, str], stream: TextIO) -> Iterator[None]:
    """Let the runner hear no command and read no file of this step until the foreign code is gone (T38)."""
    token = secrets.token_hex(16)
    spoken = {path: path.read_bytes() for name in COMMAND_FILES if (path := Path(environ.get(name, ""))).is_file()}
    stream.write(f"::stop-commands::{token}\n")
    stream.flush()
    try:
        yield
    finally:
        stream.flush()
        for path, before in spoken.items():
            path.unlink(missing_ok=True)
            path.write_bytes(before)
        stream.write(f"::{token}::\n")
        stream.flush()


def _carry_out(task: ForeignTask, given: Mapping[str, bytes], temp: Path, stream: TextIO, clock: Clock) -> None:
    """Run one command in a folder of its own and write its result; one that cannot be run has a result too."""
    operation, begun = task.operation, clock.monotonic()
    room = Path(tempfile.mkdtemp(prefix="foreign-", dir=temp))
    try:
        ran = foreign.run(operation.command, room, _given(operation, given), operation.timeout_seconds)
    except WorldError as error:
        ran = foreign.Ran(None, str(error)[:1000], 0, b"")
    seconds = clock.monotonic() - begun
    kept, left_out = _made(room / "work", operation.outputs)
    result = ForeignResult(
        operation=task_digest(operation),
        exit_code=ran.exit_code,
        error=ran.error,
        seconds=f"{seconds:.3f}",
        printed=ran.printed,
        files=tuple(_listed(path, data) for path, data in kept.items()),
        left_out=tuple(left_out[:_NAMED]),
    )
    whole = {RESULT: canonical(result.to_json()), OUTPUT: ran.output} | {
        f"{FILES}{path}": data for path, data in kept.items()
    }
    for path, data in whole.items():
        files.write(temp / "millwright" / "result", f"{task.step}/{path}", data)
    said = ran.output.decode("utf-8", "replace")[-_SHOWN:]
    stream.write(f"{task.step}: {ran.error or f'exit code {ran.exit_code}'}\n{workflow_commands.plain(said)}\n")


def _given(operation: RunForeign, given: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what the command's folder is to hold; MillwrightError where it is not what was approved."""
    found = below(given, operation.given)
    if _tree(found) != operation.given_tree:
        raise MillwrightError("the inputs are not the files that the command was approved with")
    if operation.site is None:
        return found
    site = below(given, operation.site)
    if _tree(site) != operation.site_tree:
        raise MillwrightError("the inputs are not the site that the command is to look at")
    return found | {f"site/{path}": data for path, data in site.items()}


def below(given: Mapping[str, bytes], at: Scratch) -> dict[str, bytes]:
    """Return path → bytes of one build folder in the inputs artifact."""
    prefix = f"build/{at.step}/"
    return {path.removeprefix(prefix): data for path, data in given.items() if path.startswith(prefix)}


def _tree(found: Mapping[str, bytes]) -> str:
    return tree_digest({path: hashlib.sha256(data).hexdigest() for path, data in found.items()})


def _listed(path: str, data: bytes) -> BundleFile:
    return BundleFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _made(work: Path, patterns: tuple[str, ...]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that match, within what is allowed, and a word on each that is left out."""
    kept: dict[str, bytes] = {}
    left_out: list[str] = []
    left = MOST_BYTES
    for path in sorted(_plain_files(work, "")):
        if not any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
            continue
        try:
            if len(kept) >= MOST_FILES or (work / path).lstat().st_size > left:
                left_out.append(f"{path[:200]!r} is left out: more than {MOST_FILES} files or {MOST_BYTES} bytes")
                continue
            kept[path] = files.read(work, safe_path(path))
            left -= len(kept[path])
        except (UnsafePath, WorldError, OSError) as error:
            left_out.append(f"{path[:200]!r} is left out: {str(error)[:200]}")
    return kept, left_out


def _plain_files(folder: Path, prefix: str) -> Iterator[str]:
    """Yield every plain file below the folder; links are neither followed nor kept."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _plain_files(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield f"{prefix}{entry.name}"
