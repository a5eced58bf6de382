"""What goes wrong over SSH says what to do, leaves nothing half stored, and never touches what is served."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.protocol.operation import SwitchRelease
from executors.world.roots import RootHands
from executors.world.ssh import RemoteRoot
from executors.world.ssh.line import Line
from executors.world.ssh.trouble import fingerprint
from tests.executors.world.ssh.conftest import Deployer, deployer, tree
from tests.programs import absent
from tests.sshd import Machine, machine, make_key


def test_a_machine_with_another_host_key_is_sent_nothing_and_both_are_named(us: Deployer, target: Machine) -> None:
    us.deploys("r-1", "one")
    pinned, before = target.host_keys[0], tree(us.there)
    target.new_host_key()
    with pytest.raises(WorldError, match="the host key is not the pinned one") as told:
        us.world.apply(SwitchRelease(at=us.at, release=None, expected="r-1"))
    said = str(told.value)
    assert fingerprint(pinned) in said
    assert fingerprint(target.host_keys[0]) in said
    assert "correct `host_keys` in the policy" in said
    assert told.value.again is False
    assert tree(us.there) == before
    assert "Accepted publickey" not in (target.folder / "sshd.log").read_text().split("listening on")[-1]


def test_a_machine_that_has_no_key_of_the_pinned_type_is_another_one(us: Deployer, tmp_path: Path) -> None:
    words = ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "", "-f", str(tmp_path / "ecdsa")]
    subprocess.run(words, check=True)
    key = " ".join((tmp_path / "ecdsa.pub").read_text().split()[:2])
    at = us.at.model_copy(update={"host_keys": (key,)})
    with pytest.raises(WorldError, match=r"keys of other types \(ssh-ed25519\)"):
        us.world.root(at)


def test_a_key_that_is_not_let_in_says_where_it_belongs(us: Deployer, target: Machine, tmp_path: Path) -> None:
    make_key(tmp_path / "stranger")
    them = deployer(tmp_path / "them", us.at, target.secrets((tmp_path / "stranger").read_text()))
    with pytest.raises(WorldError, match="refuses the key SITE_KEY; put the public half of SITE_KEY into"):
        them.world.root(us.at)


def test_a_secret_that_holds_no_open_key_says_how_to_make_one(
    us: Deployer, target: Machine, tmp_path: Path
) -> None:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret phrase", "-f", str(tmp_path / "closed")]
    subprocess.run(words, check=True)
    for value in ("no key at all", (tmp_path / "closed").read_text()):
        them = deployer(tmp_path / "them", us.at, target.secrets(value))
        with pytest.raises(WorldError, match="no private key that opens without a passphrase") as told:
            them.world.root(us.at)
        assert value not in str(told.value)


def test_a_key_is_taken_however_its_lines_end(us: Deployer, target: Machine, tmp_path: Path) -> None:
    value = target.private_key.strip().replace("\n", "\r\n")
    them = deployer(tmp_path / "them", us.at, target.secrets(value))
    assert them.world.root(us.at).served() is None


def test_a_folder_whose_parent_is_not_there_is_said(us: Deployer) -> None:
    at = us.at.model_copy(update={"path": f"{us.at.path}/deeper/still"})
    store = us.stores("r-1", "one").model_copy(update={"at": at})
    with pytest.raises(WorldError, match="there is no such folder, and it cannot be made"):
        us.world.apply(store)
    assert us.world.root(at).served() is None


def test_a_machine_that_nobody_is_at_is_worth_another_try(us: Deployer, target: Machine) -> None:
    target.process.terminate()
    target.process.wait()
    with pytest.raises(WorldError, match="Connection refused") as told:
        us.world.root(us.at)
    assert told.value.again is True


def test_a_machine_that_never_answers_is_worth_another_try(us: Deployer, target: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at = us.at.model_copy(update={"port": silent.getsockname()[1]})
        line = Line(at, target.secrets(), patience=0.5)
        with pytest.raises(WorldError, match="connecting: took longer than") as told, line.opened():
            pass
    assert told.value.again


_OPENS = """\
import sys
from executors.protocol.site import SshRoot
from executors.world.secrets import Secrets
from executors.world.ssh.line import Line
at = SshRoot.model_validate_json(sys.argv[1])
with Line(at, Secrets((at.key,), {at.key: open(sys.argv[2]).read()})).opened() as line:
    print(line.folder, flush=True)
    sys.stdin.read()
