"""The databases that fresh ones are copied from, made once: an empty one with a key, and one with `crm`."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from tests.odoo.server import door
from tests.odoo.server.daemon import Daemon
from tests.odoo.server.place import Unavailable, ran
from tests.odoo.server.postgres import ROLE, Cluster
from tests.odoo.server.programs import Setup

BASE = "template_base"
READY_MADE: tuple[tuple[str, ...], ...] = (("crm",),)
"""Sets of modules that many tests begin with."""


def name_of(modules: tuple[str, ...]) -> str:
    """The template that has these modules, and what they bring, on top of an empty database."""
    return "_".join(("template", *sorted(modules))) if modules else BASE


def ready(made: Setup) -> Setup:
    """Make the golden cluster beside the programs."""
    work = Path(tempfile.mkdtemp(prefix="mw-odoo-"))
    work.chmod(0o711)
    try:
        _make(made, work)
    except (RuntimeError, door.Refused, OSError) as error:
        raise Unavailable(f"Odoo does not run here: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def install(daemon: Daemon, key: str, modules: tuple[str, ...]) -> None:
    """Make the template with these modules from the empty one, by a running Odoo."""
    name = name_of(modules)
    copy(daemon, BASE, name)
    found = door.call(
        daemon.url, name, key, "ir.module.module", "search", domain=[["name", "in", sorted(modules)]]
    )
    door.call(daemon.url, name, key, "ir.module.module", "button_immediate_install", ids=found)
    seal(daemon, name)


def copy(daemon: Daemon, template: str, name: str) -> None:
    """Make a database and its files from a template, with an identity of its own."""
    daemon.cluster.copy(template, name)
    keys = "('database.uuid', 'database.secret')"
    daemon.cluster.sql(f"update ir_config_parameter set value = gen_random_uuid()::text where key in {keys}", name)
    files = daemon.data / "filestore"
    if (files / template).is_dir():
        shutil.copytree(files / template, files / name, dirs_exist_ok=True)


def seal(daemon: Daemon, name: str) -> None:
    """Make the database one to copy from; Odoo's list of databases leaves such out."""
    daemon.cluster.disconnect(name)
    daemon.cluster.sql("vacuum analyze", name)
    daemon.cluster.sql(f'alter database "{name}" is_template true')


def _make(made: Setup, work: Path) -> None:
    made.postgres.make(work / "pg")
    cluster = Cluster.start(made.postgres, work / "pg", work / "socket", work / "postgres.log")
    daemon = Daemon(made, work, work / "odoo.log", cluster)
    try:
        cluster.sql(f"create role {ROLE} login createdb")
        begin = daemon.run("-d", BASE, "-i", "base", "--without-demo", "--stop-after-init", "--no-http")
        ran(begin, "making a first database", {**made.env, "HOME": str(daemon.data)})
        daemon.start()
        key = door.key(daemon.url, BASE, "admin", "admin")
        cluster.sql("update res_users_apikeys set expiration_date = null", BASE)
        for modules in READY_MADE:
            install(daemon, key, modules)
        daemon.stop()
        seal(daemon, BASE)
    finally:
        daemon.kill() if daemon.pid else None
        cluster.stop(clean=True)
    _keep(made.golden, work, key)


def _keep(golden: Path, work: Path, key: str) -> None:
    """Put cluster, files and key in their place."""
    shutil.rmtree(golden, ignore_errors=True)
    golden.mkdir()
    (work / "filestore").mkdir(exist_ok=True)
    ran(["cp", "-a", str(work / "pg"), str(work / "filestore"), str(golden)], "keeping the databases")
    (golden / "golden.json").write_text(json.dumps({"key": key}))
