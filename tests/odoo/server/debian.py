"""Packages from the mirror that apt on this machine already uses, unpacked into a folder; nothing is installed.

apt works here in a state of its own, so it needs no rights and leaves the machine's package lists alone.
`$MILLWRIGHT_DEBIAN_MIRROR` names a mirror for machines whose apt has none of Debian's, such as Ubuntu's.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.odoo.server.place import Unavailable, ran

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Odoo, and the scripts and fonts that Debian keeps in packages of their own: without them every page answers 500.
ODOO = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
)


def unpack_odoo(home: Path) -> Path:
    """The folder in which Debian sid's Odoo 19 lies unpacked."""
    if not KEYRING.exists():
        raise Unavailable(f"Debian's archive keys are not on this machine ({KEYRING}: debian-archive-keyring)")
    listed = home / "apt-sid.list"
    listed.write_text(f"deb [signed-by={KEYRING}] {_mirror()} sid main\n")
    env = _apt(home / "apt-sid", [f'Dir::Etc::sourcelist "{listed}";', 'Dir::Etc::sourceparts "/dev/null";'])
    return _unpacked(home, "tree", env, ["download", *ODOO])


def unpack_postgres(home: Path) -> Path:
    """The folder in which this machine's own distribution's PostgreSQL lies unpacked, with what it needs."""
    return unpack_own(home, "postgres", "postgresql")


def unpack_own(home: Path, name: str, *packages: str) -> Path:
    """`home/name`, in which packages of this machine's own distribution lie unpacked, with what they need."""
    status = Path("/var/lib/dpkg/status")
    env = _apt(home / "apt-own", [f'Dir::State::status "{status}";', 'Debug::NoLocking "true";'])
    wanted = ["install", "-y", "--download-only", "--no-install-recommends", *packages]
    return _unpacked(home, name, env, wanted)


def _mirror() -> str:
    if given := os.environ.get("MILLWRIGHT_DEBIAN_MIRROR"):
        return given
    sites = ran(["apt-get", "indextargets", "--format", "$(SITE)"], "asking apt for its mirror").split()
    found = next((site for site in sites if site.rstrip("/").endswith("/debian")), None)
    if found is None:
        raise Unavailable("apt on this machine knows no mirror of Debian (MILLWRIGHT_DEBIAN_MIRROR names one)")
    return found


def _apt(state: Path, lines: list[str]) -> dict[str, str]:
    """The environment in which apt keeps its state in `state`, with its package lists fetched."""
    if shutil.which("dpkg-deb") is None:
        raise Unavailable("this machine has no apt and dpkg, and Odoo comes as a Debian package")
    for name in ("state/lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True, exist_ok=True)
    own = [f'Dir::State "{state}/state";', f'Dir::Cache "{state}/cache";', 'APT::Sandbox::User "root";']
    if not any("status" in line for line in lines):
        own.append('Dir::State::status "/dev/null";')
    (state / "apt.conf").write_text("\n".join([*own, *lines, ""]))
    env = {**os.environ, "APT_CONFIG": str(state / "apt.conf"), "LC_ALL": "C.UTF-8"}
    ran(["apt-get", "update", "-qq"], "fetching the mirror's package lists", env)
    return env


def _unpacked(home: Path, name: str, env: dict[str, str], wanted: list[str]) -> Path:
    """Fetch with apt-get, and unpack under `home/name`, complete or not at all."""
    tree, debs = home / f"{name}.part", Path(env["APT_CONFIG"]).parent / "cache" / "archives"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    ran(["apt-get", "-qq", *wanted], f"fetching {wanted[-1]} and the like from the mirror", env, debs)
    for deb in sorted(debs.glob("*.deb")):
        ran(["dpkg-deb", "-x", str(deb), str(tree)], f"unpacking {deb.name}")
    shutil.rmtree(debs.parent.parent)
    shutil.rmtree(home / name, ignore_errors=True)
    return tree.rename(home / name)
