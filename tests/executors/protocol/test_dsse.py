"""Envelopes: who signed, as what, and nothing that merely looks like it."""

import base64
import copy
import subprocess
import sys
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.protocol import dsse

KIND = "application/vnd.millwright.spec.v1+json"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
RAW = dsse.public_raw(KEY)


def test_the_encoding_before_signing_is_the_example_of_the_specification() -> None:
    # https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors
    encoded = dsse.pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_the_payload_comes_back_for_its_key_and_type() -> None:
    assert dsse.verify(dsse.sign(b"{}", KIND, KEY), [dsse.public_raw(OTHER), RAW], KIND) == b"{}"


def test_the_same_payload_gives_the_same_envelope() -> None:
    assert dsse.sign(b"{}", KIND, KEY) == dsse.sign(b"{}", KIND, KEY)


def test_a_key_that_travels_along_is_believed_only_by_its_pinned_fingerprint() -> None:
    envelope, pinned = dsse.sign(b"{}", KIND, KEY), {dsse.fingerprint(RAW)}
    assert dsse.verify_pinned(envelope, [dsse.public_b64(KEY)], pinned, KIND) == b"{}"
    forged = dsse.sign(b"{}", KIND, OTHER)
    with pytest.raises(ProtocolError, match="none is pinned"):
        dsse.verify_pinned(forged, [dsse.public_b64(OTHER)], pinned, KIND)
    with pytest.raises(ProtocolError, match="no trusted key"):
        dsse.verify_pinned(forged, [dsse.public_b64(KEY)], pinned, KIND)


def test_an_envelope_of_several_keys_holds_for_each_of_them() -> None:
    envelope: Any = dsse.sign(b"{}", KIND, KEY, OTHER)
    beside = [dsse.public_b64(KEY), dsse.public_b64(OTHER)]
    for raw in (RAW, dsse.public_raw(OTHER)):
        assert dsse.verify_pinned(envelope, beside, [dsse.fingerprint(raw)], KIND) == b"{}"
    # A pinned key whose signature was taken away, and a pinned key that is not beside it.
    alone = envelope | {"signatures": envelope["signatures"][:1]}
    with pytest.raises(ProtocolError, match="no trusted key"):
        dsse.verify_pinned(alone, beside, [dsse.fingerprint(dsse.public_raw(OTHER))], KIND)
    with pytest.raises(ProtocolError, match="none is pinned"):
        dsse.verify_pinned(envelope, beside[:1], [dsse.fingerprint(dsse.public_raw(OTHER))], KIND)


@pytest.mark.parametrize("number", [0, dsse.SIGNATURE_LIMIT + 1])
def test_nobody_signs_with_no_key_or_too_many(number: int) -> None:
    with pytest.raises(ProtocolError, match="keys instead of 1 to 8"):
        dsse.sign(b"{}", KIND, *[KEY] * number)
    with pytest.raises(ProtocolError):
        dsse.verify_pinned(
            dsse.sign(b"{}", KIND, KEY), [dsse.public_b64(KEY)] * number, {dsse.fingerprint(RAW)}, KIND
        )


def test_a_key_id_that_lies_does_not_help() -> None:
    forged: Any = dsse.sign(b"{}", KIND, OTHER)
    forged["signatures"][0]["keyid"] = dsse.fingerprint(RAW)
    with pytest.raises(ProtocolError, match="no trusted key"):
        dsse.verify(forged, [RAW], KIND)


def test_a_signature_for_one_type_is_none_for_another() -> None:
    envelope: Any = dsse.sign(b"{}", "application/other", KEY)
    with pytest.raises(ProtocolError, match="not of type"):
        dsse.verify(envelope, [RAW], KIND)
    with pytest.raises(ProtocolError, match="no trusted key"):
        dsse.verify(envelope | {"payloadType": KIND}, [RAW], KIND)


def _changes() -> list[Any]:
    good: Any = dsse.sign(b"hello", KIND, KEY)
    deep = [copy.deepcopy(good) for _ in range(6)]
    deep[0]["payload"] = base64.b64encode(b"hellp").decode()
    deep[1]["signatures"] = []
    deep[2]["signatures"] *= 9
    deep[3]["signatures"][0]["sig"] = deep[3]["signatures"][0]["sig"][:-4]
    deep[4]["signatures"][0]["note"] = "x"
    # base64 with spare bits set decodes to the same bytes: a second spelling of one envelope.
    deep[5]["payload"] = "aGVsbG9="
    return [*deep, good | {"extra": 1}, {}, None, [good], "x", good | {"payload": 5}, good | {"payload": "a b="}]


@pytest.mark.parametrize("envelope", _changes())
def test_an_envelope_with_anything_changed_is_refused(envelope: Any) -> None:
    with pytest.raises(ProtocolError):
        dsse.verify(envelope, [RAW], KIND)


@pytest.mark.parametrize("key", [None, "", "AAAA", "%%%%", base64.b64encode(b"x" * 33).decode()])
def test_a_malformed_key_is_refused(key: Any) -> None:
    with pytest.raises(ProtocolError):
        dsse.verify_pinned(dsse.sign(b"{}", KIND, KEY), [key], {dsse.fingerprint(RAW)}, KIND)


def test_importing_envelopes_brings_in_no_heavy_library() -> None:
    heavy = "{'pydantic', 'jinja2', 'aiohttp', 'asyncio', 'ssl'} & set(sys.modules)"
    code = f"import sys; import executors.protocol.dsse, executors.protocol.canonical; sys.exit(len({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
