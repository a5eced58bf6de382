"""The journal of offline runs: a file that is on the disk before anything is applied, and one run at a time.

It stands in for the bot's `/runs/journal`: resume and rollback read it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bot.errors import BotError
from executors.errors import ProtocolError, Unconfirmed, WorldError
from executors.protocol.canonical import canonical, parse
from executors.protocol.journal import JournalLine
from executors.protocol.wire import read
from executors.world import files

NAME = "journal.jsonl"


class JournalBroken(BotError):
    """The journal cannot be read, or another run has it."""


class JournalFile:
    """`executors.runner`'s link for runs on files: every line is durable when `post` returns."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.stopping = False
        """Set to end the run after the current operation."""
        self._stream: BufferedRandom | None = None

    def __enter__(self) -> Self:
        """Take the journal for this run alone; JournalBroken where another run has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self.path.open("a+b")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._stream.close()
            raise JournalBroken(f"another run of this plan is under way ({self.path})") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the journal go."""
        if self._stream is not None:
            self._stream.close()

    def lines(self) -> tuple[JournalLine, ...]:
        """What earlier runs journalled; a last line that was cut off in writing never counted and is dropped."""
        assert self._stream is not None
        self._stream.seek(0)
        data = self._stream.read()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) != len(data):
            self._stream.truncate(len(whole))
        try:
            return tuple(read(JournalLine, parse(line)) for line in whole.splitlines())
        except ProtocolError as error:
            raise JournalBroken(f"{self.path} is no journal: {error}") from error

    def post(self, lines: Sequence[JournalLine]) -> Literal["go", "stop"]:
        """Write the lines durably and decide; Unconfirmed where the disk does not take them."""
        assert self._stream is not None
        try:
            self._stream.write(b"".join(canonical(line.to_json()) + b"\n" for line in lines))
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise Unconfirmed(f"writing {self.path}: {error.strerror}") from error
        return "stop" if self.stopping else "go"


@dataclass(frozen=True)
class ContentFolder:
    """Pictures of the briefing from a folder, in place of the product repository; checked like there."""

    folder: Path

    def read(self, path: str, sha256: str) -> bytes:
        """The bytes of the file; WorldError where it is missing or has another digest."""
        data = files.read(self.folder, path)
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise WorldError(f"content {path}: its sha256 is {found[:12]}…, not the approved {sha256[:12]}…")
        return data
