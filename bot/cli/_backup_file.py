"""A backup as a file: a ZIP of one JSON-lines file per table, a manifest with their digests, and its signature.

::

    inbox.jsonl  ledger.jsonl  outbox.jsonl  blobs.jsonl    the rows, as bot/store/copying.py tells them
    manifest.json         (`Manifest`) when it was made, of which schema, what each file must hold
    manifest.dsse.json    the bot's signature of the manifest, where it had its keys
    millwright.key        the key ring, only where that was asked for
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import Field

from bot.adapters.keys import SigningKeys
from bot.domain.ledger import GENESIS
from bot.domain.ring import Ring
from bot.errors import BotError
from bot.store.copying import TABLES
from bot.store.migrations import VERSION
from executors.errors import ProtocolError
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse
from executors.protocol.wire import Hex256, Wire, read

BACKUP_TYPE = "application/vnd.millwright.backup.v1+json"
MANIFEST, SIGNATURE, KEYS = "manifest.json", "manifest.dsse.json", "millwright.key"
SMALL = 1 << 20
"""Bytes above which manifest, signature and key ring are none."""


class BadBackup(BotError):
    """The file is no backup, or not the one that was made."""


class Contents(Wire):
    """What a table's file must hold."""

    rows: int = Field(ge=0)
    sha256: Hex256


class Manifest(Wire):
    """What the backup is."""

    format: Literal["millwright-backup/1"]
    made: str
    """RFC 3339, UTC: the moment that is copied is this one or a little later"""
    version: int
    """of the schema"""
    keys: bool
    """whether the key ring is in it"""
    tables: dict[str, Contents]


def write(
    out: BinaryIO,
    tables: Iterable[tuple[str, Iterable[bytes]]],
    made: str,
    keys: SigningKeys | None,
    ring: bytes | None,
) -> Manifest:
    """Write the lines of each table as they come; `ring` are the bytes of the key file where they go along."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        contents = {name: _table(archive, name, lines) for name, lines in tables}
        manifest = Manifest(
            format="millwright-backup/1", made=made, version=VERSION, keys=ring is not None, tables=contents
        )
        told = canonical(manifest.to_json())
        archive.writestr(MANIFEST, told)
        if keys is not None:
            archive.writestr(SIGNATURE, canonical(keys.sign(told, BACKUP_TYPE)[0]))
        if ring is not None:
            archive.writestr(KEYS, ring)
    return manifest


def _table(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> Contents:
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"{name}.jsonl", "w", force_zip64=True) as file:
        for line in lines:
            digest.update(line)
            file.write(line)
            rows += 1
    return Contents(rows=rows, sha256=digest.hexdigest())


@dataclass(frozen=True)
class Backup:
    """A backup that is read; nothing of it is believed before `faults` is empty."""

    manifest: Manifest
    signed: dict[str, Any] | None
    """the envelope, None where there is none"""
    ring: bytes | None
    _archive: zipfile.ZipFile
    _told: bytes

    def lines(self, table: str) -> Iterator[bytes]:
        """The lines of a table; raises BadBackup where they are not what the manifest says, at the end."""
        wanted, digest, rows = self.manifest.tables[table], hashlib.sha256(), 0
        try:
            with self._archive.open(f"{table}.jsonl") as file:
                for line in file:
                    digest.update(line)
                    rows += 1
                    yield line
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise BadBackup(f"{table}.jsonl cannot be read: {error}") from error
        if (rows, digest.hexdigest()) != (wanted.rows, wanted.sha256):
            raise BadBackup(f"{table}.jsonl is not what the manifest says: {rows} rows instead of {wanted.rows}")

    def faults(self) -> list[str]:
        """What is wrong in it: digests, the chain of every case, the digest of every blob."""
        found: list[str] = []
        try:
            for table in TABLES:
                found += list(_CHECKS.get(table, _read)(self.lines(table)))
        except (BadBackup, ValueError, KeyError, TypeError) as error:
            found.append(str(error) if isinstance(error, BadBackup) else f"a row cannot be read: {error}")
        return found

    def signer(self, trusted: dict[str, bytes]) -> str | None:
        """Which of the trusted keys (fingerprint → raw public key) signed it, None where none did."""
        for name, key in trusted.items():
            try:
                if dsse.verify(self.signed, [key], BACKUP_TYPE) == self._told:
                    return name
            except ProtocolError:
                continue
        return None


def trusted(ring: Ring) -> dict[str, bytes]:
    """The keys whose word counts, by fingerprint: with a stolen one anybody could have signed."""
    return {key.fingerprint: key.public for key in ring.keys if key.state != "compromised"}


def opened(path: Path) -> Backup:
    """The backup in the file; raises BadBackup."""
    try:
        archive = zipfile.ZipFile(path)
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise BadBackup(f"{path} holds a name twice")
        told = _small(archive, MANIFEST)
        manifest = read(Manifest, parse(told))
        signed = json.loads(_small(archive, SIGNATURE)) if SIGNATURE in names else None
        ring = _small(archive, KEYS) if KEYS in names else None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, ProtocolError) as error:
        raise BadBackup(f"{path} is no backup of Millwright: {error}") from error
    if set(manifest.tables) != set(TABLES) or manifest.version != VERSION:
        raise BadBackup(
            f"{path} is of schema version {manifest.version}, this Millwright reads {VERSION}: "
            "restore it with the release that made it, then upgrade"
        )
    return Backup(manifest, signed, ring, archive, told)


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > SMALL:
        raise BadBackup(f"{name} is too large to be one")
    return archive.read(name)


def _read(lines: Iterator[bytes]) -> Iterator[str]:
    """Nothing to say of a row, but that it can be read."""
    for line in lines:
        json.loads(line)
    yield from ()


def _chains(lines: Iterator[bytes]) -> Iterator[str]:
    """Each case's lines follow one another."""
    last: dict[str, tuple[int, str]] = {}
    for line in lines:
        row = json.loads(line)
        raw, case = base64.b64decode(row["raw"], validate=True), row["case_key"]
        told, digest = json.loads(raw), hashlib.sha256(raw).hexdigest()
        n, prev = last.get(case, (0, GENESIS))
        if case in last and n < 0:
            continue  # it is named already
        if row["n"] != n + 1 or told["n"] != n + 1 or told["prev"] != prev or row["hash"] != digest:
            yield f"the chain of {case} is broken at line {row['n']}"
            n = -2
        last[case] = n + 1, digest


def _blobs(lines: Iterator[bytes]) -> Iterator[str]:
    for line in lines:
        row = json.loads(line)
        if hashlib.sha256(base64.b64decode(row["data"], validate=True)).hexdigest() != row["digest"]:
            yield f"the blob {row['digest']} is not what its name says"


_CHECKS = {"ledger": _chains, "blobs": _blobs}
