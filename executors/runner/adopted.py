"""What the job with the foreign code left, as the job `report` takes it: bytes of a stranger, checked one by one.

Equal to what that job put out, in the shape that the protocol says, within the caps, of exactly the command that
was approved. How the command ended is its own word; nothing else of it is believed, and nothing of it is run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from executors.errors import ProtocolError, WorldError
from executors.evidence.leaks import find_leaks
from executors.protocol.canonical import canonical, parse
from executors.protocol.foreign import (
    FILES,
    MOST_BYTES,
    MOST_OUTPUT,
    OUTPUT,
    RESULT,
    ForeignResult,
    crossing,
    task_digest,
)
from executors.protocol.operation import RunForeign
from executors.protocol.wire import read
from executors.runner.artifact import INPUTS, NotTheOne, fetched
from executors.runner.artifact import RESULT as RESULTS
from executors.world import files

_LARGEST_RESULT = 256 * 1024
_WITHHELD = "(left out: it holds what looks like a secret)"


@dataclass(frozen=True)
class Adopted:
    """The files of both artifacts, or why there are none; `redact` takes what looks like a token out of texts."""

    inputs: Mapping[str, bytes]
    results: Mapping[str, bytes]
    inputs_fault: str = ""
    results_fault: str = ""
    redact: Callable[[str], str] = field(default=str)
    digests: Mapping[str, str] = field(default_factory=dict)
    """artifact's name → SHA-256 (64 hex) of those that are sound"""

    @classmethod
    def taken(cls, temp: Path, leg: str, environ: Mapping[str, str], redact: Callable[[str], str]) -> Adopted:
        """Return what is there; a missing or wrong artifact is a fault that the step then fails with."""
        told = [environ.get(f"MILLWRIGHT_{name}_DIGEST", "") for name in ("INPUTS", "RESULT")]
        inputs, no_inputs = _fetched(temp, INPUTS, told[0])
        ended = environ.get("MILLWRIGHT_BUILD_RESULT", "")
        results, no_results = _fetched(temp, RESULTS, told[1])
        if ended != "success":
            results = {}
            no_results = f"the job `build` ended as {ended[:20] or 'nothing'} and left no result; see its log"
        sound = zip(crossing(leg), told, (no_inputs, no_results), strict=True)
        digests = {name: digest.removeprefix("sha256:") for name, digest, fault in sound if not fault}
        return cls(inputs, results, no_inputs, no_results, redact, digests)

    def restore(self, work: Path) -> None:
        """Put the build folders back as `admit` left them, so that the steps look at what the commands ran on."""
        for path, data in self.inputs.items():
            if path.startswith("build/"):
                files.write(work, path, data)

    def read(self, path: str, sha256: str) -> bytes:
        """Raise the WorldError for a file that is not among the inputs: this job fetches none."""
        why = self.inputs_fault or "is not among what `admit` left for this leg"
        raise WorldError(f"content {path} ({sha256[:12]}…): {why}")

    def of(self, operation: RunForeign) -> Mapping[str, bytes]:
        """Return the files of the step's result; WorldError where it is none of exactly this command."""
        step = operation.at.step
        if fault := self.inputs_fault or self.results_fault:
            raise WorldError(f"{step}: {fault}")
        there = {
            path.removeprefix(f"{step}/"): data
            for path, data in self.results.items()
            if path.startswith(f"{step}/")
        }
        result = _result(step, there.get(RESULT, b""))
        if result.operation != task_digest(operation):
            raise WorldError(f"{step}: the result is of another command, or of other files, than were approved")
        made, left_out = self._files(step, result, there)
        told = {
            "files": tuple(one for one in result.files if one.path in made),
            "left_out": tuple(self._clean(text)[:1000] for text in (*result.left_out, *left_out)[:50]),
            "error": self._clean(result.error)[:1000],
        }
        whole = result.model_copy(update=told)
        kept = {RESULT: canonical(whole.to_json()), OUTPUT: self._printed(step, there)}
        return kept | {f"{FILES}{path}": data for path, data in made.items()}

    def _printed(self, step: str, there: Mapping[str, bytes]) -> bytes:
        """Return what the command printed as text, or that it is left out."""
        printed = there.get(OUTPUT, b"")
        if len(printed) > MOST_OUTPUT:
            raise WorldError(f"{step}: the result holds more output than a command may print")
        return self._clean(printed.decode("utf-8", "replace")).encode()

    def _clean(self, text: str) -> str:
        """Return the text without what looks like a secret: with one in it no pack could be sealed (T26)."""
        redacted = self.redact(text)
        return _WITHHELD if find_leaks({OUTPUT: redacted.encode()}, ()) else redacted

    def _files(
        self, step: str, result: ForeignResult, there: Mapping[str, bytes]
    ) -> tuple[dict[str, bytes], list[str]]:
        """Return the files that the result names, each of the digest it names; those with secrets are left out."""
        made: dict[str, bytes] = {}
        left_out: list[str] = []
        for one in result.files:
            data = there.get(f"{FILES}{one.path}")
            if data is None or hashlib.sha256(data).hexdigest() != one.sha256:
                raise WorldError(f"{step}: the result does not hold the file {one.path[:200]!r} that it names")
            if find_leaks({one.path: data}, ()):
                left_out.append(f"file {len(made) + len(left_out) + 1} of {len(result.files)} {_WITHHELD}")
            else:
                made[one.path] = data
        if sum(map(len, made.values())) > MOST_BYTES:
            raise WorldError(f"{step}: the result holds more than {MOST_BYTES} bytes of files")
        return made, left_out


def _fetched(temp: Path, name: str, digest: str) -> tuple[Mapping[str, bytes], str]:
    try:
        return fetched(temp, name, digest), ""
    except NotTheOne as error:
        return {}, str(error)


def _result(step: str, raw: bytes) -> ForeignResult:
    if not raw:
        raise WorldError(f"{step}: the job `build` left no result of this step")
    try:
        return read(ForeignResult, parse(raw, limit=_LARGEST_RESULT))
    except ProtocolError as error:
        raise WorldError(f"{step}: the result is not of the form that the protocol says: {error}") from error
