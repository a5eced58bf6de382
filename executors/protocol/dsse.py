"""A payload in an envelope says who signed it and as what: DSSE v1 with Ed25519, and nothing else.

The key id is the fingerprint, `SHA256:` + the hex SHA-256 of the raw 32-byte public key. An envelope does not
carry its keys. Either the reader knows them (`verify`), or they travel beside the envelope and a fingerprint that
was pinned elsewhere vouches for one of them (`verify_pinned`). While keys are rotated, several sign.
Source: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Iterable
from typing import TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from executors.errors import ProtocolError

SIGNATURE_LIMIT = 8
_PINS = re.compile(rf"SHA256:[0-9a-f]{{64}}( SHA256:[0-9a-f]{{64}}){{0,{SIGNATURE_LIMIT - 1}}}")


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


def raw_of(public_b64: object) -> bytes:
    """Return the raw 32 bytes of a public key in standard base64; ProtocolError where it is none."""
    raw = _decode(public_b64, "public key")
    fingerprint(raw)
    return raw


def pins(text: str) -> tuple[str, ...]:
    """Return the fingerprints that a workflow pins: one, or up to 8 with one space between, none of them twice.

    Raises ProtocolError for anything else.
    """
    found = tuple(text.split(" "))
    if not _PINS.fullmatch(text) or len(set(found)) != len(found):
        raise ProtocolError(f"wants 1 to {SIGNATURE_LIMIT} fingerprints (SHA256: and 64 hex), a space between")
    return found


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding, the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, *keys: Ed25519PrivateKey) -> Envelope:
    """Return the envelope of `payload`, signed once by each key in their order; ProtocolError for none or above 8.

    The same input gives the same envelope (RFC 8032).
    """
    if not 1 <= len(keys) <= SIGNATURE_LIMIT:
        raise ProtocolError(f"envelope: {len(keys)} keys instead of 1 to {SIGNATURE_LIMIT}")
    message = pae(payload_type, payload)
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [
            {"keyid": fingerprint(public_raw(key)), "sig": base64.b64encode(key.sign(message)).decode()}
            for key in keys
        ],
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


def verify_pinned(
    envelope: object, keys_b64: Collection[object], pinned: Collection[str], payload_type: str
) -> bytes:
    """Return the payload if one of the keys that travel beside the envelope is pinned and signed it.

    `keys_b64` are base64 of raw public keys; those that nobody pinned count for nothing. Raises ProtocolError that
    names the fingerprints found where none of them is one of `pinned`.
    """
    if len(keys_b64) > SIGNATURE_LIMIT:
        raise ProtocolError(f"envelope: more than {SIGNATURE_LIMIT} keys beside it")
    keys = {fingerprint(key): key for key in (_decode(text, "public key") for text in keys_b64)}
    trusted = [key for found, key in keys.items() if found in pinned]
    if not trusted:
        raise ProtocolError(f"envelope: of its keys ({', '.join(keys) or 'none'}) none is pinned here")
    return verify(envelope, trusted, payload_type)


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
