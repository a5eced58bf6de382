"""A build folder in memory: the Reader an executor looks through, and hands that apply what it proposes."""

import copy
import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from executors.executor import Answer, Asked, Branch, Facts, RootReader
from executors.kinds.website import EXECUTOR, look, propose
from executors.kinds.website.build import build
from executors.kinds.website.inputs import Website
from executors.protocol.operation import Operation, RemoveFile, Scratch, WebRoot, WriteFile
from executors.protocol.site import PagesBranch, SshRoot

SAMPLE: dict[str, Any] = dict(EXECUTOR.sample)


class Folder:
    """Holds the files of one build folder and the product repository's pictures."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        self.held: dict[str, bytes] = {}
        self.pictures = dict(pictures or {})

    def files(self, at: Scratch) -> Mapping[str, str]:
        return {path: hashlib.sha256(data).hexdigest() for path, data in self.held.items()}

    def file(self, at: Scratch, path: str) -> bytes:
        return self.held[path]

    def content(self, path: str, sha256: str) -> bytes:
        data = self.pictures[path]
        assert hashlib.sha256(data).hexdigest() == sha256
        return data

    def root(self, at: WebRoot | SshRoot) -> RootReader:
        raise AssertionError(f"a website looks at no web root, but looked at {at.target}")

    def branch(self, at: PagesBranch) -> Branch:
        raise AssertionError(f"a website looks at no branch, but looked at {at.target}")

    def ask(self, url: str, wrong: object, seconds: float) -> Asked:
        raise AssertionError(f"a website asks nobody, but asked {url}")

    def get(self, url: str) -> Answer:
        raise AssertionError(f"a website asks nobody, but asked {url}")

    def apply(self, operation: Operation) -> None:
        match operation:
            case WriteFile(path=path, data=data):
                assert data is not None
                self.held[path] = data
            case RemoveFile(path=path):
                del self.held[path]
            case _:
                raise AssertionError(operation)


def given(**changes: Any) -> Website:
    """The sample with some inputs replaced; `content={...}` replaces single slots."""
    raw = copy.deepcopy(SAMPLE)
    raw["content"] |= changes.pop("content", {})
    return Website.model_validate(raw | changes)


def site(inputs: Website | None = None) -> dict[str, bytes]:
    """The site's files for inputs without pictures."""
    return build(inputs or given(), {})


def settle(inputs: Website, folder: Folder) -> list[Operation]:
    """Apply one round and return it."""
    facts: Facts = look(inputs, "site", folder)
    operations = list(propose(inputs, "site", facts))
    for operation in operations:
        folder.apply(operation)
    return operations


def png(width: int = 3, height: int = 2) -> bytes:
    """A real PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x1e\x40\xaf" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
