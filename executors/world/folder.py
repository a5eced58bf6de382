"""The job's own folders below RUNNER_TEMP: what is built, what is handed in, what only the next step may read.

millwright/build/<step>/   build folders
millwright/undo/           former contents by digest
millwright/bundle/         the artifact
millwright/state/          session key between steps; mode 0700, never part of the bundle
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from executors.errors import MillwrightError
from executors.protocol.canonical import canonical
from executors.protocol.spec import BundleFile
from executors.protocol.wire import Json
from executors.world import files


@dataclass(frozen=True)
class Folder:
    """`<RUNNER_TEMP>/millwright`."""

    root: Path

    @property
    def bundle(self) -> Path:
        """Return the folder that becomes the artifact."""
        return self.root / "bundle"

    @property
    def _state(self) -> Path:
        return self.root / "state" / "session.json"

    def make(self) -> None:
        """Make the folders; what an earlier step left there stays."""
        self.bundle.mkdir(parents=True, exist_ok=True)
        self._state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._state.parent.chmod(0o700)

    def remember(self, state: dict[str, str]) -> None:
        """Keep what only the next step of this job may read."""
        handle = os.open(self._state, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(state, stream)

    def remembered(self) -> dict[str, str]:
        """Return what was kept; empty where nothing was. MillwrightError where it cannot be read."""
        try:
            value = json.loads(self._state.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise MillwrightError(f"reading {self._state.name}: {error}") from error
        return {str(name): str(item) for name, item in value.items()} if isinstance(value, dict) else {}

    def forget(self) -> None:
        """Remove what was kept."""
        self._state.unlink(missing_ok=True)

    def put(self, path: str, data: bytes) -> None:
        """Write one file of the bundle."""
        files.write(self.bundle, path, data)

    def append(self, path: str, data: bytes) -> None:
        """Append to one file of the bundle."""
        with (self.bundle / path).open("ab") as stream:
            stream.write(data)

    def log(self, stream: str, entry: Json) -> None:
        """Append one line of JSON to a log of the bundle, `<stream>.jsonl`."""
        self.append(f"{stream}.jsonl", canonical(entry) + b"\n")

    def collect(self, step: str) -> None:
        """Copy what a step built into the bundle."""
        built = self.root / "build" / step
        for path in files.listing(built):
            files.write(self.bundle / "steps" / step / "files", path, files.read(built, path))

    def manifest(self) -> tuple[BundleFile, ...]:
        """Return every file of the bundle, sorted by path."""
        return tuple(
            BundleFile(path=path, sha256=sha256, size=(self.bundle / path).stat().st_size)
            for path, sha256 in files.listing(self.bundle).items()
        )
