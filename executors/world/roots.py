"""What is done to a web root, wherever it is: each operation, what takes it back, how looking settles it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, assert_never

from executors.errors import WorldError
from executors.executor import Room, RootReader
from executors.protocol.site import (
    RemoveRelease,
    RetireRelease,
    ReturnRelease,
    RootOperation,
    Scratch,
    StoreRelease,
    SwitchRelease,
)
from executors.world import retired, room, web_root


class Root(Protocol):
    """One web root. What changes it returns whether anything was to be done; each method raises WorldError."""

    def look(self) -> RootReader:
        """What there is now, for an executor."""

    def releases(self) -> Mapping[str, str]:
        """Release id → tree digest of every complete release, the oldest first."""

    def served(self) -> str | None:
        """The id of the release that is served."""

    def retired(self) -> Mapping[str, str]:
        """The id of each release that was put aside → that of the newer one because of which it was."""

    def room(self) -> Room:
        """Whether it can take a release."""

    def maker_of(self, release: str) -> str | None:
        """Who stored the release."""

    def store(self, release: str, source: Path, tree: str, maker: str) -> bool:
        """Copy a folder to the release, complete or not at all."""

    def switch(self, release: str | None, expected: str | None) -> bool:
        """Serve a release in place of the expected one, atomically."""

    def drop(self, release: str) -> bool:
        """Remove a release that is not served."""

    def retire(self, release: str, newer: str, drops: Iterable[str]) -> bool:
        """Put a release aside; what was put aside before goes for good."""

    def give_back(self, release: str, newer: str) -> bool:
        """Bring a release back that was put aside."""


@dataclass(frozen=True)
class LocalRoot:
    """A web root on this machine."""

    path: Path

    def look(self) -> RootReader:
        """Itself: here everything can be looked at when it is asked for."""
        return self

    def releases(self) -> Mapping[str, str]:
        """Release id → tree digest, the oldest first."""
        return web_root.releases(self.path)

    def served(self) -> str | None:
        """The id of the release that is served."""
        return web_root.served(self.path)

    def retired(self) -> Mapping[str, str]:
        """What was put aside, and because of which."""
        return retired.retired(self.path)

    def room(self) -> Room:
        """Whether it can take a release."""
        return room.of(self.path)

    def maker_of(self, release: str) -> str | None:
        """Who stored the release."""
        return web_root.maker_of(self.path, release)

    def store(self, release: str, source: Path, tree: str, maker: str) -> bool:
        """Copy a folder to the release, complete or not at all."""
        return web_root.store(self.path, release, source, tree, maker)

    def switch(self, release: str | None, expected: str | None) -> bool:
        """Serve a release in place of the expected one."""
        return web_root.switch(self.path, release, expected)

    def drop(self, release: str) -> bool:
        """Remove a release that is not served."""
        return web_root.drop(self.path, release)

    def retire(self, release: str, newer: str, drops: Iterable[str]) -> bool:
        """Put a release aside."""
        return retired.retire(self.path, release, newer, drops)

    def give_back(self, release: str, newer: str) -> bool:
        """Bring a release back."""
        return retired.give_back(self.path, release, newer)


@dataclass(frozen=True)
class RootHands:
    """Hands for one web root; `maker` is case and leg, `_open` what was begun and may have taken effect."""

    root: Root
    maker: str
    _open: set[RootOperation] = field(default_factory=set)

    def apply(self, operation: RootOperation, source: Path | None = None) -> RootOperation | None:
        """Carry the operation out; returns what takes it back, None where there was nothing to do.

        A try whose end nobody saw, since the connection broke, is settled by the next one.
        """
        try:
            undo = self._apply(operation, source)
        except WorldError as error:
            if error.again:
                self._open.add(operation)
            raise
        if undo is None and operation in self._open:
            undo = self.settle(operation)[1]
        self._open.discard(operation)
        return undo

    def _apply(self, operation: RootOperation, source: Path | None) -> RootOperation | None:
        root, at = self.root, operation.at
        match operation:
            case StoreRelease(release=release, tree=tree):
                assert source is not None
                done = root.store(release, source, tree, self.maker)
                return RemoveRelease(at=at, release=release) if done else None
            case SwitchRelease(release=release, expected=expected):
                done = root.switch(release, expected)
                return SwitchRelease(at=at, release=expected, expected=release) if done else None
            case RemoveRelease(release=release):
                root.drop(release)
                return None
            case RetireRelease(release=release, newer=newer, drops=drops):
                done = root.retire(release, newer, drops)
                return ReturnRelease(at=at, release=release, newer=newer) if done else None
            case ReturnRelease(release=release, newer=newer):
                done = root.give_back(release, newer)
                return RetireRelease(at=at, release=release, newer=newer) if done else None
            case _:
                assert_never(operation)

    def settle(self, operation: RootOperation) -> tuple[bool, RootOperation | None]:
        """Look whether the operation took effect; returns that and what takes it back."""
        root, at = self.root, operation.at
        match operation:
            case StoreRelease(release=release):
                done = root.maker_of(release) == self.maker
                return done, RemoveRelease(at=at, release=release) if done else None
            case SwitchRelease(release=release, expected=expected):
                done = root.served() == release and release != expected
                return done, SwitchRelease(at=at, release=expected, expected=release) if done else None
            case RemoveRelease(release=release):
                return release not in root.releases(), None
            case RetireRelease(release=release, newer=newer):
                done = root.retired().get(release) == newer and release not in root.releases()
                return done, ReturnRelease(at=at, release=release, newer=newer) if done else None
            case ReturnRelease(release=release, newer=newer):
                done = release in root.releases() and root.retired().get(release) != newer
                return done, RetireRelease(at=at, release=release, newer=newer) if done else None
            case _:
                assert_never(operation)


def source_of(operation: RootOperation) -> Scratch | None:
    """The build folder that the operation copies from."""
    return operation.source if isinstance(operation, StoreRelease) else None