"""


def test_a_job_that_is_killed_leaves_no_agent_with_the_key(us: Deployer, target: Machine) -> None:
    words = [sys.executable, "-c", _OPENS, us.at.model_dump_json(), str(target.folder / "client")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        folder = job.stdout.readline().strip()
        found = subprocess.run(["pgrep", "-f", f"{folder}/agent"], capture_output=True, text=True, check=True)
        agents = [os.pidfd_open(int(pid)) for pid in found.stdout.split()]
        job.kill()
    subprocess.run(["ssh", "-F", f"{folder}/config", "-O", "exit", "target"], capture_output=True, check=True)
    shutil.rmtree(folder)
    assert agents
    for agent in agents:
        ended, _, _ = select.select([agent], [], [], 10)
        os.close(agent)
        assert ended, "an agent that holds the key lives on"


def test_without_rsync_there_the_package_is_named_and_nothing_is_served(tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in (
        "sh",
        "mkdir",
        "cat",
        "ls",
        "mv",
        "ln",
        "rm",
        "rmdir",
        "find",
        "wc",
        "readlink",
        "sha256sum",
        "sync",
    ):
        if found := shutil.which(name):
            (bare / name).symlink_to(found)
    with machine(tmp_path / "machine", path=str(bare)) as target:
        us = deployer(tmp_path / "work", target.root(), target.secrets())
        with pytest.raises(WorldError, match="there is no rsync on the target; install the package rsync there"):
            us.world.apply(us.stores("r-1", "one"))
        assert us.world.root(us.at).releases() == {}


def test_a_full_disk_stores_nothing_by_half_and_leaves_what_is_served(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = 'mount -t tmpfs -o size=400k none "$0" && exec "$@"'
    wrapped = (
        shutil.which("unshare") or "unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", script, str(small),
    )  # fmt: skip
    tried = subprocess.run([*wrapped, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        absent(f"full disk: no tmpfs may be mounted here: {tried.stderr.strip()[:100]}")
    with machine(tmp_path / "machine", wrapped=wrapped) as target:
        at = target.root(path=str(small / "acme"))
        us = deployer(tmp_path / "work", at, target.secrets())
        us.deploys("r-1", "one")
        before = us.world.root(at).releases()
        us.builds(big_bin=os.urandom(400_000).hex())
        with pytest.raises(WorldError, match="the disk is full there; nothing half stored was kept"):
            us.world.apply(us.stores("r-2", "two"))
        assert us.world.root(at).served() == "r-1"
        assert us.world.root(at).releases() == before
        (tmp_path / "work" / "build" / "website" / "big.bin").write_text("small")
        us.deploys("r-3", "three")
        assert us.world.root(at).served() == "r-3"


@contextmanager
def cut(port: int, after: int) -> Iterator[tuple[int, list[int]]]:
    """A way to the port that breaks once the client has sent so many bytes; yields its port, and its breaks."""
    broken: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, to: socket.socket, limit: int | None) -> None:
        sent = 0
        with suppress(OSError):
            while data := source.recv(65_536):
                sent += len(data)
                if limit is not None and not broken and sent > limit:
                    broken.append(sent)
                    break
                to.sendall(data)
        for one in (source, to):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=pump, args=(client, server, after), daemon=True).start()
                threading.Thread(target=pump, args=(server, client, None), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], broken
    finally:
        listener.close()


def test_a_connection_that_breaks_in_the_middle_goes_on_and_the_undo_is_known(
    us: Deployer, target: Machine, tmp_path: Path
) -> None:
    us.deploys("r-1", "one")
    with cut(target.port, after=150_000) as (port, broken):
        at = us.at.model_copy(update={"port": port})
        them = deployer(tmp_path / "them", at, target.secrets())
        them.builds(big_bin=os.urandom(400_000).hex())
        store = them.stores("r-2", "two")
        with pytest.raises(WorldError) as told:
            them.world.apply(store)
        assert broken
        assert told.value.again is True
        assert us.world.root(us.at).served() == "r-1"
        assert list(us.world.root(us.at).releases()) == ["r-1"]
        undo = them.world.apply(store)
        assert undo is not None
        assert undo.op == "remove_release"
        assert list(us.world.root(us.at).releases()) == ["r-1", "r-2"]


class Forgetful(RemoteRoot):
    """The connection breaks once, just after the machine has switched."""

    broke = False

    def switch(self, release: str | None, expected: str | None) -> bool:
        done = super().switch(release, expected)
        if not self.broke:
            self.broke = True
            raise WorldError("the connection is lost", again=True)
        return done


def test_an_answer_that_was_lost_is_not_taken_for_nothing_done(us: Deployer, target: Machine) -> None:
    us.deploys("r-1", "one")
    root = Forgetful(us.at, target.secrets(), (us.at.address,), lambda _stream, _entry: None)
    hands = RootHands(root, "case/leg")
    switch = SwitchRelease(at=us.at, release=None, expected="r-1")
    with pytest.raises(WorldError, match="is lost"):
        hands.apply(switch)
    assert hands.apply(switch) == SwitchRelease(at=us.at, release="r-1", expected=None)
    assert hands.apply(switch) is None


def test_keys_and_data_are_in_no_argument_no_environment_and_on_no_disk(
    us: Deployer, target: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spies, log = tmp_path / "spies", tmp_path / "log"
    spies.mkdir()
    for name in ("ssh", "ssh-add", "ssh-agent", "rsync"):
        real = shutil.which(name)
        looks = f'{{ env; printf "%s\\n" "$@"; grep -rsa PRIVATE "$HOME"; }} >> {log}'
        spy = f'#!/bin/sh\n{looks}\nexec {real} "$@"\n'
        (spies / name).write_text(spy)
        (spies / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{spies}:{os.environ['PATH']}")
    monkeypatch.setenv("SITE_KEY", target.private_key)
    monkeypatch.setenv("OTHER_TOKEN", "canary-4711")
    us.deploys("r-very-special-release", "one")
    said = log.read_text()
    assert "PRIVATE" not in said
    assert target.private_key.splitlines()[1] not in said
    assert "canary-4711" not in said
    assert "very-special-release" not in said.replace("r-very-special-release.part/", "")
    folders = {line.removeprefix("HOME=") for line in said.splitlines() if line.startswith("HOME=")}
    assert folders
    assert not [folder for folder in folders if Path(folder).exists()]
