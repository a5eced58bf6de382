"""`python -m tests.bot.keys.killed FILE`: rotates the ring, killed before the first line, the second, and so on.

Each time a fresh process starts from the same file and dies by SIGKILL before its n-th line of the module that
writes the ring; the last one lives. A line of JSON for each: how it ended, and what it left.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from bot.adapters import key_file
from bot.domain.ring import Ring, rotated

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def rotate(ring: Ring) -> Ring:
    return rotated(ring, b"2" * 32, NOW)


def die_at(number: int) -> None:
    """The process is killed before that line of the module, counted as they are run."""
    seen = 0

    def line(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal seen
        seen += event == "line"
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return line if frame.f_code.co_filename == key_file.__file__ else None

    sys.settrace(call)


def main(path: Path) -> None:
    before, ended, number = path.read_bytes(), -1, 0
    new = path.with_name(path.name + ".new")
    while ended != 0:
        number += 1
        path.write_bytes(before)  # what the one before it left beside it stays
        if (child := os.fork()) == 0:
            die_at(number)
            key_file.change_ring(path, rotate)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = {
            "ended": abs(ended),
            "file": path.read_text(),
            "mode": path.stat().st_mode & 0o777,
            "beside": new.exists(),
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
