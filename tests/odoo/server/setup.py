"""Puts Odoo 19, its Python and, where there is none, PostgreSQL into the cache folder, once."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from tests.odoo.server import debian, golden, python
from tests.odoo.server.place import Unavailable, home, locked, ran
from tests.odoo.server.postgres import Postgres
from tests.odoo.server.programs import Setup

REASON = "unavailable.txt"


def setup(*, fetch: bool = True) -> Setup:
    """What stands in the cache folder, put there first where it does not; Unavailable where it cannot be.

    With `fetch` false nothing is fetched: what is not there yet is unavailable.
    """
    if not sys.platform.startswith("linux") or not hasattr(os, "pidfd_open"):
        raise Unavailable("the server of the tests is Debian's, so it runs on Linux (5.3 or later) only")
    folder = home()
    if not fetch:
        return _standing(folder) or _missing(folder)
    with locked(folder):
        try:
            return _standing(folder) or _finished(golden.ready(_programs(folder) or _put(folder)))
        except Unavailable as why:
            (folder / REASON).write_text(str(why))
            raise


def _missing(folder: Path) -> NoReturn:
    """Raise Unavailable with the reason that the last try left."""
    reason = folder / REASON
    raise Unavailable(reason.read_text("utf-8") if reason.exists() else f"nothing is set up in {folder}")


def _standing(folder: Path) -> Setup | None:
    """What is there, None where it is not, or not of this file's making."""
    try:
        found = json.loads((folder / "ready.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return _programs(folder) if found == _fingerprint() else None


def _programs(folder: Path) -> Setup | None:
    """The programs that are there, None where they are not, or are others than these files fetch."""
    made_by, postgres = folder / "programs.txt", Postgres.here(folder / "postgres")
    if postgres is None or not made_by.exists() or made_by.read_text() != _fingerprint()["programs"]:
        return None
    return Setup(folder, folder / "tree", folder / "venv" / "bin" / "python", postgres)


def _put(folder: Path) -> Setup:
    """Fetch what is missing, and see that Odoo starts."""
    postgres = Postgres.here(folder / "postgres")
    if postgres is None:
        debian.unpack_postgres(folder)
        postgres = Postgres.here(folder / "postgres")
    if postgres is None:
        raise Unavailable("the packages of this machine's distribution held no PostgreSQL server")
    made = Setup(folder, debian.unpack_odoo(folder), python.environment(folder), postgres)
    ran([*made.command, "--version"], "asking Odoo for its version", made.env)
    (folder / "programs.txt").write_text(_fingerprint()["programs"])
    return made


def _finished(made: Setup) -> Setup:
    """Write down that all of it stands."""
    (made.home / REASON).unlink(missing_ok=True)
    (made.home / "ready.json").write_text(json.dumps(_fingerprint()))
    return made


def _fingerprint() -> dict[str, str]:
    """What programs and databases were made by: another text of these files makes them anew."""
    parts = {"programs": (Path(debian.__file__), python.REQUIREMENTS), "databases": (Path(golden.__file__),)}
    return {
        name: hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
        for name, paths in parts.items()
    }
