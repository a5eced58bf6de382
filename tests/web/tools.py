"""What the web tests need: Chromium and poppler of the distribution, axe, validators and Lighthouse of npm.

`python -m tests.web.tools` fetches what is missing, ends with 3 where it cannot be had and says why.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bot.operate import tools
from tests.contract.install import node, npm
from tests.odoo.server.place import Unavailable, locked

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PROGRAMS = ("chromium", "pdftotext", "pdftoppm")
_READY = MODULES / ".ready"
_HOW = "`python -m tests.web.tools` fetches it"


def module(path: str) -> Path:
    """A file of the npm packages that the lock file names; Unavailable where they are not installed."""
    if not _READY.is_file() or _READY.read_text() != _wanted():
        raise Unavailable(f"the npm packages of tests/web are not installed; {_HOW}")
    return MODULES / path


def java() -> Path:
    """The machine's Java; Unavailable where it has none."""
    found = shutil.which("java")
    if found is None:
        raise Unavailable("the W3C's validator needs Java (17 or newer), and this machine has none")
    return Path(found)


def javascript() -> Path:
    """The machine's Node; Unavailable where it has none."""
    found = node()
    if found is None:
        raise Unavailable(f"Node is not on this machine; {_HOW}")
    return Path(found)


def install() -> None:
    """Install what the lock file names, without running any package's scripts; Unavailable where npm cannot."""
    with locked(HERE.parents[1] / ".cache" / "web"):
        if _READY.is_file() and _READY.read_text() == _wanted():
            return
        try:
            command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            raise Unavailable(f"npm does not run ({type(error).__name__})") from error
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("npm error ")]
            raise Unavailable(f"npm ci failed: {' '.join(said[:3])[:300]}")
        _READY.write_text(_wanted())


def _wanted() -> str:
    """What the lock file asks for, as a digest."""
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def main() -> int:
    """Fetch what is missing."""
    worst = tools.main(PROGRAMS)
    try:
        install()
    except Unavailable as why:
        sys.stderr.write(f"NOT TESTED: real axe, validators and Lighthouse: {why}\n")
        worst = tools.MISSING
    return worst


if __name__ == "__main__":
    sys.exit(main())
