"""A payload in an envelope says who signed it and as what: DSSE v1 with Ed25519, and nothing else.

The key id is the fingerprint, `SHA256:` + the hex SHA-256 of the raw 32-byte public key. An envelope does not
carry its key. Either the reader knows the keys (`verify`), or the key travels beside the envelope and a
fingerprint that was pinned elsewhere vouches for it (`verify_pinned`).
Source: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable
from typing import TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from executors.errors import ProtocolError

SIGNATURE_LIMIT = 8


class Signature(TypedDict):
    """One signature: the signer's fingerprint (a hint only) and the signature in standard base64."""

    keyid: str
    sig: str


class Envelope(TypedDict):
    """A DSSE envelope as it stands in JSON; `payload` is standard base64."""

    payload: str
    payloadType: str
    signatures: list[Signature]


def fingerprint(public_raw: bytes) -> str:
    """Return `SHA256:<64 hex>` of a raw 32-byte Ed25519 public key; ProtocolError for another length."""
    if len(public_raw) != 32:
        raise ProtocolError(f"public key: {len(public_raw)} bytes instead of 32")
    return "SHA256:" + hashlib.sha256(public_raw).hexdigest()


def public_raw(key: Ed25519PrivateKey) -> bytes:
    """Return the raw 32 bytes of the public half of `key`."""
    return key.public_key().public_bytes_raw()


def public_b64(key: Ed25519PrivateKey) -> str:
    """Return the public half of `key` as it travels beside an envelope: base64 of the raw 32 bytes."""
    return base64.b64encode(public_raw(key)).decode()


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding, the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> Envelope:
    """Return the envelope of `payload`, signed once; the same input gives the same envelope (RFC 8032)."""
    signature = key.sign(pae(payload_type, payload))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": fingerprint(public_raw(key)), "sig": base64.b64encode(signature).decode()}],
    }


def verify(envelope: object, keys: Iterable[bytes], payload_type: str) -> bytes:
    """Return the payload if one of the raw public `keys` signed it as `payload_type`; else ProtocolError.

    `envelope` may be anything that came out of JSON. The key ids in it are hints and decide nothing.
    """
    payload, signatures = _open(envelope, payload_type)
    message = pae(payload_type, payload)
    trusted = list(keys)
    if any(_signed(key, signature, message) for signature in signatures for key in trusted):
        return payload
    raise ProtocolError("envelope: no trusted key signed it")


def verify_pinned(envelope: object, key_b64: object, pinned: Collection[str], payload_type: str) -> bytes:
    """Return the payload if the key that travels beside the envelope has a pinned fingerprint and signed it.

    Raises ProtocolError naming the fingerprint found when it is none of `pinned`.
    """
    key = _decode(key_b64, "public key")
    found = fingerprint(key)
    if found not in pinned:
        raise ProtocolError(f"envelope: its key {found} is not the pinned one")
    return verify(envelope, [key], payload_type)


def _open(envelope: object, payload_type: str) -> tuple[bytes, list[bytes]]:
    """Return payload and signatures of a well-formed envelope of the expected type."""
    if not isinstance(envelope, dict) or set(envelope) != {"payload", "payloadType", "signatures"}:
        raise ProtocolError("envelope: wants payload, payloadType and signatures, and nothing else")
    if envelope["payloadType"] != payload_type:
        raise ProtocolError(f"envelope: not of type {payload_type}")
    entries = envelope["signatures"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= SIGNATURE_LIMIT:
        raise ProtocolError(f"envelope: wants 1 to {SIGNATURE_LIMIT} signatures")
    if not all(isinstance(entry, dict) and set(entry) == {"keyid", "sig"} for entry in entries):
        raise ProtocolError("envelope: a signature is keyid and sig, and nothing else")
    return _decode(envelope["payload"], "payload"), [_decode(entry["sig"], "signature") for entry in entries]


def _signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(text: object, what: str) -> bytes:
    """Return the bytes of strict standard base64: one byte string, one spelling."""
    if not isinstance(text, str):
        raise ProtocolError(f"{what}: not a string")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError(f"{what}: not base64") from error
    if base64.b64encode(data).decode() != text:
        raise ProtocolError(f"{what}: not canonical base64")
    return data
