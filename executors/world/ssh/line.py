"""A line to one machine: OpenSSH's own programs with argument lists, and nothing of this process's environment.

The key never lies on disk: an agent of this call's own holds it, and ends with the call. The machine must prove
that it holds a pinned host key, else nothing is sent.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from executors.errors import WorldError
from executors.protocol.site import SshRoot
from executors.protocol.wire import Json
from executors.world.secrets import Secrets
from executors.world.ssh.scripts import command
from executors.world.ssh.trouble import trouble

SECONDS = 240.0
"""How long one program may take; a dead connection is noticed after half a minute."""
CONNECTING = 30.0
"""How long a connection may take to stand: its name, its machine's proof, our key."""
_NAME = "target"
_WHERE = "/usr/local/bin:/usr/bin:/bin"
_RSA = "rsa-sha2-512,rsa-sha2-256"
_KEEPER = 'exec 2>/dev/null; "$1" -D -a "$2" & exec > /dev/null; cat; kill $!; wait'
"""Holds an agent while somebody holds the other end of its input: a job that is killed leaves none (T26)."""
_CONFIG = """\
Host {name}
  HostName {host}
  HostKeyAlias {name}
  Port {port}
  User {user}
  HostKeyAlgorithms {algorithms}
  StrictHostKeyChecking yes
  UserKnownHostsFile "{folder}/known_hosts"
  GlobalKnownHostsFile none
  UpdateHostKeys no
  VerifyHostKeyDNS no
  BatchMode yes
  PreferredAuthentications publickey
  IdentityAgent "{folder}/agent"
  IdentityFile "{folder}/key.pub"
  IdentitiesOnly yes
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  PermitLocalCommand no
  ControlMaster no
  ControlPath "{folder}/line"
  ControlPersist 60
  RequestTTY no
  ConnectTimeout 15
  ServerAliveInterval 10
  ServerAliveCountMax 3
"""


@dataclass(frozen=True)
class Line:
    """How a machine is reached. `log` takes what was run there, by name; never what it worked on."""

    at: SshRoot
    secrets: Secrets
    log: Callable[[str, Json], None] = lambda _stream, _entry: None
    patience: float = CONNECTING

    @contextmanager
    def opened(self) -> Iterator[Open]:
        """Yield the line with its key in an agent; both are gone when the block is left."""
        with tempfile.TemporaryDirectory(prefix="mw-") as name:
            folder = Path(name)
            env = {"PATH": _path(), "LC_ALL": "C", "HOME": name, "SSH_ASKPASS_REQUIRE": "never"}
            with _agent(folder, env):
                _configure(folder, self.at)
                self._load(folder, env)
                line = Open(self, folder, env)
                line.connect()
                try:
                    yield line
                finally:
                    line.hang_up()

    def _load(self, folder: Path, env: dict[str, str]) -> None:
        """Hand the key to the agent, and keep its public half, by which ssh asks for it."""
        value = self.secrets.value(self.at.key).replace("\r\n", "\n").strip() + "\n"
        env = {**env, "SSH_AUTH_SOCK": str(folder / "agent")}
        added = _run([_program("ssh-add"), "-q", "-t", "900", "-"], env, value.encode())
        if added.returncode:
            raise WorldError(
                f"{self.at.target}: the secret {self.at.key} holds no private key that opens without a "
                "passphrase; make one with `ssh-keygen -t ed25519 -N ''` and store the whole file"
            )
        listed = _run([_program("ssh-add"), "-L"], env)
        (folder / "key.pub").write_bytes(listed.stdout)


