"""A disk that is full, really: what was served stays, nothing half stored is kept, and it is said what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import absent

_ROOT = Path(__file__).parents[3]
_STEPS = """
import json, os, sys
from pathlib import Path
from executors.errors import WorldError
from executors.parts.tree import tree_digest
from executors.protocol.operation import Scratch, StoreRelease, SwitchRelease, WebRoot, WriteFile
from executors.world.world import World

work, small, more = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
world, at, site = World(work, "case/main"), WebRoot(path=str(small / "www")), Scratch(step="website")

def stores(release, data):
    world.apply(WriteFile.of(site, "index.html", data))
    tree = tree_digest(world.files(site))
    world.apply(StoreRelease(at=at, source=site, release=release, tree=tree))

def there():
    return sorted(str(path.relative_to(small)) for path in small.rglob("*") if path.is_file())

stores("r-1", b"one")
world.apply(SwitchRelease(at=at, release="r-1", expected=None))
before, error = there(), None
try:
    room = os.statvfs(small)
    stores("r-2", os.urandom(room.f_bavail * room.f_frsize + more))
except WorldError as told:
    error = str(told)
after, served = there(), world.root(at).served()
stores("r-3", b"three")
later = list(world.root(at).releases())
print(json.dumps({"error": error, "same": before == after, "served": served, "later": later}))
"""


@pytest.mark.parametrize("more", [500_000, 0], ids=["the pages do not fit", "their record does not fit"])
def test_a_full_disk_keeps_what_is_served_and_says_what_to_do(tmp_path: Path, more: int) -> None:
    (small := tmp_path / "small").mkdir()
    mount = 'mount -t tmpfs -o size=400k none "$0" && exec "$@"'
    unshare = (shutil.which("unshare") or "unshare", "-m" if os.geteuid() == 0 else "-rm")
    wrapped = (*unshare, "sh", "-c", mount, str(small))
    tried = subprocess.run([*wrapped, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        absent(f"full disk: no tmpfs may be mounted here: {tried.stderr.strip()[:100]}")
    words = [*wrapped, sys.executable, "-c", _STEPS, str(tmp_path / "work"), str(small), str(more)]
    done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert "the disk is full; free some space on this machine, then run it again" in told["error"]
    assert (told["same"], told["served"]) == (True, "r-1")
    assert told["later"] == ["r-1", "r-3"], "with room it goes on"
