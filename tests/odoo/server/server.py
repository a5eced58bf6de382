"""A PostgreSQL and an Odoo that start together, make fresh databases in a moment, and leave nothing behind."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.odoo.server import golden
from tests.odoo.server.daemon import Daemon
from tests.odoo.server.instance import Instance
from tests.odoo.server.place import ROOT, ran
from tests.odoo.server.postgres import Cluster
from tests.odoo.server.process import begin, end
from tests.odoo.server.programs import Setup

STATE = "server.json"


@dataclass
class Server:
    """One cluster and one Odoo; `key` opens every database that it makes, as its administrator."""

    folder: Path
    daemon: Daemon
    key: str
    _templates: set[str] = field(default_factory=lambda: {golden.name_of(one) for one in ((), *golden.READY_MADE)})
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def start(cls, made: Setup, folder: Path, *, bound_to: int | None = None, workers: int = 0) -> Server:
        """Start both; with `bound_to` the server ends when the process of that id does.

        `folder` keeps the logs. What runs has its files in a temporary folder, whose name tells its processes.
        """
        stop(folder)
        folder.mkdir(parents=True, exist_ok=True)
        run = Path(tempfile.mkdtemp(prefix="mw-odoo-"))
        run.chmod(0o711)  # another account runs PostgreSQL in it
        (folder / STATE).write_text(json.dumps({"run": str(run)}))
        try:
            if bound_to is not None:
                _keep(run, folder, bound_to)
            files = [str(made.golden / name) for name in ("pg", "filestore")]
            ran(["cp", "-a", *files, str(run)], "copying the databases")
            cluster = Cluster.start(made.postgres, run / "pg", run / "socket", folder / "postgres.log")
            daemon = Daemon(made, run, folder / "odoo.log", cluster, workers=workers)
            daemon.start()
        except BaseException:
            stop(folder)
            raise
        return cls(folder, daemon, json.loads((made.golden / "golden.json").read_text("utf-8"))["key"])

    def fresh(self, *modules: str, name: str | None = None) -> Instance:
        """A new database, with these modules installed; what another one did is not in it."""
        template = golden.name_of(modules)
        if template not in self._templates:
            golden.install(self.daemon, self.key, modules)
            self._templates.add(template)
        name = name or f"odoo_{next(self._numbers)}"
        golden.copy(self.daemon, template, name)
        return Instance(self.daemon, name, self.key)

    def clear(self) -> None:
        """Drop every database but the templates, and see that Odoo runs as it did at the beginning."""
        wanted = "select datname from pg_database where not datistemplate and datname <> 'postgres'"
        for (name,) in self.daemon.cluster.sql(wanted):
            self.daemon.cluster.drop(name)
            shutil.rmtree(self.daemon.data / "filestore" / name, ignore_errors=True)
        if self.daemon.workers or not self.daemon.list_db or not self.daemon.is_running():
            self.daemon.kill()
            self.daemon.workers, self.daemon.list_db = 0, True
            self.daemon.start()

    def stop(self) -> None:
        """Stop both, and remove what they had on disk but the logs."""
        stop(self.folder)


def stop(folder: Path) -> bool:
    """Stop the server that was started with this folder; returns whether there was one."""
    try:
        run = str(json.loads((folder / STATE).read_text("utf-8"))["run"])
    except (OSError, ValueError, KeyError):
        return False
    for pid, command in _processes(run):
        end(pid, signal.SIGQUIT if command.endswith("postgres") else signal.SIGKILL)
    shutil.rmtree(run, ignore_errors=True)
    (folder / STATE).unlink(missing_ok=True)
    return True


def _processes(run: str) -> list[tuple[int, str]]:
    """Ids and programs of the processes whose command lines name the folder: keeper, Odoo, PostgreSQL last."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            line = (entry / "cmdline").read_bytes().split(b"\0")
            if any(part.startswith(run.encode()) for part in line[1:]):
                found.append((int(entry.name), line[0].decode("utf-8", "replace")))
    return sorted(found, key=lambda one: one[1].endswith("postgres"))


def _keep(run: Path, folder: Path, pid: int) -> None:
    """Start the process that stops this server when the one with this id is gone."""
    command = [sys.executable, "-m", "tests.odoo.server.keeper", str(run), str(folder), str(pid)]
    begin(command, folder / "keeper.log", {**os.environ, "PYTHONPATH": str(ROOT)})
