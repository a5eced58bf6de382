"""The preflight in a real world: each check says what it looked at, what it found, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from executors.errors import WorldError
from executors.executor import Certificate, Facts, Room
from executors.kinds.preflight import EXECUTOR, address, place
from executors.kinds.preflight.inputs import Inputs
from executors.parts.check import Check
from executors.protocol.registration import Registration
from executors.protocol.site import SshRoot, WebRoot
from executors.render.shipped import template_digest
from executors.world.world import World
from tests.executors.legs import answering, world_at

TEMPLATE = "corporate_site_v1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZha2VmYWtlZmFrZWZha2VmYWtlZmFrZWZha2VmYWtl"
OVER_SSH = SshRoot(host="web1.example.com", user="deploy", path="/srv/www", host_keys=(KEY,), key="DEPLOY_KEY")
HERE = WebRoot(path="/srv/www")
PLENTY = Room(free=5_000_000_000, writable=True, whose="ours", tools=("rsync 3.2.7",))


class _Pictures:
    """A product repository that holds one picture."""

    def read(self, path: str, sha256: str) -> bytes:
        """Return it; refuse any other."""
        if path != "there.png":
            raise WorldError(f"content {path}: is not in the repository")
        return b"png"


def looked(root: Path, **more: Any) -> Facts:
    """The look of a preflight at a folder below `root`."""
    given = {"target": str(root / "www"), "template": TEMPLATE, **more}
    world = World(root / "work", "case/leg", ("127.0.0.1",), source=_Pictures())
    return EXECUTOR.look(Inputs.model_validate(given), "preflight", world)


def found(facts: Facts) -> Mapping[str, Check]:
    """The checks by name."""
    return {check.check: check for check in facts.data}


def verdicts(facts: Facts) -> dict[str, str]:
    """Check → verdict."""
    return {name: check.verdict for name, check in found(facts).items()}


def test_a_new_folder_with_room_is_fine_and_nothing_is_made_there(tmp_path):
    facts = looked(tmp_path, template_digest=template_digest(TEMPLATE))
    assert verdicts(facts) == dict.fromkeys(("template", "disk", "writable", "folder"), "ok")
    assert facts.findings == ()
    assert list(tmp_path.iterdir()) == []


def test_what_was_looked_at_found_and_is_to_be_done_is_kept_for_the_evidence(tmp_path):
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "somebodys.html").touch()
    facts = looked(tmp_path)
    (kept,) = [one for one in facts.record["preflight"] if one["check"] == "folder"]
    assert kept == {
        "check": "folder",
        "looked_at": f"local:{tmp_path}/www",
        "found": "holds files that are not ours",
        "verdict": "failure",
        "next": "name an empty or a new folder in the policy",
    }
    (finding,) = facts.findings
    assert (finding.level, finding.code, finding.step) == ("failure", "folder", "preflight")
    assert "→ name an empty or a new folder" in finding.message


def test_a_folder_that_nobody_makes_is_a_failure_that_says_so(tmp_path):
    facts = looked(tmp_path, target=str(tmp_path / "not" / "there"))
    assert found(facts)["target"].verdict == "failure"
    assert "make that folder" in found(facts)["target"].found


def test_a_template_of_another_version_is_a_failure(tmp_path):
    assert verdicts(looked(tmp_path, template_digest="0" * 64))["template"] == "failure"
    assert verdicts(looked(tmp_path, template="not_there_v1"))["template"] == "failure"


def test_the_files_of_a_template_of_ones_own_are_read(tmp_path):
    there = {"path": "there.png", "sha256": "0" * 64}
    given = {"template": "acme_brand_v1", "template_digest": "0" * 64}
    assert verdicts(looked(tmp_path, **given, own_template=[there]))["template"] == "ok"
    gone = found(looked(tmp_path, **given, own_template=[{**there, "path": "gone.html"}]))["template"]
    assert (gone.verdict, "gone.html" in gone.found) == ("failure", True)


def test_pictures_that_cannot_be_read_are_named(tmp_path):
    there = {"path": "there.png", "sha256": "0" * 64}
    assert verdicts(looked(tmp_path, pictures=[there]))["pictures"] == "ok"
    gone = found(looked(tmp_path, pictures=[there, {**there, "path": "gone.png"}]))["pictures"]
    assert gone.verdict == "failure"
    assert "gone.png" in gone.found


@pytest.mark.parametrize(
    ("room", "at", "check", "verdict"),
    [
        (PLENTY, HERE, place.disk, "ok"),
        (Room(999_999_999, True, "ours"), HERE, place.disk, "failure"),
        (Room(5_000_000_000, False, "ours"), HERE, place.leave, "failure"),
        (Room(5_000_000_000, True, "new"), HERE, place.owner, "ok"),
        (Room(5_000_000_000, True, "foreign"), HERE, place.owner, "failure"),
        (PLENTY, OVER_SSH, place.sender, "ok"),
        (Room(1, True, "ours", lacks=("rsync",)), OVER_SSH, place.sender, "failure"),
        (Room(None, None, None, why="may only look"), OVER_SSH, place.disk, "unknown"),
        (Room(None, None, None, why="may only look"), OVER_SSH, place.leave, "unknown"),
        (Room(None, None, None, why="may only look"), OVER_SSH, place.owner, "unknown"),
        (Room(None, None, None, why="may only look"), OVER_SSH, place.sender, "unknown"),
    ],
)
def test_room_is_judged_and_what_is_unknown_stays_unknown(room, at, check, verdict):
    made = check(at, room)
    assert made.verdict == verdict
    assert bool(made.next) == (verdict != "ok")


def test_an_unknown_is_told_as_a_notice_and_is_not_a_failure(tmp_path):
    unknown = place.disk(OVER_SSH, Room(None, None, None, why="the key may only look"))
    finding = unknown.finding("preflight")
    assert finding is not None
    assert finding.level == "notice"
    assert "unknown: the key may only look" in finding.message


@pytest.mark.parametrize(
    ("status", "headers", "ours", "verdict"),
    [
        (404, {}, False, "ok"),
        (200, {}, True, "ok"),
        (200, {}, False, "warning"),
        (301, {"Location": "https://elsewhere.example/"}, True, "warning"),
        (503, {}, True, "warning"),
    ],
)
def test_who_answers_at_the_address_is_told(status, headers, ours, verdict, tmp_path):
    with answering(lambda *_: (status, headers, b"hello")) as url:
        check = address.answers(url, world_at(tmp_path), ours=ours)
    assert check.verdict == verdict
    assert str(status) in check.found


def test_nobody_there_is_a_warning_for_the_deployment_would_be_taken_back(tmp_path):
    with answering(lambda *_: (200, {}, b"")) as url:
        pass
    check = address.answers(url, world_at(tmp_path), ours=False)
    assert check.verdict == "warning"
    assert "start the web server" in check.next


class _Eyes:
    """A reader that knows one certificate and one registration."""

    def __init__(self, certificate: Certificate | WorldError, registration: Registration | None = None) -> None:
        self._certificate, self._registration = certificate, registration

    def certificate(self, _url: str) -> Certificate:
        """The certificate, or why there is none."""
        if isinstance(self._certificate, WorldError):
            raise self._certificate
        return self._certificate

    def registration(self, _domain: str) -> Registration:
        """The registration; asking where there is none is a mistake."""
        assert self._registration is not None, "the registry was asked"
        return self._registration


WRONG = WorldError("the certificate of acme.de: has expired")


@pytest.mark.parametrize(
    ("certificate", "builds", "verdict"),
    [
        (Certificate(("acme.de",), 60), False, "ok"),
        (Certificate(("acme.de",), 13), False, "warning"),
        (WRONG, False, "failure"),
        (WRONG, True, "warning"),
        (WorldError("no answer", again=True), False, "unknown"),
    ],
)
def test_a_certificate_is_judged_by_its_days(certificate, builds, verdict):
    assert address.certificate("https://acme.de", _Eyes(certificate), builds=builds).verdict == verdict


@pytest.mark.parametrize(("state", "verdict"), [("registered", "ok"), ("free", "warning"), ("unknown", "unknown")])
def test_what_the_registry_does_not_say_is_unknown(state, verdict):
    said = Registration(domain="acme.de", state=state, name="acme.de", why="nobody says", source="rdap.example")
    assert address.registered("acme.de", _Eyes(WRONG, said)).verdict == verdict


def test_of_a_name_that_nobody_can_register_no_registry_is_asked():
    assert address.registered("acme.example", _Eyes(WRONG)).verdict == "unknown"
