"""What the web tests need: Chromium and poppler of the distribution, axe, validators and Lighthouse of npm.

`python -m tests.web.tools` fetches what is missing, with the word `loading` Lighthouse too, which is most of it;
ends with 3 where something cannot be had and says why.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bot.operate import tools
from tests.contract.install import node, npm
from tests.odoo.server.place import Unavailable, locked

HERE = Path(__file__).parent
PROGRAMS = ("chromium", "pdftotext", "pdftoppm")
LOADING = HERE / "loading"
"""The folder of Lighthouse's packages."""
_HOW = "`python -m tests.web.tools loading` fetches it"


def module(path: str, home: Path = HERE) -> Path:
    """A file of the npm packages that a lock file names; Unavailable where they are not installed."""
    if not _is_ready(home):
        raise Unavailable(f"the npm packages of {home.name} are not installed; {_HOW}")
    return home / "node_modules" / path


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


def install(home: Path = HERE) -> None:
    """Install what the lock file names, without running any package's scripts; Unavailable where npm cannot."""
    with locked(HERE.parents[1] / ".cache" / "web"):
        if _is_ready(home):
            return
        try:
            command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            raise Unavailable(f"npm does not run ({type(error).__name__})") from error
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("npm error ")]
            raise Unavailable(f"npm ci failed: {' '.join(said[:3])[:300]}")
        _ready(home).write_text(_wanted(home))


def _is_ready(home: Path) -> bool:
    """Whether just what the lock file asks for is installed."""
    return _ready(home).is_file() and _ready(home).read_text() == _wanted(home)


def _ready(home: Path) -> Path:
    return home / "node_modules" / ".ready"


def _wanted(home: Path) -> str:
    """What the lock file asks for, as a digest."""
    return hashlib.sha256((home / "package-lock.json").read_bytes()).hexdigest()


def main(words: Sequence[str]) -> int:
    """Fetch what is missing."""
    worst = tools.main(PROGRAMS)
    wanted = {"axe and the validators": HERE} | ({"Lighthouse": LOADING} if "loading" in words else {})
    for name, home in wanted.items():
        try:
            install(home)
        except Unavailable as why:
            sys.stderr.write(f"NOT TESTED: real {name}: {why}\n")
            worst = tools.MISSING
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
