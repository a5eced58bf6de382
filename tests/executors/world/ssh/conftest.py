"""A real sshd for each test, and a world that reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from executors.parts.tree import tree_digest
from executors.protocol.operation import Operation, Scratch, StoreRelease, SwitchRelease, WriteFile
from executors.protocol.site import SshRoot
from executors.world.secrets import Secrets
from executors.world.world import World
from tests.executors.legs import clock
from tests.programs import program
from tests.sshd import Machine, machine

SITE = Scratch(step="website")


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Machine]:
    program("rsync")
    with machine(tmp_path / "machine") as started:
        yield started


@dataclass
class Deployer:
    """A world, and the web root that it deploys to."""

    world: World
    at: SshRoot

    def builds(self, **files: str) -> str:
        """The build folder holds these files; returns the tree's digest."""
        for name, text in files.items():
            self.world.apply(WriteFile.of(SITE, name.replace("_", "."), text.encode()))
        return tree_digest(self.world.files(SITE))

    def stores(self, release: str, text: str) -> StoreRelease:
        """The operation that stores a page with that text."""
        return StoreRelease(at=self.at, source=SITE, release=release, tree=self.builds(index_html=text))

    def deploys(self, release: str, text: str) -> list[Operation]:
        """Stores and serves a page; returns the undos."""
        before = self.world.root(self.at).served()
        operations: list[Operation] = [
            self.stores(release, text),
            SwitchRelease(at=self.at, release=release, expected=before),
        ]
        return [undo for one in operations if (undo := self.world.apply(one)) is not None]

    @property
    def there(self) -> Path:
        """The web root, as the machine sees it."""
        return Path(self.at.path)


def deployer(folder: Path, at: SshRoot, secrets: Secrets) -> Deployer:
    """Somebody who deploys to that place."""
    world = World(folder, "case/leg", ("127.0.0.1", at.address), secrets=secrets, clock=clock())
    return Deployer(world, at)


@pytest.fixture
def us(tmp_path: Path, target: Machine) -> Deployer:
    return deployer(tmp_path / "work", target.root(), target.secrets())


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: bytes of files, targets of links."""
    paths = sorted(folder.rglob("*"))
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in paths
        if path.is_symlink() or path.is_file()
    }
