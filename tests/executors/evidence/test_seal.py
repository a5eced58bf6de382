"""Sealing: the brief's layout, the same bytes each time, and refusals instead of half a pack."""

import dataclasses
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.evidence.pack import Pack
from executors.evidence.seal import PAYLOAD_TYPE, seal
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse
from templates.evidence import verify
from tests.executors.evidence.conftest import packed, packed_erp

HOUSE = Path(__file__).parents[3]
MakePack = Callable[..., Pack]


def opened(sealed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_pack_has_the_layout_of_the_brief_with_the_manifest_first(sealed: bytes) -> None:
    names = list(opened(sealed))
    assert names[:2] == ["manifest.json", "manifest.dsse.json"]
    assert names[2:] == sorted(names[2:])
    assert set(names) >= {
        "README.txt",
        "approvals.json",
        "audit_events.jsonl",
        "cost.json",
        "index.html",
        "journals/main.jsonl",
        "plan.json",
        "risk_assessment.html",
        "risk_assessment.json",
        "steps/step_1_website/generated_files/index.html",
        "steps/step_1_website/logs.txt",
        "steps/step_2_deploy/logs.txt",
        "verification_checksums.txt",
        "verify.py",
    }


def test_the_same_pack_in_another_order_and_time_zone_gives_the_same_bytes(
    make_pack: MakePack, key: Ed25519PrivateKey, now: datetime, sealed: bytes
) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=9)))
    turned = {step: dict(reversed(list(files.items()))) for step, files in make_pack().files.items()}
    assert seal(make_pack(files=turned), key, elsewhere) == sealed


