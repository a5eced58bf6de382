"""The world as executors see it and as the runner changes it: each change answers with what takes it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, assert_never

from executors.errors import WorldError
from executors.executor import Answer, OdooReader, ZoneLook
from executors.protocol.dns import DnsZone, SetRecords
from executors.protocol.foreign import RESULT
from executors.protocol.odoo import OdooDatabase, OdooOperation
from executors.protocol.operation import (
    Operation,
    RemoveFile,
    RemoveRelease,
    RunForeign,
    Scratch,
    StoreRelease,
    SwitchRelease,
    WebRoot,
    WriteFile,
)
from executors.protocol.wire import Json
from executors.world import files, http, web_root
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from executors.world.dns import Zone
    from executors.world.odoo import Odoo


class Source(Protocol):
    """Where content is read from: the product repository (`github.Content`), or a folder in an offline run."""

    def read(self, path: str, sha256: str) -> bytes:
        """The bytes of the file; WorldError where it is missing or has another digest."""


class Results(Protocol):
    """What came back from the job that runs code we did not ship."""

    def of(self, operation: RunForeign) -> Mapping[str, bytes]:
        """The files of the result of exactly this command; WorldError where there is none, or it is not sound."""


@dataclass(frozen=True)
class World:
    """Hands and eyes of one leg: its work folder, the hosts that its plan names, its content."""

    work: Path
    maker: str
    """Who stores: case and leg; what another one stored is not taken for ours."""
    hosts: Collection[str] = ()
    source: Source | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets((), {}))
    log: Callable[[str, Json], None] = lambda _stream, _entry: None
    """Takes what is said to other machines, without secrets: a stream's name and one entry."""
    results: Results | None = None
    _databases: dict[OdooDatabase, Odoo] = field(default_factory=dict)

    def apply(self, operation: Operation) -> Operation | None:
        """Carry the operation out; returns the one that takes it back, None where there was nothing to do.

        Applying it a second time is harmless. Raises WorldError; `again` tells whether a retry can help.
        """
        if isinstance(operation, OdooOperation):
            return self._odoo(operation.at).apply(operation)
        if isinstance(operation, SetRecords):
            return self._zone(operation.at).apply(operation)
        match operation:
            case WriteFile():
                return self._write(operation)
            case RemoveFile():
                return self._remove(operation)
            case StoreRelease(at=at, release=release):
                source = self.folder(operation.source)
                done = web_root.store(Path(at.path), release, source, operation.tree, self.maker)
                return RemoveRelease(at=at, release=release) if done else None
            case SwitchRelease(at=at, release=release):
                before = web_root.served(Path(at.path))
                done = web_root.switch(Path(at.path), release, operation.expected)
                return SwitchRelease(at=at, release=before, expected=release) if done else None
            case RemoveRelease(at=at, release=release):
                web_root.drop(Path(at.path), release)
                return None
            case RunForeign():
                return self._adopt(operation)
            case _:
                assert_never(operation)

    def settle(self, operation: Operation) -> tuple[bool, Operation | None]:
        """Look whether an operation took effect of which nobody knows.

        Returns whether it is carried out, and what takes back what it did, be it the whole or a part. Raises
        WorldError where the world cannot be looked at.
        """
        if isinstance(operation, OdooOperation):
            return self._odoo(operation.at).settle(operation)
        if isinstance(operation, SetRecords):
            return self._zone(operation.at).settle(operation)
        match operation:
            case WriteFile() | RemoveFile() | RunForeign():
                return False, None  # the build folder died with its runner
            case StoreRelease(at=at, release=release):
                done = web_root.maker_of(Path(at.path), release) == self.maker
                return done, RemoveRelease(at=at, release=release) if done else None
            case SwitchRelease(at=at, release=release, expected=expected):
                done = web_root.served(Path(at.path)) == release and release != expected
                return done, SwitchRelease(at=at, release=expected, expected=release) if done else None
            case RemoveRelease(at=at, release=release):
                return release not in web_root.releases(Path(at.path)), None
            case _:
                assert_never(operation)

    def folder(self, at: Scratch) -> Path:
        """Return the build folder of a step."""
        return self.work / "build" / at.step

    def files(self, at: Scratch) -> Mapping[str, str]:
        """Return relative path → sha256 of every file in a step's build folder."""
        return files.listing(self.folder(at))

    def file(self, at: Scratch, path: str) -> bytes:
        """Return the bytes of one file of a build folder."""
        return files.read(self.folder(at), path)

    def content(self, path: str, sha256: str) -> bytes:
        """Return a file of the product repository at the approved commit, checked against its digest."""
        if self.source is None:
            raise WorldError(f"content {path}: the plan names no repository to read it from")
        return self.source.read(path, sha256)

    def releases(self, at: WebRoot) -> Mapping[str, str]:
        """Return release id → tree digest of every complete release that a web root keeps."""
        return web_root.releases(Path(at.path))

    def served(self, at: WebRoot) -> str | None:
        """Return the id of the release that the web root serves, None if it serves none."""
        return web_root.served(Path(at.path))

    def get(self, url: str) -> Answer:
        """GET of a URL; private addresses only where the plan's leg names the host."""
        return http.get(url, self.hosts)

    def odoo(self, at: OdooDatabase) -> OdooReader:
        """Return a database to look at; its key is fetched when it is first asked for something."""
        return self._odoo(at).reader

    def records(self, at: DnsZone, names: Sequence[str], *, asked: bool = False) -> ZoneLook:
        """Return what a zone's server has at these names, read with the key that the leg's environment holds."""
        return self._zone(at).records(names, asked=asked)

    def _zone(self, at: DnsZone) -> Zone:
        from executors.world.dns import Zone

        return Zone(at, self.secrets, self.hosts, self.log)

    def _odoo(self, at: OdooDatabase) -> Odoo:
        """Return the hands for one database, which remember its server's version."""
        from executors.world.odoo import Odoo

        if at not in self._databases:
            self._databases[at] = Odoo(at, self.secrets, self.hosts, self.log)
        return self._databases[at]

    def _adopt(self, operation: RunForeign) -> Operation:
        """Put what came back into the build folder. The command itself never runs here: here are secrets (T57)."""
        if self.results is None:
            raise WorldError("code that we did not ship is run by the job `build` of the generated workflow only")
        for path, data in self.results.of(operation).items():
            files.write(self.folder(operation.at), path, data)
        return RemoveFile(at=operation.at, path=RESULT)

    def _write(self, operation: WriteFile) -> Operation | None:
        folder, at, path = self.folder(operation.at), operation.at, operation.path
        given = operation.data
        data = self._kept(operation) if given is None else given
        if hashlib.sha256(data).hexdigest() != operation.sha256 or len(data) != operation.size:
            raise WorldError(f"writing {path}: the content is not the one that was proposed")
        before = self._former(at, path)
        if before == data:
            return None
        files.write(folder, path, data)
        return RemoveFile(at=at, path=path) if before is None else self._keep(WriteFile.of(at, path, before))

    def _remove(self, operation: RemoveFile) -> Operation | None:
        before = self._former(operation.at, operation.path)
        if before is None:
            return None
        undo = self._keep(WriteFile.of(operation.at, operation.path, before))
        files.remove(self.folder(operation.at), operation.path)
        return undo

    def _former(self, at: Scratch, path: str) -> bytes | None:
        try:
            return files.read(self.folder(at), path)
        except WorldError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def _keep(self, operation: WriteFile) -> WriteFile:
        """Keep the former content by its digest: the journal that an undo is read from leaves contents out."""
        files.write(self.work / "undo", operation.sha256, operation.data or b"")
        return operation

    def _kept(self, operation: WriteFile) -> bytes:
        return files.read(self.work / "undo", operation.sha256)
