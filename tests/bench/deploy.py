"""Deployments: what a switch takes here and on a machine over SSH, and what a run takes that changes nothing.

The switch over SSH is measured at the target: the script that runs there, by its shell, beside `ln -s` and `mv -T`
alone in the same shell. Over a line both take longer by the line and its sshd, which is told beside it, and so is
what opening the line adds; none of that can visitors notice.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

from executors.protocol.site import SshRoot
from executors.runner.leg import run as run_leg
from executors.world import web_root
from executors.world.secrets import Secrets
from executors.world.ssh import RemoteRoot, scripts
from executors.world.ssh.line import Line
from tests.bench.figure import Figure, seconds
from tests.executors.legs import Told, clock, deploy, plan_of, served, site, spec_of
from tests.executors.legs import world_at as world
from tests.sshd import machine

LIMIT = 0.050
SECOND_RUN = 2.0
_BARE = (
    'IFS= read -r root; IFS= read -r to; cd "$root"; ln -s "releases/$to" bare-$$ && mv -T bare-$$ bare; echo done'
)


def turns(switch: Callable[[str, str], object]) -> Callable[[], object]:
    """Switch to and fro between two releases, one switch at each call."""
    number = count()

    def once() -> object:
        now = next(number) % 2
        return switch(f"r-{now}", f"r-{1 - now}")

    return once


def stored(root: Path, folder: Path) -> None:
    """Two releases of one page, the second one served."""
    from executors.parts.tree import tree_digest
    from executors.world import files

    before = None
    for name in ("r-0", "r-1"):
        files.write(folder / name, "index.html", name.encode())
        web_root.store(root, name, folder / name, tree_digest(files.listing(folder / name)), "bench")
        web_root.switch(root, name, before)
        before = name


def local(folder: Path) -> Figure:
    """A switch of a local root beside a bare rename of a link."""
    root = folder / "www"
    stored(root, folder)
    ours = seconds(turns(lambda to, now: web_root.switch(root, to, now)), 101)

    def bare(to: str, _now: str) -> None:
        (folder / "link.new").symlink_to(f"releases/{to}")
        (folder / "link.new").rename(folder / "link")

    floor = seconds(turns(bare), 101)
    return _switch("switch, local root", ours, f"symlink and rename alone {floor * 1000:.2f} ms")


def there(folder: Path) -> Figure:
    """The script of a switch as the target's shell runs it, beside `mv -T` in the same shell."""
    root = folder / "www"
    stored(root, folder)

    def ran(script: str, *lines: str) -> None:
        given = "".join(f"{line}\n" for line in (str(root), *lines))
        done = subprocess.run(scripts.command(script), shell=True, input=given, text=True, capture_output=True)
        assert done.stdout == "done\n", done.stderr

    ours = seconds(turns(lambda to, now: ran(scripts.SWITCH, to, now)), 41)
    floor = seconds(turns(lambda to, _now: ran(_BARE, to)), 41)
    return _switch("switch, at the target of SSH", ours, f"`ln -s` and `mv -T` alone {floor * 1000:.1f} ms")


def remote(folder: Path) -> Figure:
    """The same over an open line, which has no limit: it is the line's time."""
    with machine(folder / "machine") as target:
        at: SshRoot = target.root()
        secrets: Secrets = target.secrets()
        stored(Path(at.path), folder)
        with Line(at, secrets).opened() as line:
            ours = seconds(turns(lambda to, now: line.script(scripts.SWITCH, [at.path, to, now], "switching")), 21)
            floor = seconds(turns(lambda to, _now: line.script(_BARE, [at.path, to], "renaming")), 21)
        root = RemoteRoot(at, secrets, (at.address,), lambda _stream, _entry: None)
        now = str(root.served())
        whole = turns(lambda to, before: root.switch(to, before))
        if now == "r-0":
            whole()
        opened = seconds(whole, 5)
    told = f"`ln -s` and `mv -T` alone {floor * 1000:.1f} ms; with agent and connection {opened * 1000:.0f} ms"
    return Figure("switch, over an open line", f"{ours * 1000:.1f} ms", told, "measured")


def again(folder: Path) -> Figure:
    """A second run of a plan that was carried out: it looks, finds everything done, asks the address, and ends."""
    (folder / "www").mkdir()
    with served(folder / "www") as url:
        plan = plan_of(site(), deploy(folder / "www", url))
        first = run_leg(spec_of(plan), world(folder / "first"), Told(), clock())
        assert first.outcome == "completed", first.error
        numbers = count()

        def second() -> None:
            ended = run_leg(spec_of(plan), world(folder / f"again-{next(numbers)}"), Told(), clock())
            assert ended.outcome == "completed", ended.error

        took = seconds(second, 3)
    return Figure("second run of a plan", f"{took:.2f} s", "", f"≤ {SECOND_RUN:.0f} s", took <= SECOND_RUN)


def run() -> list[Figure]:
    """The switches and the second run."""
    found = []
    for measure in (local, there, remote, again):
        with tempfile.TemporaryDirectory(prefix="b-") as name:
            found.append(measure(Path(name)))
    return found


def _switch(name: str, took: float, floor: str) -> Figure:
    return Figure(name, f"{took * 1000:.1f} ms", floor, f"≤ {LIMIT * 1000:.0f} ms", took <= LIMIT)
