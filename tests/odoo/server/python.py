"""The Python that Odoo runs with, 3.10 to 3.12, and its pinned requirements, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.odoo.server.place import Unavailable, ran

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_FITS = "import sys, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))"


def environment(home: Path) -> Path:
    """The Python of an environment that holds Odoo's requirements; made where it is not there."""
    folder = home / "venv"
    shutil.rmtree(folder, ignore_errors=True)
    ran([_interpreter(), "-m", "venv", str(folder)], "making a Python environment for Odoo")
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
    ran(pip, "installing what Odoo needs from PyPI")
    return python


def _interpreter() -> str:
    """The first of the interpreters on this machine that fits."""
    for command in _candidates():
        done = subprocess.run([command, "-c", _FITS], capture_output=True)
        if done.returncode == 0:
            return command
    raise Unavailable("no Python 3.10, 3.11 or 3.12 with venv is on this machine, and Odoo 19's pins need one")


def _candidates() -> Iterator[str]:
    """`$MILLWRIGHT_ODOO_PYTHON`, pyenv's, what is on the path."""
    if given := os.environ.get("MILLWRIGHT_ODOO_PYTHON"):
        yield given
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in ("3.12", "3.11", "3.10"):
        yield from (str(path / "bin" / "python") for path in sorted(versions.glob(f"{minor}.*"), reverse=True))
        if found := shutil.which(f"python{minor}"):
            yield found
    if found := shutil.which("python3"):
        yield found
