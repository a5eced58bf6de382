"""`make demo ODOO=1`: the demo, with an act on a real Odoo of its own that ends with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.odoo.reader import read_key
from tests.odoo.server import Server, Unavailable, setup


def main() -> int:
    """Return the demo's exit code; 3 where no Odoo can be had, with the reason on stderr."""
    with tempfile.TemporaryDirectory(prefix="millwright-odoo-") as made:
        folder = Path(made)
        try:
            server = Server.start(setup(), folder / "server", bound_to=os.getpid())
        except Unavailable as why:
            print(f"NOT AVAILABLE: real Odoo: {why}", file=sys.stderr)
            return 3
        try:
            return _play(server, folder / "odoo.json")
        finally:
            server.stop()


def _play(server: Server, described: Path) -> int:
    """Play the demo on a fresh database of the server."""
    odoo = server.fresh(name="acme")
    opened = {"url": odoo.url, "database": odoo.database, "login": odoo.login, "key": odoo.key}
    described.write_text(json.dumps({**opened, "master": odoo.master, "read_key": read_key(odoo)}))
    described.chmod(0o600)
    command = [sys.executable, "-m", "bot", "demo", "--odoo", str(described), *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
