"""What a rotation makes of a ring, and what its file may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.keys import SigningKeys
from bot.domain.published_keys import judge, published, read_published
from bot.domain.ring import Ring, compromised, fresh, of_seed, retired, rotated
from bot.domain.ring_text import read_ring, written
from executors.errors import ProtocolError
from executors.protocol import dsse
from executors.protocol.canonical import canonical

NOW = datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))
SECRET, OTHER = b"s" * 32, b"o" * 32


def overlapping() -> Ring:
    """A ring in the middle of a rotation."""
    return rotated(fresh(FIRST, SECRET, NOW), SECOND, NOW + HOUR)


def name(seed: bytes) -> str:
    return of_seed(seed).active.fingerprint


def test_a_rotation_makes_a_new_active_key_and_the_former_one_goes_on_signing_specs() -> None:
    ring = overlapping()
    assert [(key.fingerprint, key.state) for key in ring.keys] == [
        (name(SECOND), "active"),
        (name(FIRST), "retiring"),
    ]
    assert ring.active.since == (NOW + HOUR).replace(microsecond=0)
    envelope, public = SigningKeys(ring).sign(b"{}", "kind")
    assert [one["keyid"] for one in envelope["signatures"]] == [name(SECOND), name(FIRST)]
    for pin in (name(FIRST), name(SECOND)):
        assert dsse.verify_pinned(envelope, public, [pin], "kind") == b"{}"


def test_a_retired_key_signs_nothing_and_its_private_half_is_gone() -> None:
    ring = retired(overlapping(), name(FIRST), NOW + 2 * HOUR)
    envelope, public = SigningKeys(ring).sign(b"{}", "kind")
    assert [one["keyid"] for one in envelope["signatures"]] == [name(SECOND)]
    with pytest.raises(ProtocolError, match="none is pinned"):
        dsse.verify_pinned(envelope, public, [name(FIRST)], "kind")
    old = ring.key(name(FIRST))
    assert (old.state, old.seed, old.until) == ("retired", None, (NOW + 2 * HOUR).replace(microsecond=0))
    assert FIRST.hex() not in written(ring)
    assert SigningKeys(ring).secrets == (SECOND.hex(), SECRET.hex())


def test_session_keys_outlive_a_rotation_and_not_a_theft() -> None:
    before, during = fresh(FIRST, SECRET, NOW), overlapping()
    asked = ("case", "leg", "nonce")
    assert SigningKeys(before).session(*asked) == SigningKeys(during).session(*asked)
    ended = retired(during, name(FIRST), NOW + 2 * HOUR)
    assert SigningKeys(ended).session(*asked) == SigningKeys(during).session(*asked)
    stolen = compromised(during, name(FIRST), NOW + 2 * HOUR, OTHER)
    assert SigningKeys(stolen).session(*asked) != SigningKeys(during).session(*asked)


def test_the_session_keys_of_a_bare_seed_outlive_its_becoming_a_ring() -> None:
    bare = read_ring(FIRST.hex().encode() + b"\n")
    ring = read_ring(written(rotated(bare, SECOND, NOW)).encode())
    assert SigningKeys(ring).session("x") == SigningKeys(bare).session("x")
    assert ring.key(name(FIRST)).since is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda ring: retired(ring, name(SECOND), NOW + 2 * HOUR), "the active key"),
        (lambda ring: compromised(ring, name(SECOND), NOW + 2 * HOUR, OTHER), "the active key"),
        (lambda ring: retired(ring, name(THIRD), NOW + 2 * HOUR), "has no key"),
        (lambda ring: retired(ring, name(FIRST), NOW), "clock"),
        (lambda ring: rotated(ring, THIRD, NOW), "clock"),
        (lambda ring: rotated(ring, FIRST, NOW + 2 * HOUR), "already has"),
        (lambda ring: retired(retired(ring, name(FIRST), NOW + HOUR), name(FIRST), NOW + HOUR), "retired already"),
    ],
)
def test_what_would_spoil_the_ring_is_refused(change: Callable[[Ring], Ring], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        change(overlapping())


def test_no_more_keys_sign_than_an_envelope_holds() -> None:
    ring = fresh(FIRST, SECRET, NOW)
    for number in range(10, 10 + dsse.SIGNATURE_LIMIT - 1):
        ring = rotated(ring, bytes([number]) * 32, NOW)
    SigningKeys(ring).sign(b"{}", "kind")
    with pytest.raises(ValueError, match="retire one"):
        rotated(ring, SECOND, NOW)


def test_a_ring_of_every_state_comes_back_from_its_file() -> None:
    ring = rotated(overlapping(), THIRD, NOW + 2 * HOUR)
    ring = compromised(ring, name(FIRST), NOW + 3 * HOUR, OTHER)
    assert read_ring(written(ring).encode()) == ring
    ring = retired(ring, name(SECOND), NOW + 4 * HOUR)
    assert read_ring(written(ring).encode()) == ring


def spoil(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        spoil("version", to=2),
        spoil("sessions", to="00"),
        spoil("surprise", to=1),
        spoil("keys", to=[]),
        spoil("keys", 0, "state", to="retiring"),
        spoil("keys", 1, "state", to="active"),
        spoil("keys", 1, "state", to="retired"),
        spoil("keys", 1, "seed", to=None),
        spoil("keys", 1, "seed", to=THIRD.hex()),
        spoil("keys", 1, "keyid", to=name(THIRD)),
        spoil("keys", 1, "from", to="yesterday"),
        spoil("keys", 1, "from", to="2026-02-30T00:00:00Z"),
        spoil("keys", 1, "compromised", to="2026-03-02T09:00:00Z"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_and_no_secret_is_told(change: Callable[[Any], None]) -> None:
    value = json.loads(written(overlapping()))
    change(value)
    with pytest.raises(ProtocolError) as refused:
        read_ring(json.dumps(value).encode())
    assert not [seed for seed in (FIRST, SECOND, THIRD, SECRET) if seed.hex() in str(refused.value)]


@pytest.mark.parametrize("data", [b"", b"no hex", b"ab" * 31, b"{", b"[]", b"\xff" * 40])
def test_what_is_neither_ring_nor_seed_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_ring(data)


def test_raw_bytes_are_a_seed_whatever_they_begin_with() -> None:
    assert read_ring(b"{" + FIRST[1:]).active.seed == b"{" + FIRST[1:]


def test_what_is_published_names_every_key_and_no_secret() -> None:
    ring = compromised(overlapping(), name(FIRST), NOW + 2 * HOUR, OTHER)
    text = canonical(published(ring))
    assert [key["state"] for key in json.loads(text)["keys"]] == ["active", "compromised"]
    assert json.loads(text)["keys"][1] == {
        "keyid": name(FIRST),
        "algorithm": "ed25519",
        "public_key": dsse.public_b64(SigningKeys(fresh(FIRST, SECRET, NOW)).private),
        "state": "compromised",
        "from": "2026-03-02T09:00:00Z",
        "until": "2026-03-02T11:00:00Z",
        "compromised": "2026-03-02T11:00:00Z",
    }
    assert not [secret for secret in SigningKeys(overlapping()).secrets if secret.encode() in text]


@pytest.mark.parametrize(
    ("sealed", "verdict"),
    [
        ("2026-03-02T08:59:59Z", "refused"),
        ("2026-03-02T09:00:00Z", "authentic"),
        ("2026-03-02T11:00:00Z", "authentic"),
        ("2026-03-02T11:00:01Z", "refused"),
        ("2026-03-02", "refused"),
        ("soon", "refused"),
    ],
)
def test_a_pack_must_lie_in_the_time_of_its_key(sealed: str, verdict: str) -> None:
    ring = retired(overlapping(), name(FIRST), NOW + 2 * HOUR)
    keys = read_published(canonical(published(ring)))
    assert judge(keys, name(FIRST), sealed).verdict == verdict


def test_a_key_of_before_the_ring_vouches_from_the_beginning() -> None:
    keys = read_published(canonical(published(of_seed(FIRST))))
    assert judge(keys, name(FIRST), "2020-01-01T00:00:00Z").verdict == "authentic"
    assert judge(keys, name(SECOND), "2020-01-01T00:00:00Z").verdict == "refused"
