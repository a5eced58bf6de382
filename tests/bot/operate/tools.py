"""Real nginx and promtool: those of this machine, else the distribution's own packages, unpacked.

`python -m tests.bot.operate.tools` fetches what is missing, ends with 3 where it cannot be had and says why.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.odoo.server.debian import unpack_own
from tests.odoo.server.place import ROOT, Unavailable, locked

HOME = ROOT / ".cache" / "operations"
PROGRAMS = {"nginx": ("nginx", "usr/sbin/nginx"), "promtool": ("prometheus", "usr/bin/promtool")}
"""Program → the package that holds it, and where."""
MISSING = 3


def tool(name: str) -> Path:
    """Where the program is; Unavailable with the line that fetches it."""
    found = shutil.which(name, path="/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin")
    if found:
        return Path(found)
    kept = HOME / name
    if not kept.is_file():
        raise Unavailable(f"{name} is not on this machine; `python -m tests.bot.operate.tools` fetches it")
    return kept


def fetch(name: str) -> None:
    """Keep the program, and nothing else of its package."""
    package, path = PROGRAMS[name]
    with locked(HOME):
        tree = unpack_own(HOME, f"{name}.tree", package)
        shutil.copy2(tree / path, HOME / name)
        shutil.rmtree(tree)


def main() -> int:
    """Fetch what is missing."""
    for name in PROGRAMS:
        try:
            tool(name)
        except Unavailable:
            try:
                fetch(name)
            except Unavailable as why:
                sys.stderr.write(f"NOT TESTED: real {name}: {why}\n")
                return MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main())
