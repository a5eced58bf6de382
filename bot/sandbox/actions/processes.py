"""Start a job's processes apart from ours, and leave none of them running when the job is over."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

MARK = "SANDBOX_JOB_MARK"
_LINE_LIMIT = 16 * 1024 * 1024


@dataclass
class Processes:
    """All that one job starts, found again in whatever session: by a mark in the environment or by its folder."""

    folder: Path
    mark: str = field(default_factory=lambda: uuid4().hex)
    started: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(
        self, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> asyncio.subprocess.Process:
        """Start a command in a session of its own, with exactly this environment and one output stream."""
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env={**environ, MARK: self.mark},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                limit=_LINE_LIMIT,
            )
        )
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Cancelled half-way, asyncio would wait for all who hold the output open, which nobody kills then.
            self.started.append(await starting)
            raise
        self.started.append(process)
        return process

    async def end(self) -> None:
        """Kill every process group started here and every process that carries the mark."""
        for process in self.started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        for _ in range(50):  # a process may fork while we look
            if not (left := leftovers(self.mark, self.folder)):
                break
            for number in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
            await asyncio.sleep(0.01)
        await asyncio.gather(*(_exited(process) for process in self.started))
        self.started.clear()


async def lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    """Yield a process's output by lines until it has ended, even if a child of it keeps the stream open."""
    assert process.stdout is not None
    ended = asyncio.ensure_future(_exited(process))
    try:
        while True:
            reading = asyncio.ensure_future(process.stdout.readline())
            await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                # The step is over; what a background child still prints is given a moment, then left.
                await asyncio.wait({reading}, timeout=0.2)
            if not reading.done():
                reading.cancel()
                return
            if not (line := reading.result()):
                await ended
                return
            yield line.decode(errors="replace").rstrip("\r\n")
    finally:
        ended.cancel()


async def _exited(process: asyncio.subprocess.Process) -> None:
    """Wait for the process alone; asyncio's own wait() also waits for all who hold its output open."""
    while process.returncode is None:  # noqa: ASYNC110  there is no event for it
        await asyncio.sleep(0.005)


def leftovers(mark: str, folder: Path) -> list[int]:
    """Return the ids of live processes that carry the mark or work in the folder (Linux; elsewhere none)."""
    wanted = f"{MARK}={mark}".encode()
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _belongs(entry, wanted, folder)]


def _belongs(entry: Path, wanted: bytes, folder: Path) -> bool:
    try:
        if (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in ("Z", "X"):
            return False
        is_marked = wanted in (entry / "environ").read_bytes().split(b"\0")
        return is_marked or (entry / "cwd").readlink().is_relative_to(folder)
    except OSError:  # it ended while we looked, or is another user's
        return False
