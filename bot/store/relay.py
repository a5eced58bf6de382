"""An answer on its way to the replica whose door waits for it: sealed, in pieces that fit a notification.

What the database's server sees, logs or keeps of it is ciphertext: AES-256-GCM under a key that the replicas
derive from the secret of their ring, with the row's number as the data that is bound to it.
https://www.postgresql.org/docs/current/sql-notify.html: a payload has fewer than 8,000 bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from cachetools import TTLCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.ports import DoorAnswer

PIECE = 7_600
"""Characters of one piece; the rest of the payload says which it is."""
NONCE = 12

KeyNow = Callable[[], str]
"""The key as 64 hex digits; another one after the ring has changed."""


def sealed(key: str, row: int, answer: DoorAnswer, nonce: bytes) -> list[str]:
    """The answer to the row's door as pieces `row:nonce:number:count:data`."""
    plain = json.dumps({"status": answer.status, "body": answer.body}).encode()
    closed = AESGCM(bytes.fromhex(key)).encrypt(nonce, plain, str(row).encode())
    text = base64.b64encode(closed).decode()
    parts = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return [f"{row}:{nonce.hex()}:{number}:{len(parts)}:{part}" for number, part in enumerate(parts)]


class Opening:
    """Puts pieces together and opens what is whole; what was not sealed by this key is dropped."""

    def __init__(self, key: KeyNow) -> None:
        self._key = key
        self._parts: TTLCache[tuple[int, str], dict[int, str]] = TTLCache(maxsize=256, ttl=30)

    def add(self, piece: str) -> tuple[int, DoorAnswer] | None:
        """The row and its answer once this was the last piece of it, else None."""
        try:
            row_text, nonce, number, count, data = piece.split(":", 4)
            row = int(row_text)
            parts = self._parts.setdefault((row, nonce), {})
            parts[int(number)] = data
            if len(parts) < int(count):
                return None
            del self._parts[(row, nonce)]
            closed = base64.b64decode("".join(parts[one] for one in range(int(count))), validate=True)
            plain = AESGCM(bytes.fromhex(self._key())).decrypt(bytes.fromhex(nonce), closed, str(row).encode())
            value = json.loads(plain)
        except (ValueError, KeyError, InvalidTag):
            return None
        return row, DoorAnswer(value["status"], value["body"])
