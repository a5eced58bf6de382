"""A real sshd on a free port of this machine, for one account, with keys of its own; no right is needed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from executors.protocol.site import SshRoot
from executors.world.secrets import Secrets
from tests.programs import absent, program

KEY = "SITE_KEY"
"""The name of the secret with the private key."""


@dataclass
class Machine:
    """The target: where it listens, its folder for web roots, the keys that open it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def www(self) -> Path:
        """Where web roots lie."""
        return self.folder / "www"

    @property
    def private_key(self) -> str:
        """The private key that may write."""
        return (self.folder / "client").read_text()

    @property
    def host_keys(self) -> tuple[str, ...]:
        """What the machine proves to be, as the policy pins it."""
        return (" ".join((self.folder / "host.pub").read_text().split()[:2]),)

    def root(self, name: str = "acme", **changes: object) -> SshRoot:
        """A web root there, as a place."""
        values = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "path": str(self.www / name),
            "host_keys": self.host_keys,
            "key": KEY,
        }
        return SshRoot.model_validate(values | changes)

    def secrets(self, key: str | None = None) -> Secrets:
        """The leg's secrets."""
        return Secrets((KEY,), {KEY: key or self.private_key})

    def admit(self, public: str, options: str = "") -> None:
        """Let one more key in."""
        with (self.folder / "authorized_keys").open("a") as stream:
            stream.write(f"{options} {public}\n".lstrip())

    def new_host_key(self) -> None:
        """Become, to all who knew it, another machine."""
        for name in ("host", "host.pub"):
            (self.folder / name).unlink()
        make_key(self.folder / "host")
        self.process.terminate()
        self.process.wait()
        self.process = _started(self.folder, self.port)


def make_key(path: Path) -> str:
    """A fresh key pair at `path` and `path`.pub; returns the public half."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(words, check=True)
    return path.with_name(f"{path.name}.pub").read_text().strip()


@contextmanager
def machine(folder: Path, path: str | None = None, wrapped: tuple[str, ...] = ()) -> Iterator[Machine]:
    """A running sshd; `path` is what its sessions search for programs, `wrapped` stands before its command."""
    if shutil.which("ssh-keygen") is None:
        absent("ssh: ssh-keygen is not on this machine")
    (folder / "www").mkdir(parents=True)
    make_key(folder / "host")
    (folder / "authorized_keys").write_text(make_key(folder / "client") + "\n")
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    lines = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {folder}/host",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin yes",
        "PerSourcePenalties no" if _has_penalties() else "",
        f"SetEnv PATH={path or os.environ['PATH']}",
        "LogLevel VERBOSE",
    ]
    (folder / "sshd_config").write_text("\n".join(filter(None, lines)) + "\n")
    made = Machine(folder, port, _started(folder, port, wrapped))
    try:
        yield made
    finally:
        made.process.terminate()
        made.process.wait()


def _started(folder: Path, port: int, wrapped: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """sshd, once it answers."""
    words = [*wrapped, str(program("sshd")), "-D", "-e", "-f", str(folder / "sshd_config")]
    if not os.access("/run/sshd", os.X_OK) and os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = (folder / "sshd.log").open("ab")
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    for _ in range(2_000):
        if process.poll() is not None:
            absent(f"sshd: it does not start: {(folder / 'sshd.log').read_text()[-300:]}")
        with socket.socket() as sock:
            sock.settimeout(0.5)
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return process
    raise AssertionError("sshd never listened")


def _has_penalties() -> bool:
    told = subprocess.run([str(program("sshd")), "-V"], capture_output=True, text=True, check=False)
    found = (told.stderr + told.stdout).partition("OpenSSH_")[2].partition("p")[0]
    return tuple(int(part) for part in found.split(".") if part.isdigit()) >= (9, 8)
