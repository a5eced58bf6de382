"""The server of the tests keeps its promises: fresh, several at once, loud where it is missing, gone at last."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.odoo.server import Instance, Server, door
from tests.odoo.server.place import ROOT
from tests.odoo.server.process import gone

PYTEST = [sys.executable, "-m", "pytest", "-n", "0", "tests/odoo/test_server.py", "-k", "another"]


def test_what_one_test_did_another_does_not_see(odoo_with: Callable[..., Instance]) -> None:
    one, other = odoo_with(), odoo_with()
    one.call("res.partner", "create", vals_list=[{"name": "Only here"}])
    assert other.rows("res.partner", [["name", "=", "Only here"]], "name") == []
    assert "crm" in odoo_with("crm").modules()
    assert "crm" not in other.modules()


def test_a_killed_odoo_comes_back_where_it_was(odoo: Instance) -> None:
    url = odoo.url
    odoo.kill()
    odoo.restart(workers=2)
    assert odoo.url == url
    assert odoo.call("res.users", "search_count", domain=[]) > 0


def test_keys_belong_to_their_owners(odoo: Instance) -> None:
    key = odoo.user("base.group_user")
    assert odoo.call("res.users", "context_get", key=key)["uid"] != odoo.call("res.users", "context_get")["uid"]


def test_a_server_of_the_command_line_ends_with_the_process_it_is_bound_to(server: Server, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as holder:
        command = [sys.executable, "-m", "tests.odoo.server", "start", "--folder", str(tmp_path)]
        started = subprocess.run(
            [*command, "--bound-to", str(holder.pid)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        said = json.loads(started.stdout)
        found = door.call(said["url"], said["database"], said["key"], "res.users", "search_count", domain=[])
        assert found > 0
        assert said["url"] != server.daemon.url
        holder.send_signal(signal.SIGKILL)
    assert gone(said["pid"], 30)


def summary(tmp_path: Path, **env: str) -> tuple[int, str]:
    """How these tests end on a machine where nothing is set up."""
    environ = {**os.environ, "MILLWRIGHT_ODOO_HOME": str(tmp_path / "nothing"), **env}
    for name in {"PYTEST_XDIST_WORKER", "MILLWRIGHT_ODOO_REQUIRED"} - set(env):
        environ.pop(name, None)
    done = subprocess.run(PYTEST, cwd=ROOT, env=environ, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_where_there_is_none_that_is_said_loudly(tmp_path: Path) -> None:
    code, said = summary(tmp_path)
    assert code == 0
    assert "NOT TESTED: real Odoo: nothing is set up" in said


def test_where_it_is_required_its_absence_is_a_failure(tmp_path: Path) -> None:
    code, said = summary(tmp_path, MILLWRIGHT_ODOO_REQUIRED="1")
    assert code == 1
    assert "NOT TESTED: real Odoo: nothing is set up" in said


def test_plain_pytest_starts_no_odoo() -> None:
    others = [path for path in (ROOT / "tests").iterdir() if path.name not in ("odoo", "chaos")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "--collect-only",
        *(f"--ignore={path}" for path in others),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "tests/odoo/" not in done.stdout
    assert "tests/chaos/" in done.stdout
