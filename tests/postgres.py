"""A PostgreSQL of one's own for tests, bench and chaos: Debian's programs on a Unix socket in a temporary folder.

::

    with server() as postgres:             # fsync=True where a figure is measured
        store = open_database(postgres.fresh(), clock, "bot")
        postgres.kill()                    # as a power cut; `start` brings it back with what was committed
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.odoo.server.place import Unavailable, ran
from tests.odoo.server.postgres import Postgres
from tests.odoo.server.process import Account, gone, until

__all__ = ["Server", "Unavailable", "server"]

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
# A commit is out of the server's own memory when it returns, so `kill` loses nothing; on the disk only with fsync.
_SETTINGS = ("synchronous_commit=on",)
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="postgres")
"""Starts every server: a child ends with the thread that began it, and this one lives as long as we do."""
_DURABLE = ("fsync=on", "full_page_writes=on")


@dataclass
class Server:
    """One cluster; it ends with the process that started it, however that ends."""

    folder: Path
    durable: bool
    _programs: Postgres
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str = "postgres") -> str:
        """The database's URL for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def fresh(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"bot_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database that `fresh` made, whoever is connected to it."""
        self.sql(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2].partition('?')[0]} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """Run one statement as the superuser; the rows' values as text."""
        command = [str(self._programs.bin / "psql"), "-h", str(self.folder), "-U", "postgres", "-d", database]
        command += ["-X", "-v", "ON_ERROR_STOP=1", "-AtF", "\t", "-c", statement]
        found = ran(command, f"asking PostgreSQL for {statement[:60]}", self._programs.env)
        return [line.split("\t") for line in found.splitlines()]

    @property
    def log(self) -> str:
        """What the server has written to its log."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it on its data and return when it answers; nothing happens where it runs."""
        if self._process is not None:
            return
        settings = (*_SETTINGS, *_DURABLE) if self.durable else _SETTINGS
        options = [part for setting in settings for part in ("-c", setting)]
        data = str(self.folder / "data")
        command = [str(self._programs.bin / "postgres"), "-D", data, "-k", str(self.folder), *options]
        self._process = _STARTER.submit(self._begin, command).result()
        until(self._answers, self._process.pid, 60, "PostgreSQL")

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._programs.env,
                cwd="/",
                start_new_session=True,
                preexec_fn=_ends_with_us(),
                **Account.of_postgres().arguments,  # type: ignore[call-overload]
            )

    def kill(self) -> None:
        """SIGKILL to the server and every process of it, as a power cut does."""
        if self._process is None:
            return
        os.kill(self._process.pid, signal.SIGSTOP)  # so that it begins no further ones
        pids = [*_children(self._process.pid), self._process.pid]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait(pids)

    def stop(self) -> None:
        """Ask it to end at once: connections are told so, what was committed stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._wait([self._process.pid])

    def _wait(self, pids: list[int]) -> None:
        assert self._process is not None
        for pid in pids:
            if not gone(pid, 30):
                raise RuntimeError("PostgreSQL does not end")
        self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        try:
            return self.sql("SELECT 1") == [["1"]]
        except Unavailable:
            return False


@contextmanager
def server(*, fsync: bool = False) -> Iterator[Server]:
    """A running server for the length of a block; raises Unavailable where there is none to be had.

    With `fsync` a commit is on the disk when it returns, as figures need it; `kill` loses none of either.
    """
    programs = Postgres.here(Path("/nonexistent"))
    if programs is None:
        raise Unavailable("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="mw-pg-"))
    made = Server(folder, fsync, programs)
    try:
        folder.chmod(0o755)
        Account.of_postgres().own(folder)
        programs.make(folder / "data")
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(stat[1]) == pid:
                    found.append(int(entry.name))
    return found


def _ends_with_us() -> Callable[[], object]:
    """What the child does before it becomes the server: be told to quit when we are gone."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DIES_WITH_PARENT, signal.SIGQUIT)
