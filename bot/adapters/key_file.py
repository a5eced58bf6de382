"""The file that holds the bot's key ring, for its owner alone; it is replaced as a whole or not at all.

A change is written beside it, brought to the disk and moved over it, under a lock. Whoever is killed in between
leaves the ring of before or the ring of after, and at most a file `….new` that the next change removes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.domain.ring import Ring, fresh
from bot.domain.ring_text import read_ring as parsed
from bot.domain.ring_text import written
from bot.errors import SettingsError
from executors.errors import ProtocolError

LARGEST = 1 << 20


def read_ring(path: Path) -> Ring:
    """The ring; also of a bare seed. SettingsError where the file is absent, malformed or readable by others."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(LARGEST)
    except FileNotFoundError:
        raise SettingsError(f"the key file {path} is not there: run `millwright serve --init-key` once") from None
    except OSError as error:
        raise SettingsError(f"the key file {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise SettingsError(f"the key file {path} can be read by others: chmod 600 {path}")
    try:
        return parsed(data)
    except ProtocolError as error:
        raise SettingsError(f"the key file {path} cannot be used: {error}") from None


def make_ring(path: Path, now: datetime) -> None:
    """Write a fresh ring; an existing file is left alone, for what it signed must stay verifiable."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if not path.exists():
            _replace(path, fresh(secrets.token_bytes(32), secrets.token_bytes(32), now))


def change_ring(path: Path, change: Callable[[Ring], Ring]) -> Ring:
    """The ring after `change`, which is on the disk by then.

    SettingsError where the file cannot be read or replaced; what `change` raises leaves the file as it is.
    """
    path = path.resolve()  # what a link leads to is replaced, not the link
    with _locked(path):
        ring = read_ring(path)
        owner = path.stat().st_uid
        if owner != os.geteuid():
            # A new file would be this user's, and the bot could not read it any more.
            raise SettingsError(
                f"the key file {path} belongs to another user (uid {owner}): run this as that user"
            )
        changed = change(ring)
        _replace(path, changed)
    return changed


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else changes the ring meanwhile; the lock goes with the process."""
    lock = path.with_name(path.name + ".lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SettingsError(f"cannot write beside the key file {path}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, ring: Ring) -> None:
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(written(ring))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise SettingsError(f"cannot replace the key file {path}: {error.strerror}") from error


def _sync(folder: Path) -> None:
    """Bring the folder's entries to the disk, so that the new name outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
