#!/usr/bin/env python3
"""Say whether an evidence pack is what was sealed, and by whom: one file, Python 3.8 or newer, nothing to install.

    python verify.py PACK [--key SHA256:<64 hex digits>]

PACK is the ZIP file or the folder it was unpacked to. Verdicts and exit codes:

    AUTHENTIC                   0   nothing differs, and the key you named signed it
    INTACT, NOT AUTHENTICATED   3   nothing differs, but you named no key: anybody can make such a pack
    TAMPERED                    1   something differs, or another key signed it; each difference is listed
    (usage error)               2

Take this program and the key's fingerprint from the project, never from the pack that you doubt. It hashes the
stored bytes as they are. Signatures are Ed25519 (RFC 8032) in a DSSE v1 envelope.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import stat
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AUTHENTIC, INTACT, TAMPERED = "AUTHENTIC", "INTACT, NOT AUTHENTICATED", "TAMPERED"
EXIT = {AUTHENTIC: 0, TAMPERED: 1, INTACT: 3}
PAYLOAD_TYPE = "application/vnd.millwright.evidence.v1+json"
MANIFEST, SIGNATURE, LEDGER = "manifest.json", "manifest.dsse.json", "audit_events.jsonl"
CHECKSUMS = "verification_checksums.txt"
ATTESTED, ATTESTED_TYPE = "approvals.intoto.jsonl", "application/vnd.in-toto+json"
STATEMENT, PREDICATE = "https://in-toto.io/Statement/v1", "urn:millwright:human-approval:v1"


@dataclass(frozen=True)
class Verdict:
    """The verdict's name, every difference found, and what the pack says of itself (label, value)."""

    name: str
    faults: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def verify_pack(path: Path | str, key: str | None = None) -> Verdict:
    """Return the verdict on the pack at `path`; `key` is the fingerprint you trust, from outside the pack.

    Raises OSError if the pack cannot be read at all; whatever is wrong inside it is a fault, not an exception.
    """
    facts: tuple[tuple[str, str], ...] = ()
    try:
        facts, faults = _checked(dict(_entries(Path(path))), key)
    except (ValueError, zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError) as error:
        faults = [str(error)]
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        faults = [f"{MANIFEST}: not in the form of an evidence pack ({error!r})"]
    return Verdict(TAMPERED if faults else AUTHENTIC if key else INTACT, tuple(faults), facts)


def _entries(path: Path) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of each file; ValueError where the container itself is not as sealed."""
    if not path.is_dir():
        return _unzip(path.read_bytes())
    found = sorted(path.rglob("*"))
    for item in found:
        if item.is_symlink() or not (item.is_file() or item.is_dir()):
            raise ValueError(f"{item.relative_to(path).as_posix()}: neither a file nor a folder")
    return [(item.relative_to(path).as_posix(), item.read_bytes()) for item in found if item.is_file()]


def _unzip(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        for info in infos:
            if info.compress_type or info.flag_bits & 1 or not stat.S_ISREG(info.external_attr >> 16):
                raise ValueError(f"{info.filename!r}: a sealed pack holds plain stored files only")
        if len(set(archive.namelist())) < len(infos) or sum(info.file_size for info in infos) > len(data):
            raise ValueError("the ZIP holds a name twice, or files that overlap")
        entries = [(info.filename, archive.read(info)) for info in infos]
    # What a ZIP reader ignores (dates, gaps, comments, trailing bytes) can hide things: one container is right.
    if _container(entries) != data:
        raise ValueError("the ZIP container is not the sealed one (if it was only repacked, verify the folder)")
    return entries


def _container(entries: list[tuple[str, bytes]]) -> bytes:
    """Return the ZIP of these entries as it is sealed: stored, 1980-01-01, mode 0644 (PKWARE APPNOTE 4.3).

    The manifest is the first, its signature the second, the others are sorted.
    """
    body, directory = bytearray(), bytearray()
    for name, data in sorted(entries, key=lambda one: (one[0] != MANIFEST, one[0] != SIGNATURE, one[0])):
        raw, flags = name.encode(), 0 if name.isascii() else 0x800
        head = struct.pack("<5H3L2H", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(raw), 0)
        place = struct.pack("<3H2L", 0, 0, 0, (stat.S_IFREG | 0o644) << 16, len(body))
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + head + place + raw
        body += b"PK\x03\x04" + head + raw + data
    counts = (0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + b"PK\x05\x06" + struct.pack("<4H2LH", *counts))


def _checked(files: dict[str, bytes], key: str | None) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return facts and faults of the files; ValueError where nothing further can be said."""
    missing = [name for name in (MANIFEST, SIGNATURE, CHECKSUMS, LEDGER, "plan.json") if name not in files]
    if missing:
        raise ValueError("missing: " + ", ".join(missing))
    manifest = _json(files[MANIFEST], MANIFEST)
    signer = _signer(files[MANIFEST], files[SIGNATURE], manifest["key"])
    plan, ledger, digest = manifest["plan"], manifest["ledger"], hashlib.sha256(files["plan.json"]).hexdigest()
    faults = _file_faults(files, manifest["files"])
    if (plan["digest"], plan["token"]) != (digest, f"v{plan['version']}-{digest[:12]}"):
        faults.append("plan.json: not the plan whose digest was approved")
    faults += _ledger_faults(files[LEDGER], ledger) + _journal_faults(files, manifest["journals"])
    if ATTESTED in files:  # packs of before had none
        faults += _attested_faults(files, _base64(manifest["key"]["public"]))
    if key and signer.lower() != key.lower():
        faults.append(f"signed by {signer}, which is not the key that you named")
    facts = (
        ("case", f"{manifest['case']} of {manifest['repository']}"),
        ("plan", f"{plan['token']} (SHA-256 {digest})"),
        ("sealed", f"{manifest['created']} by {signer}"),
        ("files", str(len(manifest["files"]))),
        ("ledger", f"{ledger['count']} events, head {ledger['head']}"),
        ("journals", ", ".join(str(entry["leg"]) for entry in manifest["journals"]) or "none"),
    )
    return facts, faults


