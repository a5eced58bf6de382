"""The verifier's own Ed25519 against RFC 8032's vectors and against `cryptography`."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.evidence.verify import L, P, ed25519_verify

# RFC 8032, section 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]

# Every point of order 1, 2, 4 or 8, and encodings of some of them that are not canonical.
SMALL_ORDER = [
    (1).to_bytes(32, "little"),
    (P - 1).to_bytes(32, "little"),
    (0).to_bytes(32, "little"),
    (1 << 255).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    P.to_bytes(32, "little"),
    (P + 1).to_bytes(32, "little"),
    (1 | 1 << 255).to_bytes(32, "little"),
]


def accepted(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_are_valid_and_any_change_makes_them_invalid(
    secret: str, public: str, message: str, signature: str
) -> None:
    raw, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert key.public_key().public_bytes_raw() == raw
    assert key.sign(text) == signed
    assert ed25519_verify(raw, signed, text)
    assert not ed25519_verify(raw, signed, text + b"\0")
    assert not any(ed25519_verify(raw, _flipped(signed, bit), text) for bit in range(0, 512, 37))


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 767))
def test_it_agrees_with_cryptography_on_good_and_on_damaged_signatures(
    secret: bytes, message: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert ed25519_verify(public, signature, message)
    both = _flipped(public + signature, bit)
    assert ed25519_verify(both[:32], both[32:], message) == accepted(both[:32], both[32:], message)


def test_a_signature_with_the_group_order_added_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
    signature = key.sign(b"message")
    larger = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not ed25519_verify(key.public_key().public_bytes_raw(), signature[:32] + larger, b"message")


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_point_of_small_order_is_neither_a_key_nor_a_commitment(point: bytes) -> None:
    # With such a key the all-zero S signs every message that the cofactor lets through.
    assert not any(ed25519_verify(point, other + bytes(32), b"any") for other in SMALL_ORDER)
    key = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
    assert not ed25519_verify(key.public_key().public_bytes_raw(), point + key.sign(b"any")[32:], b"any")


@pytest.mark.parametrize(("public", "signature"), [(b"", b""), (b"x" * 31, b"x" * 64), (b"x" * 32, b"x" * 63)])
def test_a_wrong_length_is_invalid_and_no_error(public: bytes, signature: bytes) -> None:
    assert not ed25519_verify(public, signature, b"")


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