@dataclass(frozen=True)
class Open:
    """An opened line."""

    line: Line
    folder: Path
    env: dict[str, str]

    def script(self, script: str, lines: Sequence[str], doing: str, more: str = "") -> str:
        """Run a fixed script on the target and return what it prints; `lines` and then `more` are its input."""
        if any("\n" in line or "\0" in line for line in lines):
            raise WorldError(f"{self.line.at.target}: {doing}: a value with a line break")
        given = "".join(f"{line}\n" for line in lines) + more
        return self._done([*self._ssh, _NAME, command(script)], doing, given.encode())

    def send(self, source: Path, part: str, beside: str | None, doing: str) -> None:
        """Make the folder `part` of the web root hold just what `source` holds.

        What is equal in the release `beside` is linked, not sent.
        """
        words = [
            _program("rsync"),
            "-e",
            " ".join(map(_worded, self._ssh)),
            "--recursive",
            "--checksum",
            "--delete",
        ]
        words += ["--perms", "--chmod=D755,F644", "--timeout=60", "--delay-updates"]
        words += [f"--link-dest=../{beside}"] if beside else []
        self._done([*words, f"{source}/", f"{_NAME}:{self.line.at.path}/releases/{part}/"], doing)

    def connect(self) -> None:
        """Open the one connection that everything else of this line shares; it ends by itself when left alone."""
        said = self.folder / "said"
        try:
            with said.open("wb") as stream:  # a pipe would be held open by what stays in the background
                done = _run(
                    [*self._ssh, "-M", "-N", "-f", _NAME], self.env, said=stream, seconds=self.line.patience
                )
        except subprocess.TimeoutExpired:
            raise WorldError(
                f"{self.line.at.target}: connecting: took longer than {self.line.patience:.0f} s", again=True
            ) from None
        if done.returncode:
            text = self.line.secrets.redact(said.read_text("utf-8", "replace"))
            raise trouble(self.line.at, "connecting", done.returncode, text)

    def hang_up(self) -> None:
        """Close the connection; one that cannot be closed ends by itself."""
        with suppress(subprocess.TimeoutExpired):
            _run([*self._ssh, "-O", "exit", _NAME], self.env, seconds=CONNECTING)

    @property
    def _ssh(self) -> list[str]:
        return [_program("ssh"), "-F", str(self.folder / "config")]

    def _done(self, words: Sequence[str], doing: str, given: bytes = b"") -> str:
        """Return what a program prints; WorldError for what went wrong."""
        at = self.line.at
        try:
            done = _run(words, self.env, given)
        except subprocess.TimeoutExpired:
            self.line.log("ssh", {"at": at.target, "doing": doing, "ended": "not in time"})
            raise WorldError(f"{at.target}: {doing}: took longer than {SECONDS:.0f} s", again=True) from None
        said = self.line.secrets.redact(done.stderr.decode("utf-8", "replace"))
        self.line.log("ssh", {"at": at.target, "doing": doing, "ended": done.returncode, "said": said[-2_000:]})
        if done.returncode:
            raise trouble(at, doing, done.returncode, said)
        return done.stdout.decode("utf-8", "replace")


def _configure(folder: Path, at: SshRoot) -> None:
    kinds = (key.split()[0] for key in at.host_keys)
    algorithms = ",".join(dict.fromkeys(_RSA if kind == "ssh-rsa" else kind for kind in kinds))
    (folder / "known_hosts").write_text("".join(f"{_NAME} {key}\n" for key in at.host_keys))
    values = {"name": _NAME, "host": at.host, "port": at.port, "user": at.user, "algorithms": algorithms}
    (folder / "config").write_text(_CONFIG.format(**values, folder=folder))


@contextmanager
def _agent(folder: Path, env: dict[str, str]) -> Iterator[None]:
    """An agent of our own; its first line of output says that it listens.

    It ends when the pipe to its keeper does: with the call, and no later where this process is killed.
    """
    words = ["/bin/sh", "-c", _KEEPER, "keeper", _program("ssh-agent"), str(folder / "agent")]
    with subprocess.Popen(  # noqa: S603 - a program found by us, arguments as a list
        words,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            if not keeper.stdout.readline():
                raise WorldError(
                    f"ssh-agent does not start in {folder}; is the path of TMPDIR too long for a socket?"
                )
            yield
        finally:
            keeper.stdin.close()


def _run(
    words: Sequence[str],
    env: dict[str, str],
    given: bytes = b"",
    said: BinaryIO | int = subprocess.PIPE,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - programs found by us, arguments as a list
        words,
        env=env,
        input=given,
        stdout=said,
        stderr=said,
        timeout=seconds,
        check=False,
        start_new_session=True,
    )


def _program(name: str) -> str:
    found = shutil.which(name, path=_path())
    if found is None:
        package = "rsync" if name == "rsync" else "openssh-client"
        raise WorldError(f"{name} is not on the machine that runs this job; install the package {package} there")
    return found


def _path() -> str:
    return os.environ.get("PATH") or _WHERE


def _worded(word: str) -> str:
    """Return the word as rsync's -e takes it apart again: it knows quotes, and nothing else of a shell."""
    return f'"{word}"' if " " in word else word
