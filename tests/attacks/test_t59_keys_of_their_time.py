"""T59: a pack is believed for the key that sealed it, in that key's time, and for no key that others may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.published_keys import published
from bot.domain.ring import Ring, compromised, fresh, of_seed, retired, rotated
from executors.evidence.seal import seal
from tests.bot.cli.conftest import Millwright, Said, millwright
from tests.executors.evidence.conftest import packed

__all__ = ["millwright"]

FIRST, SECOND, MALLORYS = (bytes([number]) * 32 for number in (1, 2, 66))
JANUARY, MARCH, MAY, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 5, 7))


def name(seed: bytes) -> str:
    return of_seed(seed).active.fingerprint


OVERLAP = rotated(fresh(FIRST, b"s" * 32, JANUARY), SECOND, MARCH)
RETIRED = retired(OVERLAP, name(FIRST), MAY)
STOLEN = compromised(RETIRED, name(FIRST), JULY, b"t" * 32)


def verified(millwright: Millwright, folder: Path, seed: bytes, sealed: datetime, ring: Ring) -> Said:
    """What `millwright verify` says of a pack of that key and date, by what the bot publishes of the ring."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    (folder / "pack.zip").write_bytes(seal(packed(), key, sealed))
    (folder / "keys.json").write_text(json.dumps(published(ring)))
    return millwright("verify", "pack.zip", "--keys", "keys.json")


@pytest.mark.parametrize(
    ("seed", "sealed", "ring", "state"),
    [
        (SECOND, MARCH, OVERLAP, "active, from 2026-03-01T00:00:00Z"),
        (FIRST, MARCH, OVERLAP, "retiring, from 2026-01-01T00:00:00Z"),
        (FIRST, MARCH, RETIRED, "retired, from 2026-01-01T00:00:00Z until 2026-05-01T00:00:00Z"),
        (SECOND, JULY, STOLEN, "active"),
    ],
)
def test_a_pack_of_a_keys_own_time_stays_authentic(
    millwright: Millwright, tmp_path: Path, seed: bytes, sealed: datetime, ring: Ring, state: str
) -> None:
    said = verified(millwright, tmp_path, seed, sealed, ring)
    assert (said.code, said.out.splitlines()[0]) == (0, "AUTHENTIC")
    assert f"key       {state}" in said.out


def test_a_forged_pack_with_its_own_key_is_none_of_ours(millwright: Millwright, tmp_path: Path) -> None:
    said = verified(millwright, tmp_path, MALLORYS, MARCH, OVERLAP)
    assert (said.code, said.out.splitlines()[0]) == (1, "TAMPERED")
    assert f"signed by {name(MALLORYS)}, which is none of the published keys" in said.out


@pytest.mark.parametrize(
    ("seed", "sealed"),
    [(FIRST, MAY + timedelta(seconds=1)), (FIRST, JANUARY - timedelta(seconds=1)), (SECOND, JANUARY)],
)
def test_a_pack_sealed_outside_of_its_keys_time_is_refused(
    millwright: Millwright, tmp_path: Path, seed: bytes, sealed: datetime
) -> None:
    said = verified(millwright, tmp_path, seed, sealed, RETIRED)
    assert (said.code, said.out.splitlines()[0]) == (1, "TAMPERED")
    assert "outside of its key's time" in said.out


@pytest.mark.parametrize("sealed", [JANUARY, MARCH, JULY])
def test_a_compromised_key_vouches_for_nothing_whatever_date_a_pack_tells(
    millwright: Millwright, tmp_path: Path, sealed: datetime
) -> None:
    said = verified(millwright, tmp_path, FIRST, sealed, STOLEN)
    assert (said.code, said.out.splitlines()[0]) == (3, "SEALED BY A COMPROMISED KEY")
    assert "marked as compromised on 2026-07-01T00:00:00Z" in said.out


def test_what_differs_is_told_before_any_key_is_asked(millwright: Millwright, tmp_path: Path) -> None:
    verified(millwright, tmp_path, SECOND, MARCH, OVERLAP)
    data = bytearray((tmp_path / "pack.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "pack.zip").write_bytes(data)
    said = millwright("verify", "pack.zip", "--keys", "keys.json")
    assert (said.code, said.out.splitlines()[0]) == (1, "TAMPERED")


def key(number: int, **changes: Any) -> Any:
    def change(value: Any) -> None:
        value["keys"][number] |= changes

    return change


@pytest.mark.parametrize(
    "change",
    [
        key(1, keyid=name(MALLORYS)),
        key(1, public_key="AAAA"),
        key(1, algorithm="rsa"),
        key(1, state="trusted"),
        key(1, state="active"),
        key(0, state="retired"),
        key(1, compromised="2026-05-01T00:00:00Z"),
        key(1, until="2026-13-01T00:00:00Z"),
        key(1, until=5),
        key(1, note="x"),
        lambda value: value["keys"].append(value["keys"][0]),
        lambda value: value["keys"].clear(),
        lambda value: value.pop("keys"),
    ],
)
def test_published_keys_that_contradict_themselves_vouch_for_nothing(
    millwright: Millwright, tmp_path: Path, change: Any
) -> None:
    verified(millwright, tmp_path, SECOND, MARCH, OVERLAP)
    value = json.loads((tmp_path / "keys.json").read_text())
    change(value)
    (tmp_path / "keys.json").write_text(json.dumps(value))
    said = millwright("verify", "pack.zip", "--keys", "keys.json")
    assert (said.code, said.out) == (2, "")
    assert "keys.json is not what the bot publishes" in said.err


def test_one_thing_is_trusted_at_a_time(millwright: Millwright, tmp_path: Path) -> None:
    verified(millwright, tmp_path, SECOND, MARCH, OVERLAP)
    with pytest.raises(SystemExit) as ended:
        millwright("verify", "pack.zip", "--keys", "keys.json", "--key", name(SECOND))
    assert ended.value.code == 2
    assert "cannot read none.json" in millwright("verify", "pack.zip", "--keys", "none.json").err
