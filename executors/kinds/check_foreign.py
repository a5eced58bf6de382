"""Runs a check of the organisation's own on the built website: code we did not ship, so beside nothing of ours.

Only the job `build` carries it out, in a leg of its own (T57). What a runner's network lets it reach it can reach:
nothing here promises otherwise. Its verdict is worth what its code is worth.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from executors.errors import WorldError
from executors.executor import Executor, Facts, Reader
from executors.parts.tree import tree_digest
from executors.protocol.canonical import parse
from executors.protocol.finding import Finding
from executors.protocol.foreign import OUTPUT, RESULT, ForeignResult, task_digest
from executors.protocol.operation import Operation, RemoveFile, RunForeign, Scratch, WriteFile
from executors.protocol.plan import Limits, Seen
from executors.protocol.wire import Hex256, Slug, read

_LINES, _CHARS = 20, 2_000
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")


class GivenFile(BaseModel):
    """A file of the product repository, by path and digest."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: Annotated[str, Field(min_length=1, max_length=300)]
    sha256: Hex256


class Inputs(BaseModel):
    """What is run, on which files, and what it hands back."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: Annotated[Slug, Field(description="the check's name, for people")]
    command: Annotated[tuple[str, ...], Field(min_length=1, max_length=100, description="no shell reads it")]
    files: Annotated[tuple[GivenFile, ...], Field(max_length=100)] = ()
    site: Annotated[Slug | None, Field(description="the step whose build stands below `site/`")] = None
    outputs: Annotated[tuple[str, ...], Field(max_length=20, description="globs of files to be kept")] = ()
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 300


@dataclass(frozen=True)
class _Sight:
    """What there is to run on, what is still to be fetched, and the result where there is one."""

    given: dict[str, str]
    content: dict[str, bytes]
    site: dict[str, str]
    result: ForeignResult | None


def given_at(step: str) -> Scratch:
    """Return where the files of the product repository wait for the command."""
    return Scratch(step=f"{step}-in")


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at what was fetched, what was built, and how the command ended if it did.

    Raises WorldError where the site was not built, or a file is not the approved one.
    """
    given = dict(reader.files(given_at(step)))
    missing = [file for file in inputs.files if given.get(file.path) != file.sha256]
    content = {file.path: reader.content(file.path, file.sha256) for file in missing}
    site = dict(reader.files(Scratch(step=inputs.site))) if inputs.site else {}
    if inputs.site and not site:
        raise WorldError(f"{step}: the step {inputs.site} built nothing that could be checked")
    result = _result(step, reader)
    seen = [Seen(target=f"build:{step}", fact="exit", value=_ended(result), holds=False)] if result else []
    return Facts(_Sight(given, content, site, result), tuple(seen))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Fetch what is missing; then run the command, unless the result is of this very run."""
    sight: _Sight = facts.data
    at = given_at(step)
    wanted = {file.path: file.sha256 for file in inputs.files}
    first: list[Operation] = [WriteFile.of(at, path, data) for path, data in sight.content.items()]
    first += [RemoveFile(at=at, path=path) for path in sorted(set(sight.given) - set(wanted))]
    if first:
        return first
    run = RunForeign(
        at=Scratch(step=step),
        command=inputs.command,
        given=at,
        given_tree=tree_digest(wanted),
        site=Scratch(step=inputs.site) if inputs.site else None,
        site_tree=tree_digest(sight.site) if inputs.site else None,
        outputs=inputs.outputs,
        timeout_seconds=inputs.timeout_seconds,
    )
    is_there = sight.result is not None and sight.result.operation == task_digest(run)
    return [] if is_there else [run]


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Say how the check ended: anything but exit code 0 is a failure, with the last lines that it printed."""
    result = _result(step, reader)
    if result is None:
        return [_finding("failure", "check-not-run", f"check {inputs.name} was not run", step)]
    notices = [_finding("notice", "left-out", f"check {inputs.name}: {text}", step) for text in result.left_out]
    if result.exit_code == 0:
        return notices
    printed = last_lines(reader.file(Scratch(step=step), OUTPUT))
    said = f"; its last lines:\n{printed}" if printed else " and printed nothing"
    return [*notices, _finding("failure", "check-failed", f"check {inputs.name} {_ended(result)}{said}", step)]


def last_lines(printed: bytes) -> str:
    """Return the end of what a command printed, as text without control characters."""
    text = _CONTROL.sub(" ", printed.decode("utf-8", "replace"))
    return "\n".join(text.rstrip().splitlines()[-_LINES:])[-_CHARS:]


def _result(step: str, reader: Reader) -> ForeignResult | None:
    at = Scratch(step=step)
    return read(ForeignResult, parse(reader.file(at, RESULT))) if RESULT in reader.files(at) else None


def _ended(result: ForeignResult) -> str:
    return result.error or f"ended with exit code {result.exit_code} after {result.seconds} s"


def _finding(level: str, code: str, message: str, step: str) -> Finding:
    return Finding.model_validate({"level": level, "code": code, "message": message[:4000], "step": step})


SCRIPT = b"import pathlib, sys\nsys.exit(not pathlib.Path('site/index.html').is_file())\n"
"""The file of the sample."""

EXECUTOR = Executor(
    name="check_foreign",
    summary="Run a check of the organisation's own on the built website, in a job without token and secrets",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("write_file", "remove_file", "run_foreign"),
    sample={
        "name": "links",
        "command": ["python3", "checks/links.py"],
        "files": [{"path": "checks/links.py", "sha256": hashlib.sha256(SCRIPT).hexdigest()}],
        "site": "website",
        "outputs": [],
        "timeout_seconds": 300,
    },
    limits=Limits(timeout_seconds=300, retries=0),
)
