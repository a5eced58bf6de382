"""The ring's file: for its owner only, replaced as a whole, and noticed by whoever uses it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.key_file import change_ring, make_ring, read_ring
from bot.adapters.keys import WatchedKeys
from bot.domain.ring import Ring, of_seed, rotated
from bot.domain.ring_text import read_ring as parsed
from bot.errors import SettingsError
from executors.protocol import dsse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def rotate(path: Path, seed: bytes = b"2" * 32) -> Ring:
    return change_ring(path, lambda ring: rotated(ring, seed, NOW))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "key"
    make_ring(file, NOW)
    return file


def test_a_ring_is_made_once_for_its_owner_only_and_never_replaced(path: Path) -> None:
    ring = read_ring(path)
    assert [(key.state, key.since) for key in ring.keys] == [("active", NOW)]
    assert path.stat().st_mode & 0o777 == 0o600
    make_ring(path, NOW)
    assert read_ring(path) == ring


def test_a_file_that_others_can_read_or_that_is_none_is_refused(path: Path) -> None:
    path.chmod(0o640)
    for use in (read_ring, rotate, WatchedKeys):
        with pytest.raises(SettingsError, match="chmod 600"):
            use(path)
    path.chmod(0o600)
    path.write_text("no hex")
    with pytest.raises(SettingsError, match="64 hex digits"):
        read_ring(path)
    path.unlink()
    for use in (read_ring, rotate, WatchedKeys):
        with pytest.raises(SettingsError, match="--init-key"):
            use(path)
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read_ring(path)


def test_a_bare_seed_still_opens_and_becomes_a_ring_by_its_first_rotation(path: Path) -> None:
    for seed in (("ab" * 32 + "\n").encode(), b"\xab" * 32):
        path.write_bytes(seed)
        assert read_ring(path) == of_seed(b"\xab" * 32)
    ring = rotate(path)
    assert read_ring(path) == ring
    assert [key.state for key in ring.keys] == ["active", "retiring"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_change_that_is_refused_leaves_the_file_alone(path: Path) -> None:
    before = path.read_bytes()

    def refuse(_ring: Ring) -> Ring:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change_ring(path, refuse)
    assert path.read_bytes() == before


def test_what_a_link_leads_to_is_replaced_and_not_the_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    ring = rotate(link)
    assert link.is_symlink()
    assert read_ring(path) == ring


def test_something_planted_beside_it_is_not_written_through(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.with_name("key.new").symlink_to(victim)
    ring = rotate(path)
    assert (victim.read_text(), read_ring(path)) == ("mine", ring)


def test_a_folder_that_takes_no_file_is_said(path: Path) -> None:
    (path.parent / "key.lock").unlink()
    (path.parent / "key.lock").mkdir()
    with pytest.raises(SettingsError, match="cannot write beside the key file"):
        rotate(path)


def test_the_ring_of_another_user_is_not_replaced(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can read another user's file")
    os.chown(path, 4711, -1)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="run this as that user"):
        rotate(path)
    assert path.read_bytes() == before


def test_rotations_at_the_same_time_lose_none(path: Path) -> None:
    seeds = [bytes([number]) * 32 for number in range(1, dsse.SIGNATURE_LIMIT)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seed: rotate(path, seed), seeds))
    assert {key.seed for key in read_ring(path).keys} > set(seeds)


def test_whoever_uses_the_ring_notices_that_it_was_rotated(path: Path) -> None:
    keys = WatchedKeys(path)
    before, session = keys.fingerprint, keys.session("case")
    ring = rotate(path)
    assert keys.fingerprint == ring.active.fingerprint != before
    assert len(keys.sign(b"{}", "kind")[1]) == 2
    assert keys.session("case") == session


def test_a_ring_that_became_unusable_is_said_once_and_the_one_before_goes_on(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = WatchedKeys(path)
    before = keys.fingerprint
    path.write_text("nonsense")
    with caplog.at_level(logging.ERROR):
        assert (keys.fingerprint, keys.fingerprint) == (before, before)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    path.unlink()
    assert keys.fingerprint == before


def test_a_rotation_that_is_killed_anywhere_leaves_the_ring_of_before_or_of_after(path: Path) -> None:
    """The child kills itself before each line in turn of the module that writes."""
    before = read_ring(path)
    child = [sys.executable, "-m", "tests.bot.keys.killed", str(path)]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found[-1]["ended"] == 0, "the last one was left alone"
    assert {one["ended"] for one in found[:-1]} == {9}
    rings = [parsed(one["file"].encode()) for one in found]
    assert {ring.sessions for ring in rings} == {before.sessions}
    kept = [ring for ring in rings if ring == before]
    after = [ring for ring in rings if ring != before]
    assert {tuple(key.state for key in ring.keys) for ring in after} == {("active", "retiring")}
    assert len(kept) > 10
    assert len(after) > 1
    assert any(one["beside"] for one in found), "some were killed while the new file was there"
    assert not found[-1]["beside"]
    assert {one["mode"] for one in found} == {0o600}
