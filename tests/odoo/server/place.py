"""Where the Odoo of the tests is kept, and the one sentence that says why it cannot be had."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


class Unavailable(Exception):
    """There is no real Odoo here; the message is one sentence that says why."""


def home() -> Path:
    """The cache folder: `$MILLWRIGHT_ODOO_HOME`, else `.cache/odoo` of the checkout."""
    return Path(os.environ.get("MILLWRIGHT_ODOO_HOME") or ROOT / ".cache" / "odoo").absolute()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for oneself; whoever comes second waits."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise Unavailable(f"the folder {folder} cannot be written ({error.strerror})") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ran(command: Sequence[str], doing: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What the command printed; Unavailable with its last words where it fails or is missing."""
    try:
        done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{doing} did not work: {error}") from error
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise Unavailable(f"{doing} did not work: {said[-1][:300] if said else f'exit code {done.returncode}'}")
    return done.stdout
