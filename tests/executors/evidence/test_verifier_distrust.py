"""A right signature over wrong records: the verifier checks what the signer says too, one record at a time."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.seal import PAYLOAD_TYPE
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse
from templates.evidence import verify

Files = dict[str, bytes]
Change = Callable[[Files, dict[str, Any]], None]


def listed(files: Files) -> list[dict[str, Any]]:
    names = sorted(set(files) - {"manifest.json", "manifest.dsse.json"})
    return [{"path": n, "sha256": hashlib.sha256(files[n]).hexdigest(), "size": len(files[n])} for n in names]


def resealed(path: Path, key: Ed25519PrivateKey, change: Change) -> tuple[str, ...]:
    """Change files and manifest, make every checksum and the signature right again, and return the faults."""
    files = dict(verify._entries(path))
    manifest = parse(files["manifest.json"])
    change(files, manifest)
    lines = [f"{e['sha256']}  {e['path']}\n" for e in listed(files) if e["path"] != "verification_checksums.txt"]
    files.setdefault("verification_checksums.txt", b"")
    if not manifest.pop("keep checksums", False):
        files["verification_checksums.txt"] = "".join(lines).encode()
    manifest["files"] = listed(files) + manifest.pop("more files", [])
    files["manifest.json"] = canonical(manifest)
    files["manifest.dsse.json"] = canonical(dsse.sign(files["manifest.json"], PAYLOAD_TYPE, key))
    path.write_bytes(verify._container(list(files.items())))
    return verify.verify_pack(path, manifest["key"]["fingerprint"]).faults


def test_a_pack_made_right_again_is_authentic(pack_path: Path, key: Ed25519PrivateKey) -> None:
    assert resealed(pack_path, key, lambda _files, manifest: manifest.update(outcome="failed")) == ()


def drop_an_event(files: Files, manifest: dict[str, Any]) -> None:
    lines = files["audit_events.jsonl"].splitlines(keepends=True)
    files["audit_events.jsonl"] = b"".join(lines[:2] + lines[3:])
    manifest["ledger"]["count"] -= 1


def cut_the_end_of_the_ledger(files: Files, _manifest: dict[str, Any]) -> None:
    lines = files["audit_events.jsonl"].splitlines(keepends=True)
    files["audit_events.jsonl"] = b"".join(lines[:-1])


def cut_within_a_line(files: Files, _manifest: dict[str, Any]) -> None:
    files["audit_events.jsonl"] = files["audit_events.jsonl"][:-1]


def tell_a_key_twice(files: Files, manifest: dict[str, Any]) -> None:
    line = files["audit_events.jsonl"].splitlines()[-1].replace(b'{"actor"', b'{"actor":{},"actor"', 1)
    files["audit_events.jsonl"] = b"\n".join([*files["audit_events.jsonl"].splitlines()[:-1], line, b""])
    manifest["ledger"]["head"] = hashlib.sha256(line).hexdigest()


def swap_the_plan(files: Files, _manifest: dict[str, Any]) -> None:
    files["plan.json"] = files["plan.json"].replace(b"Acme", b"Evil")


def show_another_token(_files: Files, manifest: dict[str, Any]) -> None:
    manifest["plan"]["token"] = "v1-" + "0" * 12


def lose_a_journal_entry(files: Files, _manifest: dict[str, Any]) -> None:
    files["journals/main.jsonl"] = b"".join(files["journals/main.jsonl"].splitlines(keepends=True)[:-1])


def add_a_journal(files: Files, _manifest: dict[str, Any]) -> None:
    files["journals/other.jsonl"] = b"{}\n"


def let_the_checksums_lie(files: Files, manifest: dict[str, Any]) -> None:
    manifest["keep checksums"] = True
    files["verification_checksums.txt"] = files["verification_checksums.txt"].replace(b"0", b"1", 1)


def name_a_file_twice(files: Files, manifest: dict[str, Any]) -> None:
    manifest["more files"] = [{"path": "plan.json", "sha256": "0" * 64, "size": len(files["plan.json"])}]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (drop_an_event, "the chain breaks at line 3"),
        (cut_the_end_of_the_ledger, "audit_events.jsonl: not the 6 events"),
        (cut_within_a_line, "the last line is cut off"),
        (tell_a_key_twice, "a key stands twice"),
        (swap_the_plan, "plan.json: not the plan"),
        (show_another_token, "plan.json: not the plan"),
        (lose_a_journal_entry, "journals/main.jsonl: not the 12 entries"),
        (add_a_journal, "journals/: not the journals"),
        (let_the_checksums_lie, "verification_checksums.txt: does not say"),
        (name_a_file_twice, "plan.json: changed"),
    ],
)
def test_a_signed_pack_whose_records_disagree_is_tampered(
    change: Change, fault: str, pack_path: Path, key: Ed25519PrivateKey
) -> None:
    assert fault in "; ".join(resealed(pack_path, key, change))


def test_an_old_signature_under_a_new_manifest_does_not_fit(pack_path: Path, fingerprint: str) -> None:
    files = dict(verify._entries(pack_path))
    files["manifest.json"] = files["manifest.json"].replace(b'"completed"', b'"cancelled"')
    envelope = parse(files["manifest.dsse.json"])
    envelope["payload"] = base64.b64encode(files["manifest.json"]).decode()
    files["manifest.dsse.json"] = canonical(envelope)
    pack_path.write_bytes(verify._container(list(files.items())))
    assert verify.verify_pack(pack_path, fingerprint).faults == ("manifest.dsse.json: the signature does not fit",)


def test_a_manifest_that_names_one_key_and_is_signed_by_another_is_tampered(
    pack_path: Path, fingerprint: str
) -> None:
    faults = resealed(pack_path, Ed25519PrivateKey.from_private_bytes(b"z" * 32), lambda _files, _manifest: None)
    assert faults == ("manifest.dsse.json: not an envelope of this kind and key",)
