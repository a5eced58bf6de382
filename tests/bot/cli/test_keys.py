"""`millwright keys`, and what `workflow` and `verify` take from the published keys."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.key_file import make_ring, read_ring
from bot.adapters.keys import SigningKeys
from bot.domain.ring import of_seed
from tests.bot.cli.conftest import POLICY, Millwright, Said

ACTIONS = "millwright-dev/millwright@" + "b" * 40
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bot's key file, named by the environment as for the bot itself."""
    path = tmp_path / "millwright.key"
    make_ring(path, START)
    monkeypatch.setenv("MILLWRIGHT_KEY_FILE", str(path))
    return path


def names(path: Path, state: str) -> list[str]:
    return [key.fingerprint for key in read_ring(path).keys if key.state == state]


def test_a_ring_is_listed_with_what_each_key_is_needed_for(millwright: Millwright, ring: Path) -> None:
    said = millwright("keys", "list")
    assert said.code == 0
    assert said.out.splitlines() == [
        f"active      {names(ring, 'active')[0]}",
        "            from 2026-01-01T00:00:00Z; seals evidence packs and signs specs",
    ]


def test_rotate_and_retire_say_what_comes_next_and_never_a_secret(millwright: Millwright, ring: Path) -> None:
    [first] = names(ring, "active")
    secrets = set(SigningKeys(read_ring(ring)).secrets)
    rotated = millwright("keys", "rotate")
    [second] = names(ring, "active")
    secrets |= set(SigningKeys(read_ring(ring)).secrets)
    assert (rotated.code, rotated.err, names(ring, "retiring")) == (0, "", [first])
    assert f"millwright workflow POLICY --key {second}" in rotated.out
    assert f"millwright keys retire {first} --workflow FILE" in rotated.out

    retired = millwright("keys", "retire", first)
    assert (retired.code, names(ring, "retired")) == (0, [first])
    assert "does not know who pins it" in retired.out
    assert ring.stat().st_mode & 0o777 == 0o600
    said = [rotated, retired, millwright("keys", "list"), millwright("keys", "list", "--json")]
    assert len(secrets) == 3
    assert not [secret for secret in secrets for one in said if secret in one.out + one.err]


def test_a_program_reads_json_and_people_read_the_rest(millwright: Millwright, ring: Path) -> None:
    said = millwright("keys", "rotate", "--json")
    keys = json.loads(said.out)["keys"]
    assert [(key["state"], key["until"]) for key in keys] == [("active", None), ("retiring", None)]
    assert keys[1]["needed_for"].startswith("co-signs specs")
    assert "millwright keys retire" in said.err


