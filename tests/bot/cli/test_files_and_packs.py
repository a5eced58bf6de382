"""`millwright validate`, `workflow`, `verify`, and the list of commands itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator

from bot.__main__ import names, subcommand
from bot.cli._files import plan_of
from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from executors.protocol import dsse
from executors.protocol.canonical import canonical
from tests.bot.cli.conftest import ACME, POLICY, Millwright

VERTICAL = Path(__file__).parents[3] / "verticals" / "service_business_v1.yaml"
KEY = "SHA256:" + "a" * 64
ACTIONS = "millwright-dev/millwright@" + "b" * 40


def test_good_files_are_called_good_by_their_kind(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    said = millwright("validate", ACME, "policy.yml", VERTICAL)
    assert said.code == 0
    assert said.out.splitlines() == [
        f"{ACME}: a good briefing",
        "policy.yml: a good policy",
        f"{VERTICAL}: a good vertical",
    ]


def test_one_bad_file_among_good_ones_is_named_with_lines(millwright: Millwright, tmp_path: Path) -> None:
    bad = POLICY.replace("key: WWW", "key: w").replace("path: /srv/www", "path: srv/www")
    (tmp_path / "policy.yml").write_text(bad)
    said = millwright("validate", ACME, "policy.yml")
    assert said.code == 1
    assert "policy.yml:4: products.0.key" in said.out
    assert "policy.yml:8: environments.0.path is no absolute path of a folder" in said.out
    assert "a good briefing" in said.out


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "- 1\n", ""])
def test_a_file_that_is_nothing_is_a_fault_and_no_crash(millwright: Millwright, tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    said = millwright("validate", "odd.yaml")
    assert said.code == 1
    assert said.out.startswith("odd.yaml")


def test_bytes_that_are_no_text_are_refused(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge.yaml").write_bytes(b"a" * (1 << 21))
    assert "it is no UTF-8 text" in millwright("validate", "odd.yaml").err
    assert "larger than 1 MB" in millwright("validate", "huge.yaml").err


def test_what_a_file_is_can_be_told(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    said = millwright("validate", "policy.yml", "--as", "vertical")
    assert said.code == 1
    assert "vertical_id is missing" in said.out


def test_the_schema_of_a_policy_takes_a_good_one_and_refuses_a_bad_one(millwright: Millwright) -> None:
    schema = json.loads(millwright("validate", "--schema", "policy").out)
    Draft202012Validator.check_schema(schema)
    good = yaml.safe_load(POLICY)
    assert not list(Draft202012Validator(schema).iter_errors(good))
    assert list(Draft202012Validator(schema).iter_errors(good | {"surprise": 1}))


def test_no_file_at_all_is_a_mistake(millwright: Millwright) -> None:
    assert millwright("validate").code == 2


def test_the_workflow_pins_what_it_was_given_and_is_yaml(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    asked = ("workflow", "policy.yml", "--url", "https://bot.example", "--key", KEY, "--actions", ACTIONS)
    printed = millwright(*asked)
    assert printed.code == 0
    made = yaml.safe_load(printed.out)
    assert set(made["jobs"]) == {"admit", "execute", "build", "report"}
    assert "${{ secrets.WWW_KEY }}" in printed.out
    assert f"/actions/admit@{'b' * 40}" in printed.out

    written = millwright(*asked, "-o", ".github/workflows/millwright.yml")
    assert (tmp_path / ".github" / "workflows" / "millwright.yml").read_text() == printed.out
    assert "commit it as .github/workflows/millwright.yml in acme/ops" in written.out


def test_a_workflow_of_nonsense_is_not_written(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    said = millwright(
        "workflow", "policy.yml", "--url", "ftp://x", "--key", KEY, "--actions", "x", "-o", "out.yml"
    )
    assert said.code == 2
    assert "bot: 'ftp://x' is not of the form it needs" in said.err
    assert not (tmp_path / "out.yml").exists()
    (tmp_path / "bad.yml").write_text(POLICY.replace("key: WWW", "key: w"))
    said = millwright("workflow", "bad.yml", "--url", "https://x", "--key", KEY, "--actions", ACTIONS)
    assert said.code == 1
    assert "bad.yml:4: products.0.key" in said.err


def test_what_is_no_pack_is_tampered_and_what_is_not_there_is_a_mistake(
    millwright: Millwright, tmp_path: Path
) -> None:
    (tmp_path / "pack.zip").write_bytes(b"no zip")
    said = millwright("verify", "pack.zip", "--key", KEY)
    assert said.code == 1
    assert said.out.startswith("TAMPERED")
    assert "cannot read nothing.zip" in millwright("verify", "nothing.zip").err
    assert "--key wants the fingerprint" in millwright("verify", "pack.zip", "--key", "abc").err


@pytest.mark.parametrize("name", ["plan", "run", "verify", "validate", "workflow"])
def test_each_command_is_its_file_and_has_a_summary(name: str) -> None:
    assert name in names()
    record = subcommand(name)
    assert record.name == name
    assert record.summary


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "bot", "plan", str(ACME), "--site", str(tmp_path / "site"), "--json"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
    assert json.loads(said.stdout)["display_id"] == "LOCAL-0"


def test_a_sealed_pack_is_authentic_with_its_key_and_with_no_other(
    millwright: Millwright, plan: Path, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    opened = {"n": 1, "prev": "0" * 64, "type": "capability.opened", "at": "2026-01-31T09:00:00.000000Z"}
    event = opened | {"actor": {"id": 1, "login": "olga"}, "why": "", "data": {}}
    pack = Pack("repo:1/I_1", plan_of(plan), "completed", ledger=(canonical(event),))
    (tmp_path / "pack.zip").write_bytes(seal(pack, key, datetime(2026, 1, 31, tzinfo=UTC)))
    mine = dsse.fingerprint(dsse.public_raw(key))
    said = millwright("verify", "pack.zip", "--key", mine)
    assert (said.code, said.out.splitlines()[0]) == (0, "AUTHENTIC")
    said = millwright("verify", "pack.zip", "--key", KEY)
    assert (said.code, said.out.splitlines()[0]) == (1, "TAMPERED")
    said = millwright("verify", "pack.zip")
    assert (said.code, said.out.splitlines()[0]) == (3, "INTACT, NOT AUTHENTICATED")
