"""Whether a web root on this machine can take a release: looked at, never tried out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from executors.errors import WorldError
from executors.executor import Room
from executors.world import web_root


def of(root: Path) -> Room:
    """Return what is known of the root; of one that is not there yet, what is known of the folder it goes into."""
    at = root if root.exists() else root.parent
    try:
        disk = os.statvfs(at)
    except OSError as error:
        raise WorldError(
            f"web root {root}: {at} cannot be looked at: {error.strerror}; make that folder"
        ) from error
    return Room(
        free=disk.f_bavail * disk.f_frsize,
        writable=os.access(at, os.W_OK | os.X_OK),
        whose=_whose(root) if root.exists() else "new",
    )


def _whose(root: Path) -> Literal["new", "ours", "foreign"]:
    if web_root.is_ours(root):
        return "ours"
    try:
        return "foreign" if any(root.iterdir()) else "new"
    except OSError as error:
        raise WorldError(f"web root {root}: cannot be read: {error.strerror}") from error
