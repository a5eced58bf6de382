"""Puts Odoo 19, its Python and, where there is none, PostgreSQL into the cache folder, once."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tests.odoo.server import debian, python
from tests.odoo.server.place import Unavailable, home, locked, ran
from tests.odoo.server.postgres import Postgres

REASON = "unavailable.txt"


@dataclass(frozen=True)
class Setup:
    """What was put there: the programs that a server is started from."""

    home: Path
    odoo: Path
    python: Path
    postgres: Postgres

    @property
    def command(self) -> list[str]:
        """Odoo's command."""
        return [str(self.python), str(self.odoo / "usr" / "bin" / "odoo")]

    @property
    def env(self) -> dict[str, str]:
        """The environment that Odoo runs with; nothing of ours reaches it."""
        packages = self.odoo / "usr" / "lib" / "python3" / "dist-packages"
        path = f"{self.python.parent}:/usr/bin:/bin"
        return {"PYTHONPATH": str(packages), "LC_ALL": "C.UTF-8", "PATH": path, "TZ": "UTC"}

    @property
    def golden(self) -> Path:
        """The folder of the databases that fresh ones are copied from."""
        return self.home / "golden"


def setup(*, fetch: bool = True) -> Setup:
    """What stands in the cache folder, put there first where it does not; Unavailable where it cannot be.

    With `fetch` false nothing is fetched: what is not there yet is unavailable.
    """
    from tests.odoo.server import golden

    if not sys.platform.startswith("linux") or not hasattr(os, "pidfd_open"):
        raise Unavailable("the server of the tests is Debian's, so it runs on Linux (5.3 or later) only")
    folder = home()
    if not fetch:
        return _standing(folder) or _missing(folder)
    with locked(folder):
        try:
            return _standing(folder) or golden.ready(_put(folder))
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
    postgres = Postgres.here(folder / "postgres")
    if found != _fingerprint() or postgres is None:
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
    return made


def finished(made: Setup) -> Setup:
    """Write down that all of it stands."""
    (made.home / REASON).unlink(missing_ok=True)
    (made.home / "ready.json").write_text(json.dumps(_fingerprint()))
    return made


def _fingerprint() -> dict[str, str]:
    """What the cache was made by: another text of these files makes it anew."""
    sources = (Path(debian.__file__), python.REQUIREMENTS, Path(__file__).with_name("golden.py"))
    data = b"".join(path.read_bytes() for path in sources)
    return {"made_by": hashlib.sha256(data).hexdigest()}
