"""Real programs for tests: those of this machine, else the distribution's own packages, unpacked.

`python -m tests.bot.operate.tools [name …]` fetches what is missing, ends with 3 where it cannot be had and says
why. One more program is one more line in `PROGRAMS`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.odoo.server.debian import unpack_own
from tests.odoo.server.place import ROOT, Unavailable, locked

HOME = ROOT / ".cache" / "operations"
WHERE = "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"
MISSING = 3
# Programs that were linked for /usr find the libraries that came along here; the machine's own come after them.
_WRAPPER = """#!/bin/sh
for folder in '{tree}'/usr/lib/*-linux-gnu '{tree}'/lib/*-linux-gnu; do
    [ -d "$folder" ] && LD_LIBRARY_PATH="$folder${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
done
export LD_LIBRARY_PATH
exec '{tree}/{path}' "$@"
"""


@dataclass(frozen=True)
class Program:
    """One program: the package that holds it and its path in there.

    `whole`: the package stays unpacked with everything it depends on (libraries, data), and what is run is a
    script that says where the libraries are. Without it, the one file is enough by itself.
    """

    package: str
    path: str
    whole: bool = False


PROGRAMS = {
    "nginx": Program("nginx", "usr/sbin/nginx"),
    "promtool": Program("prometheus", "usr/bin/promtool"),
    "ssh": Program("openssh-client", "usr/bin/ssh", whole=True),
    "sshd": Program("openssh-server", "usr/sbin/sshd", whole=True),
    "rsync": Program("rsync", "usr/bin/rsync", whole=True),
    "wrk": Program("wrk", "usr/bin/wrk", whole=True),
    "named": Program("bind9", "usr/sbin/named", whole=True),
    "dig": Program("bind9-dnsutils", "usr/bin/dig", whole=True),
    "chromium": Program("chromium", "usr/lib/chromium/chromium", whole=True),
    "pdftoppm": Program("poppler-utils", "usr/bin/pdftoppm", whole=True),
    "pdftotext": Program("poppler-utils", "usr/bin/pdftotext", whole=True),
}
"""The programs by the name they are asked for."""


def tool(name: str) -> Path:
    """Where the program is; Unavailable with the line that fetches it."""
    found = shutil.which(name, path=WHERE)
    if found:
        return Path(found)
    kept = HOME / name
    if not kept.is_file():
        raise Unavailable(f"{name} is not on this machine; `python -m tests.bot.operate.tools {name}` fetches it")
    return kept


def tree(name: str) -> Path:
    """The folder that the paths of a program's package begin at: `/`, or where it lies unpacked."""
    return Path("/") if shutil.which(name, path=WHERE) else HOME / f"{name}.tree"


def fetch(names: Sequence[str]) -> None:
    """Keep the programs, unpacked together with what they need; Unavailable where one cannot be had."""
    packages = sorted({PROGRAMS[name].package for name in names})
    with locked(HOME):
        unpacked = unpack_own(HOME, f"{'-'.join(packages)[:80]}.tree", *packages)
        for name in names:
            _keep(name, unpacked)


def _keep(name: str, unpacked: Path) -> None:
    """Make a program of an unpacked tree one that can be run, and let the tree be found by its name."""
    program = PROGRAMS[name]
    if not (unpacked / program.path).is_file():
        raise Unavailable(f"the package {program.package} holds no {program.path}")
    (HOME / f"{name}.tree").unlink(missing_ok=True)
    (HOME / f"{name}.tree").symlink_to(unpacked.name)
    fresh = HOME / f"{name}.new"
    if program.whole:
        fresh.write_text(_WRAPPER.format(tree=unpacked, path=program.path))
        fresh.chmod(0o755)
    else:
        shutil.copy2(unpacked / program.path, fresh)
    fresh.rename(HOME / name)


def main(names: Sequence[str]) -> int:
    """Fetch what is missing of these, of all where none is named; MISSING where one cannot be had."""
    if unknown := sorted(set(names) - set(PROGRAMS)):
        sys.stderr.write(f"no such program here: {', '.join(unknown)}; there are {', '.join(PROGRAMS)}\n")
        return MISSING
    missing = [name for name in names or PROGRAMS if _is_missing(name)]
    if not missing:
        return 0
    try:
        fetch(missing)
    except Unavailable as why:
        sys.stderr.write(f"NOT TESTED: real {', '.join(missing)}: {why}\n")
        return MISSING
    return 0


def _is_missing(name: str) -> bool:
    try:
        tool(name)
    except Unavailable:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
