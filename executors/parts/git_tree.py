"""What git calls a folder of plain files: the SHA-1 of its tree, without a repository.

Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def git_tree(files: Mapping[str, bytes]) -> str:
    """Return the id (40 hex) of the tree with these files by relative path, none of them executable."""
    folders: dict[str, dict[str, bytes]] = {}
    entries: dict[str, tuple[str, bytes]] = {}
    for path, data in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(name, {})[rest] = data
        else:
            entries[name] = "100644", _id("blob", data)
    for name, inner in folders.items():
        entries[name] = "40000", bytes.fromhex(git_tree(inner))
    # git compares a folder's name as if it ended in a slash
    ordered = sorted(entries.items(), key=lambda item: (item[0] + "/" * (item[1][0] == "40000")).encode())
    body = b"".join(f"{mode} {name}".encode() + b"\0" + found for name, (mode, found) in ordered)
    return _id("tree", body).hex()


def _id(kind: str, body: bytes) -> bytes:
    return hashlib.sha1(f"{kind} {len(body)}".encode() + b"\0" + body, usedforsecurity=False).digest()
