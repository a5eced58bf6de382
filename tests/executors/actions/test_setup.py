"""The executors' environment is made once, outside the workspace, of pinned wheels and this checkout's code."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import requires
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
SETUP = HOUSE / "actions" / "setup"
LOCK = (SETUP / "requirements.txt").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", LOCK, re.MULTILINE))
NEEDED = {
    "pydantic",
    "jinja2",
    "cryptography",
    "rfc8785",
    "pillow",
    "pygithub",
    "pyyaml",
    "octodns",
    "octodns-bind",
    "dnspython",
}


def kind() -> str:
    """How setup names what depends on Python, machine and lock."""
    file = SETUP / "requirements.txt"
    line = f"{file.name}\0{sha256(file.read_bytes()).hexdigest()}\n".encode()
    return f"{sys.version_info[0]}.{sys.version_info[1]}-{platform.machine()}-{sha256(line).hexdigest()[:16]}"


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """A runner whose tool cache has the wheels already: they are this environment's own."""
    wheels = tmp_path / "tools" / "millwright" / f"wheels-{kind()}"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(wheels)
    site = wheels / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (site / "own.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (tmp_path / "temp").mkdir()
    return {
        "PATH": f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTION_PATH": str(SETUP),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "RUNNER_TOOL_CACHE": str(tmp_path / "tools"),
    }


def start(runner: Mapping[str, str]) -> subprocess.Popen[str]:
    """Begin install.py with this Python, as setup.sh does with the first that is new enough."""
    command = [sys.executable, "-I", str(SETUP / "install.py")]
    return subprocess.Popen(command, env=dict(runner), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def python(runner: Mapping[str, str]) -> str:
    return str(Path(runner["RUNNER_TEMP"]) / "millwright" / "python" / "bin" / "python")


def environments(runner: Mapping[str, str]) -> list[str]:
    return sorted(path.name for path in (Path(runner["RUNNER_TOOL_CACHE"]) / "millwright").iterdir())


def test_it_is_made_once_and_found_afterwards(runner):
    for _ in range(2):
        process = start(runner)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert [name.split("-")[0] for name in environments(runner)] == ["code", "wheels"]
    done = subprocess.run([python(runner), "-I", "-m", "executors"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:6]) == (2, "usage:")


def test_two_jobs_at_once_do_not_disturb_each_other(runner, tmp_path):
    (tmp_path / "temp2").mkdir()
    other = {**runner, "RUNNER_TEMP": str(tmp_path / "temp2")}
    both = [start(runner), start(other)]
    for process in both:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert len(environments(runner)) == 2
    for one in (runner, other):
        assert (
            subprocess.run([python(one), "-I", "-m", "executors"], check=False, capture_output=True).returncode
            == 2
        )


def test_t56_a_hostile_workspace_changes_nothing(runner, tmp_path):
    start(runner).communicate(timeout=120)
    workspace = tmp_path / "workspace"
    (workspace / "executors").mkdir(parents=True)
    for name in (
        "executors/__init__.py",
        "executors/__main__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "pydantic.py",
    ):
        (workspace / name).write_text("import os; open('owned', 'w').close(); os._exit(77)\n")
    (workspace / "x.pth").write_text("import os; os._exit(77)\n")
    hostile = {"PATH": runner["PATH"], "PYTHONPATH": str(workspace), "PYTHONSTARTUP": "sitecustomize.py"}
    hostile |= {"PYTHONHOME": str(workspace), "PYTHONUSERBASE": str(workspace), "HOME": str(workspace)}
    done = subprocess.run(
        [python(runner), "-I", "-m", "executors"],
        cwd=workspace,
        env=hostile,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:6]) == (2, "usage:")
    assert not (workspace / "owned").exists()


def test_a_tool_cache_that_cannot_be_written_is_not_needed(runner, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    wheels = next((tmp_path / "tools" / "millwright").iterdir())
    own = tmp_path / "temp" / "millwright" / "environments"
    own.mkdir(parents=True)
    wheels.rename(own / wheels.name)
    process = start({**runner, "RUNNER_TOOL_CACHE": str(blocked)})
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert Path(python(runner)).exists()


def test_the_code_is_this_checkouts_own_and_nothing_else_of_it(runner):
    start(runner).communicate(timeout=120)
    where = "import executors, templates; print(executors.__file__); print(templates.__file__)"
    done = subprocess.run([python(runner), "-I", "-c", where], capture_output=True, text=True, check=True)
    assert all("/tools/millwright/code-" in os.path.realpath(line) for line in done.stdout.split())
    site = Path(os.path.realpath(done.stdout.split()[0])).parents[1]
    assert {path.name for path in site.iterdir()} == {"executors", "templates", "wheels.pth"}
    for path in (HOUSE / "templates").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (site / path.relative_to(HOUSE)).read_bytes() == path.read_bytes()


def test_every_pin_has_its_hashes_and_nothing_else_stands_in_the_lock():
    blocks = re.split(r"\n(?=[a-z])", LOCK.split("\n\n", 1)[1].strip())
    assert len(blocks) == len(PINS)
    for block in blocks:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*( \\\n    --hash=sha256:[0-9a-f]{64})+", block), block
    assert "://" not in LOCK


def test_the_lock_holds_everything_that_the_executors_need():
    waiting, seen = set(NEEDED), set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for line in requires(name) or []:
            wanted = re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0].lower().replace("_", "-")
            if "extra ==" not in line and "python_version <" not in line and "python_full_version <" not in line:
                waiting |= {wanted} - seen
    assert seen == set(PINS)
