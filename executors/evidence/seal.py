"""A pack becomes one signed ZIP: same pack, key and time, same bytes; with a secret in it, no ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files as resources
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.evidence import attest
from executors.evidence.archive import write_zip
from executors.evidence.leaks import SecretsFound, find_leaks
from executors.evidence.pack import Pack, step_folder
from executors.evidence.pages import index_page, risk_page
from executors.evidence.story import Story, tell
from executors.parts.paths import UnsafePath, safe_paths
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse

PAYLOAD_TYPE = "application/vnd.millwright.evidence.v1+json"
MANIFEST, SIGNATURE, CHECKSUMS = "manifest.json", "manifest.dsse.json", "verification_checksums.txt"
LEDGER = "audit_events.jsonl"


def seal(pack: Pack, key: Ed25519PrivateKey, now: datetime, secrets: Collection[str] = ()) -> bytes:
    """Return the evidence pack as a ZIP, its manifest signed by `key`; `now` is the time of sealing.

    `secrets` are values that must not be in it. Raises SecretsFound (where, never what) if one of them or
    anything that looks like a token is, and ProtocolError for a broken ledger, an unknown step, a look that its
    journal does not vouch for, an unsafe path, or a known secret too short to look for.
    """
    head = ledger_head(pack.ledger)
    signer = dsse.fingerprint(dsse.public_raw(key))
    created = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    story = tell(pack, created=created, head=head, signer=signer)
    files = (
        _records(pack) | _step_files(pack, story) | _pages(pack, story) | {attest.FILE: attest.attested(pack, key)}
    )
    if leaks := find_leaks(files, secrets):
        raise SecretsFound(leaks)
    listing = [_listed(path, files[path]) for path in sorted(files)]
    files[CHECKSUMS] = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in listing).encode()
    listing = sorted([*listing, _listed(CHECKSUMS, files[CHECKSUMS])], key=lambda entry: str(entry["path"]))
    manifest = canonical(
        _about(pack, created) | {"files": listing, "ledger": _ledger(pack, head), "key": _key(key, signer)}
    )
    files[MANIFEST] = manifest
    files[SIGNATURE] = canonical(dsse.sign(manifest, PAYLOAD_TYPE, key))
    _check_paths(files)
    return write_zip(files, [MANIFEST, SIGNATURE])


def ledger_head(lines: Collection[bytes]) -> str:
    """Return the hash of the last stored line; ProtocolError where the chain is empty or broken."""
    head = "0" * 64
    for number, line in enumerate(lines, 1):
        event = parse(line)
        if not isinstance(event, dict) or (event.get("n"), event.get("prev")) != (number, head):
            raise ProtocolError(f"evidence pack: the ledger's chain breaks at line {number}")
        head = hashlib.sha256(line).hexdigest()
    if not lines:
        raise ProtocolError("evidence pack: the ledger is empty")
    return head


def _records(pack: Pack) -> dict[str, bytes]:
    """Return what machines read: plan, ledger and journals as stored, decisions, risk, costs, logs of legs."""
    records: dict[str, bytes] = {
        "plan.json": canonical(pack.plan.to_json()),
        LEDGER: _lines(pack.ledger),
        "approvals.json": canonical([asdict(decision) for decision in pack.decisions]),
        "risk_assessment.json": canonical(pack.plan.risk.to_json()),
        "cost.json": canonical({"lines": [asdict(line) for line in pack.costs], "residue": pack.residue}),
    }
    records |= {f"legs/{leg}/{path}": data for leg, files in pack.legs.items() for path, data in files.items()}
    return records | {f"journals/{leg}.jsonl": _lines(lines) for leg, lines in pack.journals.items()}


def _step_files(pack: Pack, story: Story) -> dict[str, bytes]:
    """Return each step's files under its folder, with the log of what it did unless it brings its own."""
    placed = {
        f"{step.folder}/logs.txt": "".join(f"{line}\n" for line in step.log).encode() for step in story.steps
    }
    left_out = {f"{step.folder}/{name}" for step in story.steps for name in step.left_out}
    for step_id, files in pack.files.items():
        try:
            folder = step_folder(pack.plan, step_id)
        except KeyError:
            raise ProtocolError(f"evidence pack: the plan has no step {step_id!r}") from None
        placed |= {f"{folder}/{path}": data for path, data in files.items()}
    return {path: data for path, data in placed.items() if path not in left_out}


def _pages(pack: Pack, story: Story) -> dict[str, bytes]:
    """Return what people read, and the verifier."""
    from executors.evidence.report_pdf import risk_pdf  # takes a while to import, and only sealing needs it

    return {
        "risk_assessment.pdf": risk_pdf(story, pack.plan),
        "index.html": index_page(story).encode(),
        "risk_assessment.html": risk_page(story, pack.plan.risk).encode(),
        "README.txt": resources("templates").joinpath("evidence/README.txt").read_bytes(),
        "verify.py": resources("templates").joinpath("evidence/verify.py").read_bytes(),
    }


def _about(pack: Pack, created: str) -> dict[str, Any]:
    plan = pack.plan
    return {
        "schema": "millwright/evidence/v1",
        "case": pack.case,
        "repository": plan.repository,
        "created": created,
        "outcome": pack.outcome,
        "plan": {"version": plan.version, "digest": plan.digest, "token": plan.token},
        "journals": [
            {"leg": leg, "path": f"journals/{leg}.jsonl", "lines": len(lines)}
            for leg, lines in sorted(pack.journals.items())
        ],
    }


def _ledger(pack: Pack, head: str) -> dict[str, Any]:
    return {"path": LEDGER, "count": len(pack.ledger), "head": head}


def _key(key: Ed25519PrivateKey, signer: str) -> dict[str, str]:
    return {"fingerprint": signer, "public": dsse.public_b64(key)}


def _listed(path: str, data: bytes) -> dict[str, str | int]:
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def _lines(lines: Collection[bytes]) -> bytes:
    if any(b"\n" in line for line in lines):
        raise ProtocolError("evidence pack: a stored line holds a line end")
    return b"".join(line + b"\n" for line in lines)


def _check_paths(files: Mapping[str, bytes]) -> None:
    try:
        safe_paths(files)
    except UnsafePath as error:
        raise ProtocolError(f"evidence pack: {error}") from error
