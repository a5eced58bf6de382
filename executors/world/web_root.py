"""A local web root keeps whole releases and serves one of them; the switch is one rename(2).

    <root>/.millwright/root                       says that the folder is ours
    <root>/.millwright/<id>.json                  who stored that release, its tree digest, the how manieth it is
    <root>/.millwright/retired/<newer id>/<id>/   a release that was put aside because of a newer one
    <root>/releases/<id>/…                        a release, complete or not there
    <root>/current -> releases/<id>               what a web server serves

Nothing is ever deleted that was not stored here by us. Source of the atomicity:
https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from executors.errors import WorldError
from executors.parts.tree import tree_digest
from executors.world import files

OURS = ".millwright"
_MARK = "root"
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def releases(root: Path) -> dict[str, str]:
    """Return release id → tree digest, computed from the files, of every release of ours; the oldest first."""
    if not is_ours(root):
        return {}
    found = {path.name: record_in(root, path.name) for path in (root / "releases").glob("*")}
    kept = {name: record for name, record in found.items() if record}
    in_order = sorted(kept, key=lambda name: (number_of(kept[name]), name))
    return {name: tree_digest(files.listing(root / "releases" / name)) for name in in_order}


def number_of(record: Mapping[str, object]) -> int:
    """Return the how manieth release of its root one is; 0 for a record from before they were counted."""
    number = record.get("number")
    return number if isinstance(number, int) else 0


def record_of(maker: str, tree: str, others: Iterable[Mapping[str, object]]) -> bytes:
    """Return the record of a release that is stored after those others."""
    number = 1 + max(map(number_of, others), default=0)
    return json.dumps({"maker": maker, "number": number, "tree": tree}, sort_keys=True).encode()


def served(root: Path) -> str | None:
    """Return the id of the release that is served, None if none is; WorldError where `current` is not ours."""
    current = root / "current"
    if not is_ours(root) or not os.path.lexists(current):
        return None
    target = str(current.readlink()) if current.is_symlink() else ""
    folder, _, release = target.rpartition("/")
    if folder != "releases" or not ID.fullmatch(release):
        raise WorldError(f"web root {root}: `current` does not point at one of its releases; put it right by hand")
    return release


def store(root: Path, release: str, source: Path, tree: str, maker: str) -> bool:
    """Copy `source` to the release, complete or not at all; returns whether anything was to be done.

    Raises WorldError if the source is not the tree that was proposed, or another tree has that id.
    """
    _own(root)
    place = place_of(root, release)
    if place.exists():
        if tree_digest(files.listing(place)) != tree or record_in(root, release) is None:
            raise WorldError(f"web root {root}: release {release} is there with other content; it is left alone")
        return False
    waiting = root / OURS / f"storing-{release}-{secrets.token_hex(4)}"
    written = waiting.with_name(f"{waiting.name}.record")
    try:
        _copy(source, waiting, tree)
        others = (record_in(root, path.stem) for path in (root / OURS).glob("*.json"))
        record = record_of(maker, tree, (one for one in others if one))
        files.write(root / OURS, written.name, record, durable=True)  # whole, or the one before it stays
        written.rename(root / OURS / f"{release}.json")
        waiting.rename(place)
        files.settle(place.parent)
    except OSError as error:
        raise WorldError(f"web root {root}: storing {release}: {files.in_words(error)}") from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
        written.unlink(missing_ok=True)
    return True


def switch(root: Path, release: str | None, expected: str | None) -> bool:
    """Serve `release` (None: nothing) in place of `expected`; returns whether anything was to be done.

    Raises WorldError if something else is served by now, or the release is not there.
    """
    now = served(root)
    if now == release:
        return False
    if now != expected:
        raise WorldError(
            f"web root {root}: serves {now or 'nothing'} by now, not {expected or 'nothing'}; plan again"
        )
    current = root / "current"
    try:
        if release is None:
            current.unlink()
        else:
            _point(root, current, release)
        files.settle(root)
    except OSError as error:
        raise WorldError(f"web root {root}: switching to {release or 'nothing'}: {error.strerror}") from error
    return True


def drop(root: Path, release: str) -> bool:
    """Remove a release that we stored and that is not served; returns whether anything was to be done."""
    place = place_of(root, release)
    if not place.exists():
        return False
    if served(root) == release:
        raise WorldError(f"web root {root}: release {release} is being served; it is not removed")
    if record_in(root, release) is None:
        raise WorldError(f"web root {root}: release {release} was not stored by us; it is not removed")
    going = root / OURS / f"removing-{release}-{secrets.token_hex(4)}"
    try:
        place.rename(going)
        files.settle(place.parent)
        shutil.rmtree(going)
    except OSError as error:
        raise WorldError(f"web root {root}: removing {release}: {error.strerror}") from error
    files.remove(root / OURS, f"{release}.json")
    return True


def maker_of(root: Path, release: str) -> str | None:
    """Return who stored the release, None if it is not there or nobody of ours did."""
    record = record_in(root, release) if is_ours(root) and place_of(root, release).exists() else None
    return None if record is None else str(record.get("maker"))


def _copy(source: Path, to: Path, tree: str) -> None:
    """Copy a folder file by file and check that it is the tree that was proposed."""
    found = files.listing(source)
    if tree_digest(found) != tree:
        raise WorldError("storing a release: the build folder is not the one that was looked at")
    for path in found:
        files.write(to, path, files.read(source, path), durable=True)
    if tree_digest(files.listing(to)) != tree:
        raise WorldError("storing a release: the build folder changed while it was copied", again=True)
    files.settle_tree(to)


def _point(root: Path, current: Path, release: str) -> None:
    if not (root / "releases" / release).is_dir() or record_in(root, release) is None:
        raise WorldError(f"web root {root}: there is no release {release} of ours to serve")
    link = root / OURS / f"switching-{secrets.token_hex(4)}"
    link.symlink_to(f"releases/{release}")
    link.rename(current)


def _own(root: Path) -> None:
    """Make sure that the root is a folder of ours: marked, or empty and marked now."""
    if is_ours(root):
        return
    try:
        root.mkdir(exist_ok=True)
        if any(root.iterdir()):
            raise WorldError(f"web root {root}: holds files that are not ours; name an empty or a new folder")
        (root / "releases").mkdir(exist_ok=True)
        files.write(root / OURS, _MARK, b"millwright web root v1\n", durable=True)
    except OSError as error:
        raise WorldError(f"web root {root}: cannot be made: {error.strerror}") from error


def is_ours(root: Path) -> bool:
    """Whether the marked folder is there; WorldError for a link or a file in its place."""
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        raise WorldError(f"web root {root}: is a link or no folder; name the real folder")
    for inner in (root / OURS, root / "releases"):
        if inner.is_symlink():
            raise WorldError(f"web root {root}: {inner.name} is a link; put it right by hand")
    return (root / OURS / _MARK).is_file()


def place_of(root: Path, release: str) -> Path:
    """Return where the release is, or would be; WorldError for what is no release id."""
    if not ID.fullmatch(release):
        raise WorldError(f"web root {root}: {release[:40]!r} is no release id")
    return root / "releases" / release


def record_in(root: Path, release: str) -> dict[str, object] | None:
    """Return what was written down when the release was stored, None where nothing was."""
    if not ID.fullmatch(release):
        return None
    try:
        record = json.loads(files.read(root / OURS, f"{release}.json"))
    except (WorldError, ValueError):
        return None
    return record if isinstance(record, dict) else None
