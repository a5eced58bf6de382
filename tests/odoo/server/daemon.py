"""One Odoo process on a free loopback port, which it is handed open, so that nobody else can take it meanwhile."""

from __future__ import annotations

import signal
import socket
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.odoo.server.postgres import ROLE, Cluster
from tests.odoo.server.process import begin, end, is_running, until
from tests.odoo.server.programs import Setup

MASTER = "master"
# No cron, no mail leaves the machine, no limit but the caller's; templates stay out of the list of databases.
CONF = """[options]
http_interface = 127.0.0.1
http_port = {port}
gevent_port = {gevent}
db_host = {socket}
db_user = {role}
admin_passwd = {master}
data_dir = {data}
workers = {workers}
max_cron_threads = 0
limit_time_real = 3600
limit_time_cpu = 3600
limit_memory_soft = 0
limit_memory_hard = 0
with_demo = False
publisher_warranty_url = http://127.0.0.1:9/
smtp_server = 127.0.0.1
smtp_port = 9
list_db = {list_db}
"""
# Odoo takes a socket from descriptor 3, as systemd hands it over.
_HAND_OVER = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass
class Daemon:
    """Odoo's own process; `workers` 0 is one process with threads."""

    setup: Setup
    folder: Path
    log: Path
    cluster: Cluster
    port: int = 0
    pid: int = 0
    workers: int = 0
    list_db: bool = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Its data folder: `filestore` is in it."""
        return self.folder

    def start(self) -> None:
        """Start it, on the same port as before where there was one, and return when it answers."""
        with _door(self.port) as door, socket.socket() as side:
            side.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
            conf = self._configure(side.getsockname()[1])
            side.close()
            command = [*self.setup.command, "-c", str(conf)]
            handing = [command[0], "-c", _HAND_OVER, str(door.fileno()), *command]
            env = {**self.setup.env, "HOME": str(self.data), "LISTEN_FDS": "1"}
            self.pid = begin(handing, self.log, env, pass_fds=(door.fileno(),))
        until(self.answers, self.pid, 60, "Odoo")

    def run(self, *arguments: str) -> list[str]:
        """Odoo's command with the daemon's configuration and these arguments."""
        return [*self.setup.command, "-c", str(self._configure(0)), *arguments]

    def answers(self) -> bool:
        """Whether it says its version."""
        try:
            with urllib.request.urlopen(f"{self.url}/web/version", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self.pid > 0 and is_running(self.pid)

    def kill(self) -> None:
        """SIGKILL, to it and to its workers, whatever they are doing."""
        end(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end; kill it where it does not."""
        end(self.pid, signal.SIGTERM, 5)

    def _configure(self, gevent: int) -> Path:
        conf = self.folder / "odoo.conf"
        values = {"port": self.port, "gevent": gevent, "socket": self.cluster.socket, "role": ROLE}
        more = {"master": MASTER, "data": self.data, "workers": self.workers, "list_db": self.list_db}
        conf.write_text(CONF.format(**values, **more))
        return conf


def _door(port: int, seconds: float = 20) -> socket.socket:
    """A listening socket on this port (0: any); workers of a killed Odoo may hold it for a moment yet."""
    deadline = time.monotonic() + seconds
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    while True:
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            door.listen(128)
            door.setblocking(False)
            return door
