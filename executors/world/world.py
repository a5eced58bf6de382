"""The world as executors see it and as the runner changes it: each change answers with what takes it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, assert_never

from executors.errors import WorldError
from executors.executor import Answer, Asked, Branch, Certificate, OdooReader, Room, RootReader, ZoneLook
from executors.protocol.dns import DnsZone, SetRecords
from executors.protocol.foreign import RESULT
from executors.protocol.odoo import OdooDatabase, OdooOperation
from executors.protocol.operation import Operation, RemoveFile, RunForeign, Scratch, WebRoot, WriteFile
from executors.protocol.registration import Registration
from executors.protocol.site import PagesBranch, PagesOperation, RootOperation, SshRoot
from executors.protocol.wire import Json
from executors.world import asking, files, http, rdap, tls
from executors.world.clock import Clock
from executors.world.roots import LocalRoot, RootHands, source_of
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from executors.world.dns import Zone
    from executors.world.github_pages import Pages
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
    clock: Clock = field(default_factory=Clock)
    pages: Callable[[PagesBranch], Pages] | None = None
    """Opens a Pages branch with the leg's App token; None where there is none, as in an offline run."""
    _databases: dict[OdooDatabase, Odoo] = field(default_factory=dict)
    _roots: dict[WebRoot | SshRoot, RootHands] = field(default_factory=dict)

    def apply(self, operation: Operation) -> Operation | None:
        """Carry the operation out; returns the one that takes it back, None where there was nothing to do.

        Applying it a second time is harmless. Raises WorldError; `again` tells whether a retry can help.
        """
        if isinstance(operation, OdooOperation):
            return self._odoo(operation.at).apply(operation)
        if isinstance(operation, RootOperation):
            source = source_of(operation)
            return self._root(operation.at).apply(operation, self.folder(source) if source else None)
        if isinstance(operation, PagesOperation):
            return self._branch(operation.at).apply(operation, self._tree, self.maker)
        if isinstance(operation, SetRecords):
            return self._zone(operation.at).apply(operation)
        match operation:
            case WriteFile():
                return self._write(operation)
            case RemoveFile():
                return self._remove(operation)
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
        if isinstance(operation, RootOperation):
            return self._root(operation.at).settle(operation)
        if isinstance(operation, PagesOperation):
            return self._branch(operation.at).settle(operation, self.maker)
        if isinstance(operation, SetRecords):
            return self._zone(operation.at).settle(operation)
        match operation:
            case WriteFile() | RemoveFile() | RunForeign():
                return False, None  # the build folder died with its runner
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

    def root(self, at: WebRoot | SshRoot) -> RootReader:
        """Return a web root to look at."""
        return self._root(at).root.look()

    def room(self, at: WebRoot | SshRoot) -> Room:
        """Return whether a web root can take a release."""
        return self._root(at).root.room()

    def certificate(self, url: str) -> Certificate:
        """Return the certificate that an https URL's server shows, checked for its host."""
        return tls.certificate(url, self.hosts, self.clock.now())

    def branch(self, at: PagesBranch) -> Branch:
        """Return what a Pages branch is at."""
        return self._branch(at).look()

    def get(self, url: str) -> Answer:
        """GET of a URL; private addresses only where the plan's leg names the host."""
        return http.get(url, self.hosts)

    def ask(self, url: str, wrong: Callable[[Answer], str | None], seconds: float) -> Asked:
        """GET of a URL again and again, for as long as something is wrong with the answer and time is left."""
        return asking.ask(lambda: self.get(url), wrong, seconds, self.clock)

    def registration(self, domain: str) -> Registration:
        """Return what the domain's registry says of it."""
        return rdap.registration(domain, self.get)

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

    def _root(self, at: WebRoot | SshRoot) -> RootHands:
        """Return the hands for one web root, which remember what they began."""
        if at not in self._roots:
            if isinstance(at, WebRoot):
                root = RootHands(LocalRoot(Path(at.path)), self.maker)
            else:
                from executors.world.ssh import RemoteRoot

                root = RootHands(RemoteRoot(at, self.secrets, self.hosts, self.log), self.maker)
            self._roots[at] = root
        return self._roots[at]

    def _branch(self, at: PagesBranch) -> Pages:
        if self.pages is None:
            raise WorldError(
                f"{at.target}: a Pages branch is reached with the App's token, which this run has not"
            )
        return self.pages(at)

    def _tree(self, at: Scratch) -> Mapping[str, bytes]:
        folder = self.folder(at)
        return {path: files.read(folder, path) for path in files.listing(folder)}

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
