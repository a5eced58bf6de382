"""Runs one command that we did not ship: nothing of ours in its environment, a fresh folder, no child left behind.

What keeps secrets from it is that its job has none (T57). This is the second wall: it makes that the command sees
no more than it needs and ends when it should. It promises nothing about the network, and nothing on a runner whose
next job finds what this one left; give such code a runner that is thrown away.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from executors.errors import WorldError
from executors.protocol.foreign import MOST_OUTPUT
from executors.world import files

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
_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_REAPING_ROUNDS, _PAUSE = 500, 0.01


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
    already = _children()
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
        _end(process, already)
    listener.join()
    late = "" if code is not None else f"was ended, for it took longer than {timeout:g} s"
    return Ran(code, late, listener.printed, bytes(listener.kept))


def environment(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return all that the command may see: where programs are, a language, an empty home, and that it is CI."""
    kept = {name: environ[name] for name in _KEPT if environ.get(name)}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, "HOME": str(home), "TMPDIR": str(home), "CI": "true"}


def keep_apart() -> None:
    """Make this process one whose memory and environment others of its user cannot read, and the heir of orphans.

    On Linux only, and the first not against root: https://man7.org/linux/man-pages/man2/prctl.2.html
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


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


def _end(process: subprocess.Popen[bytes], already: set[int]) -> None:
    """Kill the command's process group, then everybody who comes of it in whatever session, until none is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    pause = threading.Event()
    for _ in range(_REAPING_ROUNDS):  # a process may fork while we look, or be another user's
        left = [number for number in _children() - already if number != process.pid]
        if not left:
            return
        for number in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(number, os.WNOHANG)
        pause.wait(_PAUSE)
    raise WorldError("the command left processes that cannot be ended; the job is given up")


def _children() -> set[int]:
    """Return the ids of all processes that come of this one; an orphan comes of it too (`keep_apart`)."""
    parents = dict(_parents())
    found: set[int] = set()
    waiting = {os.getpid()}
    while waiting:
        waiting = {child for child, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Yield every process with its parent, as /proc has them; nothing where there is no /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            yield int(entry.name), int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