def _signer(payload: bytes, stored: bytes, key: dict[str, str]) -> str:
    """Return the fingerprint of the key that signed the stored manifest; ValueError if none did."""
    public = _base64(key["public"])
    signer = "SHA256:" + hashlib.sha256(public).hexdigest()
    if key["fingerprint"] != signer:
        raise ValueError(f"{MANIFEST}: its fingerprint is not that of its key")
    if _signed(stored, public, PAYLOAD_TYPE, SIGNATURE) != payload:
        raise ValueError(f"{MANIFEST}: not the manifest that was signed")
    return signer


def _signed(stored: bytes, public: bytes, kind: str, where: str) -> bytes:
    """Return the payload of a stored DSSE envelope that this one key signed as `kind`; else ValueError."""
    envelope = _json(stored, where)
    (signature,) = envelope["signatures"]
    signer = "SHA256:" + hashlib.sha256(public).hexdigest()
    shape = (set(envelope), set(signature), envelope["payloadType"], signature["keyid"])
    if shape != ({"payload", "payloadType", "signatures"}, {"keyid", "sig"}, kind, signer):
        raise ValueError(f"{where}: not an envelope of this kind and key")
    payload = _base64(envelope["payload"])
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    if not ed25519_verify(public, _base64(signature["sig"]), message):
        raise ValueError(f"{where}: the signature does not fit")
    # Nothing signs the envelope itself, and JSON has many spellings of one value: the sealed one is right.
    if json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() != stored:
        raise ValueError(f"{where}: not spelled as it was sealed")
    return payload


def _attested_faults(files: dict[str, bytes], public: bytes) -> list[str]:
    """Return what is wrong in the in-toto statements: each decision that names a plan has one, in their order."""
    decisions = [one for one in _json(files["approvals.json"], "approvals.json") if _is_digest(one["digest"])]
    said = []
    for number, line in enumerate(_lines(files[ATTESTED], ATTESTED), 1):
        where = f"{ATTESTED} line {number}"
        told = _json(_signed(line, public, ATTESTED_TYPE, where), where)
        (subject,), predicate = told["subject"], told["predicate"]
        if (told["_type"], told["predicateType"]) != (STATEMENT, PREDICATE):
            return [f"{where}: not a statement of a human approval"]
        if subject["digest"] != {"sha256": predicate["plan"]["digest"]}:
            return [f"{where}: its subject is another plan than the one it tells of"]
        said.append(predicate)
    if [_decided(one) for one in decisions] != [_stated(one) for one in said]:
        return [f"{ATTESTED}: does not say what approvals.json says"]
    return []


def _decided(one: Any) -> tuple[Any, ...]:
    who = (one["kind"], one["user"], one["login"], one["role"], one["basis"], one["gate"], one["verdict"])
    return (*who, one["version"], one["digest"], one["source"], one["evidence"], one["at"], one["reason"])


def _stated(one: Any) -> tuple[Any, ...]:
    decider, plan, source = one["decider"], one["plan"], one["source"]
    who = (
        decider["kind"],
        decider["id"],
        decider["login"],
        one["role"],
        one["basis"],
        one["gate"],
        one["verdict"],
    )
    return (*who, plan["version"], plan["digest"], source["of"], source["sha256"], one["decidedAt"], one["reason"])


