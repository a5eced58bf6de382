"""A folder of files has one digest, whatever the order in which it was listed."""

from __future__ import annotations

from collections.abc import Mapping

from executors.protocol.canonical import digest


def tree_digest(files: Mapping[str, str]) -> str:
    """Return the SHA-256 (64 hex) over the canonical JSON of relative path → sha256 of content."""
    return digest(dict(files))