def test_a_bare_seed_is_listed_and_rotated(millwright: Millwright, ring: Path) -> None:
    ring.write_text("ab" * 32)
    assert "from before the ring" in millwright("keys", "list").out
    assert millwright("keys", "rotate").code == 0
    assert names(ring, "retiring") == [of_seed(b"\xab" * 32).active.fingerprint]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("retire", "ACTIVE"), "rotate` first"),
        (("retire", "ACTIVE", "--compromised"), "rotate` first"),
        (("retire", "SHA256:" + "0" * 64), "has no key"),
        (("retire", "RETIRING", "--workflow", "none.yml"), "cannot read none.yml"),
        (("retire", "RETIRING", "--workflow", "odd.yml"), "names no MILLWRIGHT_KEY"),
        (("retire", "RETIRING", "--workflow", "broken.yml"), "MILLWRIGHT_KEY wants 1 to 8 fingerprints"),
        (("list", "--file", "nowhere"), "serve --init-key"),
        (("rotate", "--file", "odd.yml"), "chmod 600"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    millwright: Millwright, ring: Path, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    millwright("keys", "rotate")
    (tmp_path / "odd.yml").write_text("jobs: {}\n")
    (tmp_path / "odd.yml").chmod(0o644)
    (tmp_path / "broken.yml").write_text("MILLWRIGHT_KEY: main\n")
    known = {"ACTIVE": names(ring, "active")[0], "RETIRING": names(ring, "retiring")[0]}
    before = ring.read_bytes()
    said = millwright("keys", *(known.get(one, one) for one in arguments))
    assert (said.code, said.out) == (2, "")
    assert why in said.err
    assert ring.read_bytes() == before


def workflow(millwright: Millwright, tmp_path: Path, *pins: str) -> tuple[str, Said]:
    """The name of a workflow that was generated so, and what was said."""
    (tmp_path / "policy.yml").write_text(POLICY)
    asked = ("workflow", "policy.yml", "--url", "https://bot.example", "--actions", ACTIONS, "-o", "made.yml")
    return "made.yml", millwright(*asked, *pins)


def pinned(tmp_path: Path) -> set[str]:
    jobs: dict[str, Any] = yaml.safe_load((tmp_path / "made.yml").read_text())["jobs"]
    found = [job["env"]["MILLWRIGHT_KEY"] for job in jobs.values() if job.get("env")]
    assert len(found) > 1
    return set(found)


def test_a_key_that_a_workflow_pins_alone_is_not_retired(
    millwright: Millwright, ring: Path, tmp_path: Path
) -> None:
    millwright("keys", "rotate")
    [new], [old] = names(ring, "active"), names(ring, "retiring")
    file, _ = workflow(millwright, tmp_path, "--key", old)
    said = millwright("keys", "retire", old, "--workflow", file)
    assert (said.code, said.out) == (1, "")
    assert "made.yml: pins this key alone\nNothing was changed" in said.err
    assert names(ring, "retiring") == [old]

    file, _ = workflow(millwright, tmp_path, "--key", new, "--key", old)
    assert pinned(tmp_path) == {f"{new} {old}"}
    said = millwright("keys", "retire", old, "--workflow", file)
    assert (said.code, names(ring, "retired")) == (0, [old])
    assert "made.yml: pins this key too" in said.err
    assert "does not know" not in said.out


def test_a_stolen_key_is_retired_whoever_pins_it(millwright: Millwright, ring: Path, tmp_path: Path) -> None:
    millwright("keys", "rotate")
    [old], sessions = names(ring, "retiring"), read_ring(ring).sessions
    file, _ = workflow(millwright, tmp_path, "--key", old)
    said = millwright("keys", "retire", old, "--compromised", "--workflow", file)
    assert (said.code, names(ring, "compromised")) == (0, [old])
    assert "made.yml: pins this key alone" in said.err
    assert "generate all of these anew at once" in said.out
    assert "nothing: it is published so that nobody believes it" in said.out
    assert read_ring(ring).sessions != sessions


def test_a_workflow_pins_the_active_one_of_the_published_keys(
    millwright: Millwright, ring: Path, tmp_path: Path
) -> None:
    millwright("keys", "rotate")
    published = SigningKeys(read_ring(ring)).published()
    (tmp_path / "keys.json").write_text(json.dumps(published))
    assert workflow(millwright, tmp_path, "--keys", "keys.json")[1].code == 0
    assert pinned(tmp_path) == set(names(ring, "active"))


A, B = "SHA256:" + "a" * 64, "SHA256:" + "b" * 64


@pytest.mark.parametrize(
    "pins",
    [
        (A[:-1],),
        (A.upper(),),
        (A, A),
        (f"{A}  {B}",),
        (f"{A},{B}",),
        (f"{A} {B} ",),
        (f"{A}\n",),
        ("",),
        tuple(f"SHA256:{number:064}" for number in range(9)),
    ],
)
def test_pins_that_are_none_are_refused(millwright: Millwright, tmp_path: Path, pins: tuple[str, ...]) -> None:
    _, said = workflow(millwright, tmp_path, *(word for pin in pins for word in ("--key", pin)))
    assert said.code == 2
    assert "wants 1 to 8 fingerprints" in said.err
    assert not (tmp_path / "made.yml").exists()


def test_a_rotation_is_later_than_the_key_before(millwright: Millwright, ring: Path) -> None:
    """A clock that was set back would publish a time in which two keys, or none, vouch for packs."""
    ring.unlink()
    make_ring(ring, datetime.now(UTC) + timedelta(days=1))  # noqa: TID251 - a test is an edge
    before = ring.read_bytes()
    said = millwright("keys", "rotate")
    assert said.code == 2
    assert "clock" in said.err
    assert ring.read_bytes() == before


def test_the_secret_of_a_webhook_is_of_its_repository_and_address_and_outlives_a_rotation(
    millwright: Millwright, ring: Path
) -> None:
    url = "https://hooks.acme.example/x"
    said = millwright("keys", "webhook", "7", url)
    secret = said.out.strip()
    assert (said.code, len(base64.b64decode(secret.removeprefix("whsec_")))) == (0, 32)
    assert secret.startswith("whsec_")
    assert millwright("keys", "webhook", "8", url).out != said.out
    assert millwright("keys", "webhook", "7", f"{url}/").out != said.out
    assert not any(one in secret for one in SigningKeys(read_ring(ring)).secrets)
    assert millwright("keys", "rotate").code == 0
    assert json.loads(millwright("keys", "webhook", "7", url, "--json").out)["secret"] == secret
    [former] = names(ring, "retiring")
    assert millwright("keys", "retire", former, "--compromised").code == 0
    assert millwright("keys", "webhook", "7", url).out != said.out
