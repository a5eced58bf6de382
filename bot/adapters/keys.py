"""The bot's keys: those of a ring sign specs and packs, and a secret of the ring is behind session keys."""

from __future__ import annotations

import hashlib
import hmac
import logging
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.adapters.key_file import read_ring
from bot.domain.published_keys import published
from bot.domain.ring import Ring
from bot.errors import SettingsError
from executors.protocol import dsse

log = logging.getLogger(__name__)


class SigningKeys:
    """`ports.Keys` on one ring as it is now."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._private = [Ed25519PrivateKey.from_private_bytes(key.seed) for key in ring.signing if key.seed]

    @property
    def private(self) -> Ed25519PrivateKey:
        """The active key's private half, for sealing packs."""
        return self._private[0]

    @property
    def fingerprint(self) -> str:
        """The active key's `SHA256:<hex>`."""
        return self.ring.active.fingerprint

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand anywhere else, as hex."""
        return (*(key.seed.hex() for key in self.ring.signing if key.seed), self.ring.sessions.hex())

    def sign(self, payload: bytes, payload_type: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A DSSE envelope signed by each key that signs, and these keys in base64, the active one first."""
        envelope = dsse.sign(payload, payload_type, *self._private)
        return dict(envelope), tuple(dsse.public_b64(key) for key in self._private)

    def session(self, *parts: str) -> str:
        """The session key of these parts, 64 hex: derived again when asked again, stored nowhere."""
        message = "\x00".join(parts).encode()
        return hmac.new(self.ring.sessions, message, hashlib.sha256).hexdigest()

    def published(self) -> dict[str, object]:
        """The public half of the ring, as `/.well-known/millwright-keys.json` tells it."""
        return published(self.ring)


class WatchedKeys:
    """`ports.Keys` on the ring in a file, which is read again as soon as the file is another one.

    Each use looks, so a rotation needs no restart and no signal. A file that cannot be used is said in the log,
    and the ring of before goes on.
    """

    def __init__(self, path: Path) -> None:
        """Raises SettingsError where the file will not do."""
        self._path = path
        self._seen = _stamp(path)
        self._keys = SigningKeys(read_ring(path))

    def now(self) -> SigningKeys:
        """The keys of the ring as the file has it now."""
        stamp = _stamp(self._path)
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._keys = SigningKeys(read_ring(self._path))
                log.info("the key ring has changed: the active key is %s", self._keys.fingerprint)
            except SettingsError as error:
                log.error("the key ring has changed and is not used: %s", error)
        return self._keys

    @property
    def private(self) -> Ed25519PrivateKey:
        """The active key's private half, for sealing packs."""
        return self.now().private

    @property
    def fingerprint(self) -> str:
        """The active key's `SHA256:<hex>`."""
        return self.now().fingerprint

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand anywhere else, as hex."""
        return self.now().secrets

    def sign(self, payload: bytes, payload_type: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A DSSE envelope signed by each key that signs, and these keys in base64, the active one first."""
        return self.now().sign(payload, payload_type)

    def session(self, *parts: str) -> str:
        """The session key of these parts."""
        return self.now().session(*parts)

    def published(self) -> dict[str, object]:
        """The public half of the ring."""
        return self.now().published()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells one file from the one that replaced it; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
