"""Stops a server when the process that wanted it is gone, however it went.

`python -m tests.odoo.server.keeper RUN FOLDER PID`; the server's own `stop` ends this process first.
"""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from tests.odoo.server.server import stop


def main(folder: Path, pid: int) -> None:
    """Wait for the end of the process, then stop what was started with the folder."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        handle = None
    if handle is not None:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll()
    stop(folder)


if __name__ == "__main__":
    main(Path(sys.argv[2]), int(sys.argv[3]))
