"""What an Odoo leg leaves in a pack: looks that the journal vouches for, a page of what changed, the log."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.evidence.bundle import joined_logs, read_bundle
from executors.evidence.leaks import SecretsFound
from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from executors.evidence.story import Story, tell
from executors.protocol.canonical import canonical, parse
from executors.protocol.journal import Intent, LegStarted, Looked
from executors.runner.bundle import log_into
from executors.world.folder import Folder
from executors.world.secrets import Secrets
from templates.evidence import verify
from tests.executors.evidence import odoo_case as odoo
from tests.executors.evidence.odoo_case import opened, text_of
from tests.executors.evidence.test_verifier_distrust import resealed

FOLDER = "steps/step_2_odoo_install_modules"


def story(pack: Pack) -> Story:
    return tell(pack, created="", head="", signer="")


def verified(sealed: bytes, path: Path) -> tuple[int, str]:
    path.write_bytes(sealed)
    command = [sys.executable, "-I", str(verify.__file__), str(path)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    return ran.returncode, ran.stdout


def test_looks_and_log_are_in_the_pack_and_the_shipped_verifier_accepts_it(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime, tmp_path: Path
) -> None:
    sealed = seal(erp(), key, now, ["the-api-key"])
    files = opened(sealed)
    assert files[f"{FOLDER}/before.json"] == canonical(odoo.BEFORE["erp-modules"])
    assert files[f"{FOLDER}/after.json"] == canonical(odoo.AFTER["erp-modules"])
    assert files["legs/erp/odoo.jsonl"] == odoo.calls()
    assert verified(sealed, tmp_path / "pack.zip")[0] == 3


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_look_that_its_journal_does_not_vouch_for_is_not_sealed(
    where: str, erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    forged = odoo.files()
    forged["erp-modules"][f"{where}.json"] = canonical(odoo.modules(odoo.BASE, "account=1.4"))
    with pytest.raises(ProtocolError, match=rf"'erp-modules': {where}\.json is not what its journal says"):
        seal(erp(files=forged), key, now)


def test_before_and_after_in_each_other_s_place_are_not_sealed(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    with pytest.raises(ProtocolError, match="not what its journal says"):
        seal(erp(files=odoo.files(odoo.AFTER, odoo.BEFORE)), key, now)


def test_a_look_in_between_is_neither_before_nor_after(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    between = odoo.modules(odoo.BASE, "mail=1.19")
    run = [line for line in odoo.whole() if not (isinstance(line, Looked) and line.step == "erp-modules")]
    at = next(n for n, line in enumerate(run) if isinstance(line, Intent) and line.step == "erp-modules")
    looks = (odoo.BEFORE["erp-modules"], between, odoo.AFTER["erp-modules"])
    run[at:at] = [Looked(step="erp-modules", round=n, record=odoo.record(one)) for n, one in enumerate(looks, 1)]
    journals = {"erp": odoo.stored(tuple(run))}
    assert seal(erp(journals=journals), key, now)
    for name in ("before.json", "after.json"):
        files = odoo.files()
        files["erp-modules"][name] = canonical(between)
        with pytest.raises(ProtocolError, match=name):
            seal(erp(journals=journals, files=files), key, now)


@pytest.mark.parametrize("name", ["before.json", "after.json"])
def test_the_verifier_finds_a_look_that_the_sealer_himself_exchanged(
    name: str, erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "forged.zip"
    path.write_bytes(seal(erp(), key, now))
    other = {f"{FOLDER}/{name}": canonical(odoo.modules(odoo.BASE, "account=1.4"))}
    assert resealed(path, key, lambda files, _manifest: files.update(other)) == (
        f"{FOLDER}/{name}: not what the journal says was seen",
    )
    assert verified(path.read_bytes(), path)[0] == 1


def test_secrets_in_looks_and_log_are_found_before_anything_is_sealed(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    log = odoo.calls(b'{"n":9,"method":"db.list","arguments":{"x":"hunter2-master"}}')
    with pytest.raises(SecretsFound) as found:
        seal(erp(legs={"erp": {"odoo.jsonl": log}}), key, now, ["hunter2-master"])
    assert [leak.path for leak in found.value.leaks] == ["legs/erp/odoo.jsonl"]


def test_a_run_killed_between_a_look_and_its_journal_line_still_gives_a_pack(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime, tmp_path: Path
) -> None:
    killed = odoo.stored((LegStarted(verb="execute"), *odoo.done("erp-modules")))
    files = {"erp-modules": odoo.files()["erp-modules"]}
    log = odoo.calls(b'{"n":17,"wire":"js')
    sealed = seal(erp(files=files, journals={"erp": killed}, legs={"erp": {"odoo.jsonl": log}}), key, now)
    assert f"{FOLDER}/before.json" in opened(sealed)
    assert f"{FOLDER}/after.json" not in opened(sealed)
    text = text_of(sealed)
    assert "that look is left out" in text
    assert "1 more entry cannot be read, because a run was cut off" in text
    assert verified(sealed, tmp_path / "pack.zip")[0] == 3


def test_the_logs_of_several_runs_are_one_and_a_cut_line_spoils_no_other(erp: Callable[..., Pack]) -> None:
    runs = [odoo.artifact(odoo.files(), odoo.calls(b'{"n":17,"wi')), odoo.artifact({}, odoo.calls())]
    logs = joined_logs(read_bundle(run) for run in runs)
    (calls,) = story(erp(legs={"erp": logs})).calls
    assert (set(logs), calls.total, calls.failed, calls.cut) == ({"odoo.jsonl"}, 32, 2, 1)


def test_packs_with_looks_are_the_same_bytes_each_time(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    turned = dict(reversed(list(odoo.files().items())))
    assert seal(replace(erp(), files=turned), key, now) == seal(erp(), key, now)


def test_a_log_is_in_the_bundle_at_once_and_without_secrets_in_any_spelling(tmp_path: Path) -> None:
    folder, master = Folder(tmp_path), 'ma"ster\\ü-7'
    folder.make()
    log = log_into(folder, Secrets(["ODOO_MASTER"], {"ODOO_MASTER": master}).redact)
    log("odoo", {"n": 1, "method": "db.list", "arguments": {"deep": [f"x{master}y", {master: True}]}})
    told = parse((folder.bundle / "odoo.jsonl").read_bytes())
    assert told == {"n": 1, "method": "db.list", "arguments": {"deep": ["x***y", {"***": True}]}}