SEALING = """
import sys
from executors.evidence.seal import seal
from tests.executors.evidence.conftest import KEY, NOW, packed, packed_erp
sys.stdout.buffer.write(seal({made}(), KEY, NOW))
sys.stderr.write(sys.modules["executors"].__file__)
"""
ELSEWHERE: dict[str, dict[str, str]] = {
    "east": {"TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "HOME": "/nonexistent"},
    "west": {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0",
             "PYTHONCOERCECLOCALE": "0", "SOURCE_DATE_EPOCH": "1", "LANG": "tr_TR.ISO-8859-9"},
}  # fmt: skip


@pytest.mark.parametrize("place", ELSEWHERE)
@pytest.mark.parametrize("made", [packed, packed_erp])
def test_another_process_in_another_folder_and_locale_seals_the_same_bytes(
    made: MakePack, place: str, key: Ed25519PrivateKey, now: datetime, tmp_path: Path
) -> None:
    house = tmp_path / place
    for room in ("executors", "templates", "tests/executors/evidence"):
        shutil.copytree(HOUSE / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("tests", "tests/executors"):
        shutil.copy(HOUSE / package / "__init__.py", house / package)
    done = subprocess.run(
        [sys.executable, "-c", SEALING.format(made=made.__name__)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(house), **ELSEWHERE[place]},
        check=True,
        capture_output=True,
        umask=0o077,
    )
    assert str(house) in done.stderr.decode(), "the code of another folder was used"
    assert done.stdout == seal(made(), key, now)


def test_python_s_zip_writer_and_the_verifier_s_agree_on_the_container(sealed: bytes) -> None:
    assert verify._container(list(opened(sealed).items())) == sealed


def test_the_plan_file_s_checksum_is_the_digest_that_people_approved(sealed: bytes, make_pack: MakePack) -> None:
    files = opened(sealed)
    assert hashlib.sha256(files["plan.json"]).hexdigest() == make_pack().plan.digest
    assert json.loads(files["approvals.json"])[0]["digest"] == make_pack().plan.digest


def test_the_manifest_is_signed_and_names_every_file(sealed: bytes, fingerprint: str) -> None:
    files = opened(sealed)
    manifest = parse(files["manifest.json"])
    payload = dsse.verify_pinned(
        parse(files["manifest.dsse.json"]), [manifest["key"]["public"]], {fingerprint}, PAYLOAD_TYPE
    )
    assert payload == files["manifest.json"] == canonical(manifest)
    told = {entry["path"]: (entry["sha256"], entry["size"]) for entry in manifest["files"]}
    assert told == {
        name: (hashlib.sha256(data).hexdigest(), len(data))
        for name, data in files.items()
        if not name.startswith("manifest.")
    }


def test_ledger_and_journals_are_the_stored_bytes(sealed: bytes, make_pack: MakePack) -> None:
    files, pack = opened(sealed), make_pack()
    assert files["audit_events.jsonl"].splitlines() == list(pack.ledger)
    assert files["journals/main.jsonl"].splitlines() == list(pack.journals["main"])
    ledger = parse(files["manifest.json"])["ledger"]
    assert (ledger["count"], ledger["head"]) == (6, hashlib.sha256(pack.ledger[-1]).hexdigest())


def test_sha256sum_accepts_the_checksums(pack_path: Path) -> None:
    folder = pack_path.with_suffix("")
    with zipfile.ZipFile(pack_path) as archive:
        archive.extractall(folder)
    command = ["sha256sum", "--strict", "--quiet", "-c", "verification_checksums.txt"]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0


def test_a_verifier_inside_the_pack_is_the_one_that_we_ship(
    pack_path: Path, sealed: bytes, tmp_path: Path
) -> None:
    inside = tmp_path / "verify.py"
    inside.write_bytes(opened(sealed)["verify.py"])
    done = subprocess.run([sys.executable, "-I", str(inside), str(pack_path)], check=False, capture_output=True)
    assert done.returncode == 3


@pytest.mark.parametrize("damage", ["missing line", "changed line", "no line", "line end inside"])
def test_a_broken_ledger_is_not_sealed(
    damage: str, make_pack: MakePack, key: Ed25519PrivateKey, now: datetime
) -> None:
    lines = make_pack().ledger
    changed = {
        "missing line": lines[:2] + lines[3:],
        "changed line": (lines[0].replace(b"olga", b"otto"), *lines[1:]),
        "no line": (),
        "line end inside": (*lines[:-1], lines[-1].replace(b"{", b"{\n", 1)),
    }[damage]
    with pytest.raises(ProtocolError, match=r"ledger|line"):
        seal(make_pack(ledger=changed), key, now)


@pytest.mark.parametrize("path", ["../plan.json", "/etc/passwd", "a\\b", "a/../b", "CON", "a\0b", ""])
def test_an_unsafe_path_is_not_sealed(
    path: str, make_pack: MakePack, key: Ed25519PrivateKey, now: datetime
) -> None:
    with pytest.raises(ProtocolError, match="evidence pack"):
        seal(make_pack(files={"website": {path: b"x"}}), key, now)


def test_two_files_that_are_one_on_some_systems_are_not_sealed(
    make_pack: MakePack, key: Ed25519PrivateKey, now: datetime
) -> None:
    with pytest.raises(ProtocolError, match="case does not count"):
        seal(make_pack(files={"website": {"Index.html": b"x", "index.html": b"y"}}), key, now)


def test_files_of_a_step_that_the_plan_does_not_have_are_refused(
    make_pack: MakePack, key: Ed25519PrivateKey, now: datetime
) -> None:
    with pytest.raises(ProtocolError, match="no step 'odoo'"):
        seal(make_pack(files={"odoo": {"x": b"x"}}), key, now)


def test_the_chain_holds_although_personal_data_was_erased(
    make_pack: MakePack, key: Ed25519PrivateKey, now: datetime, tmp_path: Path, fingerprint: str
) -> None:
    # T52: the ledger holds digests of blobs; without any of the blobs' files the pack is still authentic.
    path = tmp_path / "erased.zip"
    path.write_bytes(seal(dataclasses.replace(make_pack(), files={}), key, now))
    assert verify.verify_pack(path, fingerprint).name == verify.AUTHENTIC
