"""Make the environment that executors run in: pinned wheels and this checkout's own code, outside the workspace.

Two folders in the runner's tool cache (RUNNER_TEMP where there is none), both named by digests of what they
hold and moved into place whole, so that a second job finds them ready and two jobs at once do not disturb each
other:

    millwright/wheels-<python>-<lock>/         the wheels of requirements.txt, every one by its SHA-256
    millwright/code-<python>-<lock>-<code>/    executors and templates of this checkout, on top of the wheels

`$RUNNER_TEMP/millwright/python` is a link to the second. Nothing but wheels is installed, so no foreign code runs.
"""

import hashlib
import os
import platform
import secrets
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

PACKAGES = ("executors", "templates")
_SECRETIVE = ("ACTIONS_", "GITHUB_TOKEN", "MILLWRIGHT_", "INPUT_")


def main() -> int:
    """Make or find both folders and set the link; returns the exit code."""
    action = Path(os.environ["GITHUB_ACTION_PATH"]).resolve()
    temp = Path(os.environ["RUNNER_TEMP"]).resolve()
    lock, house = action / "requirements.txt", action.parent.parent
    cache = _writable(os.environ.get("RUNNER_TOOL_CACHE"), temp)
    kind = f"{sys.version_info[0]}.{sys.version_info[1]}-{platform.machine()}-{_digest([lock])}"
    files = [path for package in PACKAGES for path in _files(house / package)]
    wheels = _made(cache / f"wheels-{kind}", lambda place: _install(place, lock))
    code = _made(cache / f"code-{kind}-{_digest(files, house)}", lambda place: _copy(place, house, files, wheels))
    _link(temp / "millwright" / "python", code)
    sys.stdout.write(f"Executors are ready in {code.name}.\n")
    return 0


def _writable(named: str | None, temp: Path) -> Path:
    """Return the folder for environments: the tool cache, or the job's own where that cannot be written."""
    for base in [Path(named)] if named else []:
        try:
            place = base.resolve() / "millwright"
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            return place
    place = temp / "millwright" / "environments"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _made(place: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder, made beside its place and renamed into it; the first of two jobs wins."""
    if place.is_dir():
        return place
    waiting = place.with_name(f".{place.name}-{secrets.token_hex(4)}")
    try:
        make(waiting)
        try:
            waiting.rename(place)
        except OSError:
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return place


def _install(place: Path, lock: Path) -> None:
    """Install the wheels of the lock file into a new environment."""
    venv.EnvBuilder(with_pip=True, symlinks=True).create(place)
    command = [str(place / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETIVE)}
    subprocess.run([*command, "--requirement", str(lock)], check=True, env=environ)  # noqa: S603 - our own words


def _copy(place: Path, house: Path, files: list[Path], wheels: Path) -> None:
    """Make an environment on top of the wheels that holds this checkout's code, compiled."""
    venv.EnvBuilder(with_pip=False, symlinks=True).create(place)
    site, below = _site(place), _site(wheels)
    (site / "wheels.pth").write_text(f"{below}\n", encoding="utf-8")
    for path in files:
        copy = site / path.relative_to(house)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    command = [
        str(place / "bin" / "python"),
        "-I",
        "-m",
        "compileall",
        "-q",
        "--invalidation-mode",
        "unchecked-hash",
    ]
    subprocess.run([*command, *(str(site / package) for package in PACKAGES)], check=True)  # noqa: S603 - our own words


def _site(place: Path) -> Path:
    return place / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def _files(package: Path) -> Iterator[Path]:
    """Yield the package's files in a fixed order, without what Python leaves behind; links are not followed."""
    for path in sorted(package.rglob("*")):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            yield path


def _digest(files: list[Path], base: Path | None = None) -> str:
    """Return 16 hex digits over names and contents."""
    whole = hashlib.sha256()
    for path in files:
        name = path.relative_to(base).as_posix() if base else path.name
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def _link(link: Path, target: Path) -> None:
    """Point the link at the environment, whatever it pointed at before."""
    link.parent.mkdir(parents=True, exist_ok=True)
    waiting = link.with_name(f".{link.name}-{secrets.token_hex(4)}")
    waiting.symlink_to(target)
    waiting.replace(link)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stdout.write(f"::error title=setup::The environment for the executors could not be made: {error}\n")
        sys.exit(1)
