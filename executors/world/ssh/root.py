"""A web root on another machine: looked at by one script, stored by rsync, served by one rename(2) over there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from executors.errors import WorldError
from executors.executor import Room
from executors.parts.tree import tree_digest
from executors.protocol.site import SshRoot
from executors.protocol.wire import Json
from executors.world import files, web_root
from executors.world.secrets import Secrets
from executors.world.ssh import scripts
from executors.world.ssh.line import Line, Open
from executors.world.ssh.told import Told, room, told


@dataclass(frozen=True)
class _Parcel:
    """A release on its way: the folder, its files by digest, what is written down, the release it is much like."""

    release: str
    source: Path
    beside: str | None
    found: Mapping[str, str]
    record: str


class RemoteRoot:
    """One web root over SSH; every method opens a line of its own, and leaves nothing open."""

    def __init__(
        self, at: SshRoot, secrets: Secrets, hosts: Collection[str], log: Callable[[str, Json], None]
    ) -> None:
        if at.address not in hosts:
            raise WorldError(f"{at.target}: the plan's leg does not name the host {at.address}")
        self._at, self._line = at, Line(at, secrets, log)

    def releases(self) -> Mapping[str, str]:
        """Release id → tree digest of every complete release, computed from the files over there."""
        return self.look().releases()

    def served(self) -> str | None:
        """The id of the release that is served."""
        return self.look().served()

    def retired(self) -> Mapping[str, str]:
        """What was put aside, and because of which release."""
        return self.look().retired()

    def room(self) -> Room:
        """Whether it can take a release; not known where the key may only look."""
        with self._line.opened() as line:
            return room(line.script(scripts.ROOM, [self._at.path], "looking for room"), self._at.key)

    def maker_of(self, release: str) -> str | None:
        """Who stored the release."""
        record = self.look().records.get(release)
        return None if record is None else str(record.get("maker"))

    def store(self, release: str, source: Path, tree: str, maker: str) -> bool:
        """Send a folder to the release, complete or not at all; files that the served one has are linked."""
        web_root.place_of(Path(self._at.path), release)
        with self._line.opened() as line:
            there = self._looked(line)
            if release in there.records:
                if there.releases()[release] != tree:
                    raise WorldError(
                        f"{self._at.target}: release {release} is there with other content; it is left alone"
                    )
                return False
            found = files.listing(source)
            if tree_digest(found) != tree:
                raise WorldError("storing a release: the build folder is not the one that was looked at")
            record = web_root.record_of(maker, tree, there.records.values()).decode()
            self._send(line, _Parcel(release, source, there.served(), found, record))
        return True

    def switch(self, release: str | None, expected: str | None) -> bool:
        """Serve a release in place of the expected one; WorldError where another one is served by now."""
        return self._change(
            scripts.SWITCH, [release or "", expected or ""], f"switching to {release or 'nothing'}"
        )

    def drop(self, release: str) -> bool:
        """Remove a release that is not served."""
        return self._change(scripts.DROP, [release], f"removing {release}")

    def retire(self, release: str, newer: str, drops: Iterable[str]) -> bool:
        """Put a release aside; what was put aside before goes for good."""
        return self._change(scripts.RETIRE, [release, newer, *drops], f"putting {release} aside")

    def give_back(self, release: str, newer: str) -> bool:
        """Bring a release back that was put aside."""
        return self._change(scripts.RETURN, [release, newer], f"bringing {release} back")

    def _send(self, line: Open, parcel: _Parcel) -> None:
        """Send, check over there and put in place; what is no connection's fault leaves nothing half stored."""
        path, release, doing = self._at.path, parcel.release, f"storing {parcel.release}"
        sums = "".join(f"{digest}  ./{name}\n" for name, digest in parcel.found.items())
        count = str(len(parcel.found))
        try:
            self._did(line, scripts.PREPARE, [path, release], doing)
            line.send(parcel.source, f"{release}.part", parcel.beside, doing)
            self._did(line, scripts.FINISH, [path, release, parcel.record, count], doing, sums)
        except WorldError as error:
            if not error.again:  # what was lost on the way goes on from where it was
                with suppress(WorldError):
                    line.script(scripts.DISCARD, [path, release], f"cleaning up after {release}")
            raise

    def _change(self, script: str, lines: list[str], doing: str) -> bool:
        for name in filter(None, lines):
            web_root.place_of(Path(self._at.path), name)
        with self._line.opened() as line:
            return self._did(line, script, [self._at.path, *lines], doing)

    def _did(self, line: Open, script: str, lines: list[str], doing: str, more: str = "") -> bool:
        """Run a script that changes something; WorldError where another one ran: the key may only look."""
        last = line.script(script, lines, doing, more).split()[-1:]
        if last not in (["done"], ["same"]):
            raise WorldError(
                f"{self._at.target}: {doing}: the key {self._at.key} may only look there; the environment that "
                "carries plans out needs one that may write"
            )
        return last == ["done"]

    def look(self) -> Told:
        """What is there now, by one look."""
        with self._line.opened() as line:
            return self._looked(line)

    def _looked(self, line: Open) -> Told:
        return told(line.script(scripts.LOOK, [self._at.path], "looking"), self._at.target)
