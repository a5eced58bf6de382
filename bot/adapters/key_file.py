"""The file that holds the bot's Ed25519 seed: 64 hex digits, or the 32 raw bytes, that nobody else may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.errors import SettingsError


def read_seed(path: Path) -> bytes:
    """The 32 bytes of the seed; raises SettingsError where the file is absent, malformed or readable by others."""
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
        seed = data if len(data) == 32 else bytes.fromhex(data.decode("ascii"))
    except FileNotFoundError:
        raise SettingsError(f"the key file {path} is not there: run `millwright serve --init-key` once") from None
    except (OSError, ValueError):
        raise SettingsError(f"the key file {path} cannot be read as 64 hex digits or 32 bytes") from None
    if len(seed) != 32:
        raise SettingsError(f"the key file {path} does not hold 64 hex digits or 32 bytes")
    if mode & 0o077:
        raise SettingsError(f"the key file {path} can be read by others: chmod 600 {path}")
    return seed


def make_seed(path: Path) -> None:
    """Write a fresh seed; an existing file is left alone, for what it signed must stay verifiable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
