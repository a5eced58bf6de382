"""A new file for its owner alone: there as a whole or not at all, and one that is there is never replaced."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bot.errors import BotError


class NotWritten(BotError):
    """The file cannot be made."""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """What is written in the block stands under `path` after it, on the disk; raises NotWritten."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.exists():
            raise FileExistsError
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.link(beside, path)  # unlike a rename it fails where somebody was first
    except FileExistsError:
        raise NotWritten(f"{path} is there already: name another file, nothing is overwritten") from None
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)