def _is_digest(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def _file_faults(files: dict[str, bytes], told: Any) -> list[str]:
    listed = {entry["path"]: (entry["sha256"], entry["size"]) for entry in told}
    faults = [f"{name}: missing" for name in sorted(set(listed) - set(files))]
    faults += [f"{name}: not in the manifest" for name in sorted(set(files) - set(listed) - {MANIFEST, SIGNATURE})]
    for name in sorted(set(listed) & set(files)):
        if (hashlib.sha256(files[name]).hexdigest(), len(files[name])) != listed[name]:
            faults.append(f"{name}: changed (SHA-256 or size)")
    lines = [f"{entry['sha256']}  {entry['path']}\n" for entry in told if entry["path"] != CHECKSUMS]
    if len(listed) != len(told) or "".join(lines).encode() != files[CHECKSUMS]:
        faults.append(f"{CHECKSUMS}: does not say what the manifest says")
    return faults


def _ledger_faults(data: bytes, told: Any) -> list[str]:
    """Return what is wrong in the chain: each line's `prev` is the SHA-256 of the stored line before it."""
    lines, head, faults = _lines(data, LEDGER), "0" * 64, []
    for number, (line, event) in enumerate(((line, _json(line, LEDGER)) for line in lines), 1):
        if (event["n"], event["prev"]) != (number, head):
            faults.append(f"{LEDGER}: the chain breaks at line {number}")
        head = hashlib.sha256(line).hexdigest()
    if (len(lines), head) != (told["count"], told["head"]):
        faults.append(f"{LEDGER}: not the {told['count']} events that end in {told['head']}")
    return faults


def _journal_faults(files: dict[str, bytes], told: Any) -> list[str]:
    """Return what is wrong in the journals, and each look kept that is no run's first (before) or last (after)."""
    faults, looks = [], {}  # type: list[str], dict[Any, list[Any]]
    if sorted(entry["path"] for entry in told) != sorted(name for name in files if name.startswith("journals/")):
        faults.append("journals/: not the journals that the manifest names")
    for path, count in ((entry["path"], entry["lines"]) for entry in told):
        entries, run = [_json(line, path) for line in _lines(files.get(path, b""), path)], 0
        if [type(entry) for entry in entries] != [dict] * count:
            faults.append(f"{path}: not the {count} entries that the manifest counts")
        for body in (entry["body"] for entry in entries if not faults):
            run += body["entry"] == "leg_started"
            if body.get("record"):
                looks.setdefault((body["step"], path, run), []).append(body["record"])
    for number, step in enumerate(_json(files["plan.json"], "plan.json")["steps"], 1):
        for name, place in (("before.json", 0), ("after.json", -1)):
            path = f"steps/step_{number}_{step['executor']}/{name}"
            seen = [records[place] for (of, *_), records in looks.items() if of == step["id"]]
            if path in files and hashlib.sha256(files[path]).hexdigest() not in seen:
                faults.append(f"{path}: not what the journal says was seen")
    return faults


def _lines(data: bytes, where: str) -> list[bytes]:
    lines = data.split(b"\n")
    if lines.pop():
        raise ValueError(f"{where}: the last line is cut off")
    return lines


def _json(data: bytes, where: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands twice in one object")
        return dict(pairs)

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: not plain JSON ({error})") from error


def _base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError(f"{SIGNATURE}: base64 with a second spelling")
    return data


P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, IDENTITY = -121665 * pow(121666, P - 2, P) % P, (0, 1, 1, 0)


def ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is valid (RFC 8032, section 5.1.7), strictly.

    S below the group order, canonical encodings, no points of small order, no cofactor: one valid spelling.
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or any(_same(_multiply(8, point), IDENTITY) for point in (a, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return _same(_multiply(s, BASE), _add(r, _multiply(k, a)))


def _point(data: bytes) -> tuple[int, int, int, int] | None:
    """Return the curve point in extended coordinates, None where no point has this encoding (section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(scalar: int, p: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    q = IDENTITY
    while scalar:
        q = _add(q, p) if scalar & 1 else q
        p, scalar = _add(p, p), scalar >> 1
    return q


def _same(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or IDENTITY


def main(arguments: list[str]) -> int:
    """Print the verdict and return its exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify an evidence pack, offline.")
    parser.add_argument("pack", metavar="PACK", help="the ZIP file, or the folder it was unpacked to")
    parser.add_argument("--key", help="the fingerprint you trust: SHA256:<64 hex digits>")
    options = parser.parse_args(arguments)
    if options.key is not None and not re.fullmatch(r"SHA256:[0-9a-fA-F]{64}", options.key):
        parser.error("--key wants SHA256: and 64 hex digits")
    try:
        verdict = verify_pack(options.pack, options.key)
    except OSError as error:
        parser.error(f"cannot read {options.pack}: {error.strerror}")
    sys.stdout.write(report(verdict))
    return EXIT[verdict.name]


def report(verdict: Verdict) -> str:
    """Return the verdict in words, one line per fact and fault, safe to print whatever the pack holds."""
    lines = [verdict.name, *(f"  {label:<10}{value}" for label, value in verdict.facts)]
    lines += [f"  {'differs':<10}{fault}" for fault in verdict.faults]
    if verdict.name == INTACT:
        lines.append("  Nothing differs, but who sealed it is not proven: run again with --key and the")
        lines.append("  fingerprint that the bot publishes at /.well-known/millwright-keys.json.")
    return "".join(ascii(line)[1:-1] + "\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
