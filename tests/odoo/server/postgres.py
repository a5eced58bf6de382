"""One PostgreSQL cluster of its own, on a Unix socket, with nothing on disk that would survive a power cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.odoo.server.place import Unavailable, ran
from tests.odoo.server.process import Account, begin, end, until

ROLE = "odoo"
SETTINGS = """listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
"""


@dataclass(frozen=True)
class Postgres:
    """The programs, and where their libraries are if they were unpacked rather than installed."""

    bin: Path
    libraries: Path | None = None

    @classmethod
    def here(cls, unpacked: Path) -> Postgres | None:
        """The machine's own, else the one in this folder, else None."""
        own = [*Path("/usr/lib/postgresql").glob("*/bin"), *_on_path()]
        ours = [*unpacked.glob("usr/lib/postgresql/*/bin")]
        for folder in [*_newest_first(own), *_newest_first(ours)]:
            if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
                libraries = next(unpacked.glob("usr/lib/*-linux-gnu"), None) if folder in ours else None
                return cls(folder, libraries)
        return None

    @property
    def env(self) -> dict[str, str]:
        """The environment that its programs run with."""
        env = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        return env if self.libraries is None else {**env, "LD_LIBRARY_PATH": str(self.libraries)}

    def make(self, folder: Path) -> None:
        """Make an empty cluster in `folder`, owned by the account that will run it."""
        account = Account.of_postgres()
        folder.mkdir(mode=0o700)
        account.own(folder)
        command = [str(self.bin / "initdb"), "-D", str(folder), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "-N"]
        try:
            done = subprocess.run(
                command,
                env=self.env,
                cwd="/",
                capture_output=True,
                text=True,
                **account.arguments,  # type: ignore[call-overload]
            )
        except OSError as error:
            raise Unavailable(f"account {account.name} cannot start {command[0]} ({error.strerror})") from error
        if done.returncode:
            raise Unavailable(f"PostgreSQL could not make a cluster: {done.stderr.strip().splitlines()[-1]}")
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its programs, its data, the folder of its socket, its process."""

    postgres: Postgres
    data: Path
    socket: Path
    pid: int

    @classmethod
    def start(cls, postgres: Postgres, data: Path, socket: Path, log: Path) -> Cluster:
        """Start the server on this data and return when it answers."""
        account = Account.of_postgres()
        socket.mkdir(mode=0o700, exist_ok=True)
        account.own(socket)
        command = [str(postgres.bin / "postgres"), "-D", str(data), "-k", str(socket)]
        pid = begin(command, log, postgres.env, account)
        cluster = cls(postgres, data, socket, pid)
        until(cluster._answers, pid, 30, "PostgreSQL")
        return cluster

    def sql(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """Run statements as the superuser; returns the rows' values as text."""
        found = ran(self._psql(statement, database), f"asking PostgreSQL for {statement[:60]}", self.postgres.env)
        return [line.split("\t") for line in found.splitlines()]

    def copy(self, template: str, name: str) -> None:
        """Make database `name` from `template`, whoever is connected to that."""
        self.disconnect(template)
        self.sql(f'create database "{name}" template "{template}" owner {ROLE}')

    def drop(self, name: str) -> None:
        """Drop the database, whoever is connected to it."""
        self.sql(f'drop database if exists "{name}" with (force)')

    def disconnect(self, name: str) -> None:
        """End everybody's connections to a database."""
        self.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

    def stop(self, *, clean: bool = False) -> None:
        """Stop the server: at once, or so that its data can be copied."""
        end(self.pid, signal.SIGINT if clean else signal.SIGQUIT)

    def _answers(self) -> bool:
        return (
            subprocess.run(
                self._psql("select 1", "postgres"), env=self.postgres.env, capture_output=True
            ).returncode
            == 0
        )

    def _psql(self, statement: str, database: str) -> Sequence[str]:
        program = str(self.postgres.bin / "psql")
        where = ["-h", str(self.socket), "-U", "postgres", "-d", database]
        return [program, *where, "-X", "-v", "ON_ERROR_STOP=1", "-AtF", "\t", "-c", statement]


def _on_path() -> list[Path]:
    found = shutil.which("initdb") or shutil.which("pg_ctl")
    return [Path(os.path.realpath(found)).parent] if found else []


def _newest_first(folders: Sequence[Path]) -> list[Path]:
    def version(folder: Path) -> int:
        return int(folder.parent.name) if folder.parent.name.isdigit() else 0

    return sorted(set(folders), key=version, reverse=True)
