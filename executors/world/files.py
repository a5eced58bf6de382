"""Folders of files that never lead outside: every step of a path is opened without following links (T32)."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from executors.errors import WorldError
from executors.parts.paths import UnsafePath, safe_path

MOST_FILES = 5_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def listing(folder: Path) -> dict[str, str]:
    """Return relative path → sha256 of every file below `folder`, sorted; empty where there is no folder.

    Raises WorldError for links and other things that are neither file nor folder.
    """
    found: dict[str, str] = {}
    for path in sorted(_walk(folder, "")):
        found[path] = hashlib.sha256(read(folder, path)).hexdigest()
        if len(found) > MOST_FILES:
            raise WorldError(f"listing {folder.name}: more than {MOST_FILES} files")
    return found


def read(folder: Path, path: str) -> bytes:
    """Return the bytes of one file; WorldError where there is none."""
    with _reported(f"reading {path}"), _parent(folder, path, make=False) as (parent, name):
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=parent)
        with os.fdopen(handle, "rb") as stream:
            return stream.read()


def write(folder: Path, path: str, data: bytes, *, durable: bool = False) -> None:
    """Make `path` hold exactly `data`, its folders included; `durable` waits until the disk has it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with _reported(f"writing {path}"):
        folder.mkdir(parents=True, exist_ok=True)
        with _parent(folder, path, make=True) as (parent, name):
            handle = os.open(name, flags, 0o644, dir_fd=parent)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())


def remove(folder: Path, path: str) -> None:
    """Remove one file; nothing happens where there is none."""
    with _reported(f"removing {path}"), suppress(FileNotFoundError), _parent(folder, path, make=False) as at:
        os.unlink(at[1], dir_fd=at[0])


def settle(folder: Path) -> None:
    """Wait until the disk has the folder's own entries."""
    handle = os.open(folder, _FOLDER)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle_tree(folder: Path) -> None:
    """Wait until the disk has the entries of the folder and of all folders below it."""
    for root, _, _ in os.walk(folder):
        settle(Path(root))


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise WorldError(f"listing {folder.name}: {error.strerror}") from error
    for entry in entries:
        path = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{path}/")
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            raise WorldError(f"listing {folder.name}: {path} is a link or no plain file; remove it")


@contextmanager
def _parent(folder: Path, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
    """Yield the open folder that holds the last part of `path`, and that part."""
    *folders, name = safe_path(path).split("/")
    at = os.open(folder, _FOLDER)
    try:
        for part in folders:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=at)
            inner = os.open(part, _FOLDER, dir_fd=at)
            os.close(at)
            at = inner
        yield at, name
    finally:
        os.close(at)


@contextmanager
def _reported(doing: str) -> Iterator[None]:
    """Turn what the system says into a WorldError that says what was being done."""
    try:
        yield
    except UnsafePath as error:
        raise WorldError(f"{doing}: {error}") from error
    except FileNotFoundError as error:
        raise WorldError(f"{doing}: there is no such file") from error
    except OSError as error:
        raise WorldError(f"{doing}: {in_words(error)}") from error


def in_words(error: OSError) -> str:
    """Return what the system says, and for a full disk what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; free some space on this machine, then run it again"
    return str(error.strerror)
