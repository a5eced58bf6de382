"""An artifact that another job left, as the ZIP that GitHub keeps: its digest first, then its files within bounds.

`actions/download-artifact` leaves it packed (`skip-decompress`), so nothing is unpacked before it is known to be
the one, and then by the reader that takes an archive for data from a stranger (T33, T39).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from executors.errors import MillwrightError, ProtocolError
from executors.evidence.bundle import BundleLimits, read_bundle

INPUTS, RESULT = "inputs", "result"
"""What `admit` leaves for `build`, and `build` for `report`; folders below `<RUNNER_TEMP>/millwright/fetched`."""
LARGEST = 128 * 1024 * 1024
_LIMITS = BundleLimits(files=5_000, file_size=32 * 1024 * 1024, total_size=128 * 1024 * 1024)
_DIGEST = re.compile(r"(sha256:)?([0-9a-f]{64})")


class NotTheOne(MillwrightError):
    """There is no such artifact, or it is not the one that its maker reported; the message says which."""


def fetched(temp: Path, name: str, digest: str) -> dict[str, bytes]:
    """Return path → bytes of the artifact's files; `digest` is what the job that made it put out (64 hex).

    Raises NotTheOne, also for a ZIP that is not sound or too large.
    """
    wanted = _DIGEST.fullmatch(digest)
    if wanted is None:
        raise NotTheOne(f"the artifact of {name}: the job that makes it put out no digest")
    data = _only_file(temp / "millwright" / "fetched" / name, name)
    found = hashlib.sha256(data).hexdigest()
    if found != wanted[2]:
        raise NotTheOne(
            f"the artifact of {name}: its SHA-256 is {found[:12]}…, but its maker reported {wanted[2][:12]}…"
        )
    try:
        return read_bundle(data, _LIMITS)
    except ProtocolError as error:
        raise NotTheOne(f"the artifact of {name}: {error}") from error


def _only_file(folder: Path, name: str) -> bytes:
    """Return the bytes of the one plain file that was downloaded."""
    there = sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []
    if len(there) != 1 or there[0].is_symlink() or not there[0].is_file():
        raise NotTheOne(f"the artifact of {name}: {len(there)} files were downloaded, not the one ZIP")
    if there[0].stat().st_size > LARGEST:
        raise NotTheOne(f"the artifact of {name}: has more than {LARGEST} bytes")
    return there[0].read_bytes()
