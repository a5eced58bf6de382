"""What a server is started from: Odoo, the Python that runs it, PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.odoo.server.postgres import Postgres


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
