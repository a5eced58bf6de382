"""Old releases of a local web root, put aside where no web server looks: they come back, or go for good later."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from executors.errors import WorldError
from executors.world import files, web_root

FOLDER = "retired"


def retired(root: Path) -> dict[str, str]:
    """Return the id of each release that was put aside → that of the newer one because of which it was."""
    if not web_root.is_ours(root):
        return {}
    found = sorted(path for path in (root / web_root.OURS / FOLDER).glob("*/*") if path.is_dir())
    return {path.name: path.parent.name for path in found if web_root.ID.fullmatch(path.name)}


def retire(root: Path, release: str, newer: str, drops: Iterable[str]) -> bool:
    """Put a release aside and remove for good what was put aside before; returns whether it was still there.

    Raises WorldError for a release that is served, or that we did not store.
    """
    place, aside = web_root.place_of(root, release), _aside(root, release, newer)
    _drop(root, newer, drops)
    if not place.exists():
        return False
    if web_root.served(root) == release:
        raise WorldError(f"web root {root}: release {release} is being served; it is not put aside")
    if web_root.record_in(root, release) is None:
        raise WorldError(f"web root {root}: release {release} was not stored by us; it is not put aside")
    _move(root, place, aside, f"putting {release} aside")
    return True


def give_back(root: Path, release: str, newer: str) -> bool:
    """Bring a release back; returns whether it was aside. WorldError where it is neither there nor aside."""
    place, aside = web_root.place_of(root, release), _aside(root, release, newer)
    if place.exists():
        return False
    if not aside.is_dir():
        raise WorldError(f"web root {root}: release {release} was dropped by a later deployment; it is not there")
    _move(root, aside, place, f"bringing {release} back")
    return True


def _aside(root: Path, release: str, newer: str) -> Path:
    web_root.place_of(root, release)
    web_root.place_of(root, newer)
    return root / web_root.OURS / FOLDER / newer / release


def _drop(root: Path, newer: str, drops: Iterable[str]) -> None:
    """Remove these for good, but never what was put aside because of the same newer release."""
    for release in drops:
        web_root.place_of(root, release)
        for path in sorted((root / web_root.OURS / FOLDER).glob(f"*/{release}")):
            if path.parent.name == newer or path.is_symlink():
                continue
            going = root / web_root.OURS / f"removing-{release}-{secrets.token_hex(4)}"
            _move(root, path, going, f"dropping {release}")
            shutil.rmtree(going)
            if not web_root.place_of(root, release).exists():
                files.remove(root / web_root.OURS, f"{release}.json")


def _move(root: Path, before: Path, after: Path, doing: str) -> None:
    try:
        after.parent.mkdir(parents=True, exist_ok=True)
        if after.exists():
            shutil.rmtree(after)
        before.rename(after)
        files.settle(before.parent)
        files.settle(after.parent)
        if before.parent.parent.name == FOLDER and not any(before.parent.iterdir()):
            before.parent.rmdir()
    except OSError as error:
        raise WorldError(f"web root {root}: {doing}: {error.strerror}") from error
