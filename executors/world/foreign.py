"""Runs one command that we did not ship: nothing of ours in its environment, a fresh folder, no child left behind.

What keeps secrets from it is that its job has none (T57). This is the second wall: it makes that the command sees
no more than it needs and ends when it should. It promises nothing about the network, and nothing on a runner whose
next job finds what this one left; give such code a runner that is thrown away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from executors.errors import WorldError
from executors.protocol.foreign import MOST_OUTPUT
from executors.world import family, files

_KEPT = ("PATH", "LANG")
_LARGEST_FILE = 256 * 1024 * 1024
# A process of its own takes the limits, so that ours keeps none of them; `-I` ignores what its folder holds (T56).
_LAUNCH = """import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.stderr.write(f"{sys.argv[2]}: {error.strerror}\\n")
    sys.exit(127)
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended: `exit_code` is None where it was ended; `printed` bytes in all, `output` their end."""

    exit_code: int | None
    error: str
    printed: int
    output: bytes


def run(command: tuple[str, ...], room: Path, given: Mapping[str, bytes], timeout: float) -> Ran:
    """Run the command in `room`/work, which then holds the files of `given`, for `timeout` seconds at most.

    Every process that it started is gone when this returns. Raises WorldError where it cannot be begun.
    """
    work, home = room / "work", room / "home"
    for folder in (work, home):
        folder.mkdir(parents=True)
    for path, data in given.items():
        files.write(work, path, data)
    already = family.children()
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(_LARGEST_FILE), *command]
    try:
        process = subprocess.Popen(  # noqa: S603 - what people approved, word by word, and no shell
            launch,
            cwd=work,
            env=environment(os.environ, home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise WorldError(f"running {command[0][:80]}: {error}") from error
    assert process.stdout is not None
    listener = _Listener(process.stdout)
    listener.start()
    try:
        code: int | None = process.wait(timeout)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        family.end(process, already, "the command")
    listener.join()
    late = "" if code is not None else f"was ended, for it took longer than {timeout:g} s"
    return Ran(code, late, listener.printed, bytes(listener.kept))


def environment(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return all that the command may see: where programs are, a language, an empty home, and that it is CI."""
    kept = {name: environ[name] for name in _KEPT if environ.get(name)}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, "HOME": str(home), "TMPDIR": str(home), "CI": "true"}


class _Listener(threading.Thread):
    """Reads what the command prints to its end, and keeps the last bytes of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.stream = stream
        self.printed = 0
        self.kept = bytearray()

    def run(self) -> None:
        """Read until nobody can print any more."""
        with self.stream:
            while part := os.read(self.stream.fileno(), 65_536):
                self.printed += len(part)
                self.kept += part
                del self.kept[:-MOST_OUTPUT]
