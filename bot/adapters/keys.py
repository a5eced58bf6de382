"""The bot's keys: an Ed25519 key that signs specs and evidence, and the secret behind session keys."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.protocol import dsse


class SigningKeys:
    """`ports.Keys` on a 32-byte Ed25519 seed (RFC 8032)."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._secret = hmac.new(seed, b"millwright session keys", hashlib.sha256).digest()

    @property
    def private(self) -> Ed25519PrivateKey:
        """The private key, for sealing packs."""
        return self._private

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return self._private.public_key().public_bytes(*raw)

    @property
    def fingerprint(self) -> str:
        """`SHA256:<hex>` of the raw public key."""
        return dsse.fingerprint(self.public)

    def sign(self, payload: bytes, payload_type: str) -> dict[str, Any]:
        """A DSSE envelope."""
        return dict(dsse.sign(payload, payload_type, self._private))

    def session(self, *parts: str) -> str:
        """The session key of these parts, 64 hex: derived again when asked again, stored nowhere."""
        message = "\x00".join(parts).encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
