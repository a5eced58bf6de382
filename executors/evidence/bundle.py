"""A run's artifact is data from a stranger: bounded while it streams, plain files only, safe names (T33)."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from executors.errors import ProtocolError
from executors.parts.paths import UnsafePath, safe_paths

_CHUNK = 64 * 1024
_RATIO_FROM = 1024 * 1024
_LOGS = frozenset({"dns.jsonl", "odoo.jsonl", "ssh.jsonl"})
"""What a bundle holds for the whole leg, and a pack keeps under `legs/<leg>/`."""


@dataclass(frozen=True)
class BundleLimits:
    """What one artifact may hold; sizes in bytes, `ratio` is unpacked to packed size of a file over 1 MiB."""

    files: int = 5_000
    file_size: int = 32 * 1024 * 1024
    total_size: int = 256 * 1024 * 1024
    ratio: int = 100


DEFAULT_LIMITS = BundleLimits()


def read_bundle(data: bytes, limits: BundleLimits = DEFAULT_LIMITS) -> dict[str, bytes]:
    """Return path → bytes of the files in the ZIP `data`, sorted by path; folders are left out.

    Raises ProtocolError naming the entry for links and devices, encryption, unusual compression, unsafe paths, two
    entries that are one file on some system, and anything over `limits`. Sizes in the ZIP's headers are claims:
    what counts is what comes out.
    """
    if not data.startswith(b"PK\x03\x04"):
        raise ProtocolError("artifact: not a ZIP with at least one entry")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if _is_file(info)]
            _check_names(infos, limits)
            return _read_all(archive, infos, limits)
    except ProtocolError:
        raise
    # The library answers damaged headers with any of these; it seeks before the start with a ValueError.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise ProtocolError(f"artifact: not a sound ZIP: {error}") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Return whether the entry is a file, False for a folder; ProtocolError for anything else."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    folder = info.filename.endswith("/")
    if kind not in ({0, stat.S_IFDIR} if folder else {0, stat.S_IFREG}):
        raise ProtocolError(f"artifact: {info.filename!r} is a link or a device")
    if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ProtocolError(f"artifact: {info.filename!r} is encrypted or compressed in an unusual way")
    # The library cuts a name at its first NUL and turns backslashes on Windows; the stored name counts.
    if info.orig_filename != info.filename or (folder and info.file_size):
        raise ProtocolError(f"artifact: {info.orig_filename!r} is not a plain name")
    return not folder


def _check_names(infos: list[zipfile.ZipInfo], limits: BundleLimits) -> None:
    if len(infos) > limits.files:
        raise ProtocolError(f"artifact: {len(infos)} files, more than {limits.files}")
    try:
        safe_paths(info.filename for info in infos)
    except UnsafePath as error:
        raise ProtocolError(f"artifact: {error}") from error


def _read_all(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limits: BundleLimits) -> dict[str, bytes]:
    left = limits.total_size
    files: dict[str, bytes] = {}
    for info in sorted(infos, key=lambda info: info.filename):
        allowed = min(left, limits.file_size, max(_RATIO_FROM, info.compress_size * limits.ratio))
        with archive.open(info) as stream:
            files[info.filename] = _bounded(stream, allowed, info.filename)
        left -= len(files[info.filename])
    return files


def _bounded(stream: IO[bytes], allowed: int, name: str) -> bytes:
    """Return the whole stream, giving up at the first chunk over `allowed` bytes."""
    parts: list[bytes] = []
    while chunk := stream.read(_CHUNK):
        allowed -= len(chunk)
        if allowed < 0:
            raise ProtocolError(f"artifact: {name!r} unpacks to more than is allowed")
        parts.append(chunk)
    return b"".join(parts)


def joined_logs(bundles: Iterable[Mapping[str, bytes]]) -> dict[str, bytes]:
    """Return the logs of one leg's runs, earliest first, as one file each; a killed run may have cut its own."""
    logs: dict[str, bytes] = {}
    for path, data in (entry for bundle in bundles for entry in bundle.items()):
        if path in _LOGS and data:
            logs[path] = logs.get(path, b"") + data.removesuffix(b"\n") + b"\n"
    return logs
