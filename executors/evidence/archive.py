"""The same files give the same ZIP: stored, sorted, dated 1980-01-01, the manifest first (T33)."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping, Sequence

from executors.errors import ProtocolError

# Beyond these a ZIP needs its 64-bit form, which the verifier's one right container does not have.
_MOST_FILES = 65_000
_MOST_BYTES = 2**32 - 2**26


def write_zip(files: Mapping[str, bytes], first: Sequence[str]) -> bytes:
    """Return the ZIP of `files`: the names in `first` in that order, then the others sorted.

    Nothing is compressed, because Deflate's output depends on the build of zlib. Raises ProtocolError beyond
    65,000 files or 4 GB.
    """
    if len(files) > _MOST_FILES or sum(map(len, files.values())) > _MOST_BYTES:
        raise ProtocolError("evidence pack: more than 65,000 files or 4 GB")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name in [*first, *sorted(set(files) - set(first))]:
            archive.writestr(_entry(name), files[name])
    return sink.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """Return the entry's fixed particulars: no clock, no platform and no umask in them."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info
