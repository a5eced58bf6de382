"""The key for previews: its line lets it look, and what is no key or no such place is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main
from executors.world.ssh.scripts import forced
from tests.bot.domain.test_site_place import HEAD, KEY, PAGES, SSH


def said(
    capsys: pytest.CaptureFixture[str], folder: Path, policy: str, public: str, name: str = "live"
) -> tuple[int, str, str]:
    (folder / "policy.yml").write_text(HEAD + policy)
    (folder / "key.pub").write_text(public)
    code = main(["ssh-key", str(folder / "policy.yml"), name, str(folder / "key.pub")])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_line_holds_the_forced_command_of_that_root(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, tmp_path, SSH, f"{KEY} preview\n")
    assert (code, out) == (0, f"{forced('/srv/www/acme')} {KEY} preview\n")
    assert "DEPLOY_KEY of live-read" in err
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("policy", "public", "why"),
    [
        (SSH, "-----BEGIN OPENSSH PRIVATE KEY-----", "is no public key"),
        (SSH, f"{KEY}\nssh-rsa AAAA", "is no public key"),
        (PAGES, KEY, "no environment of kind `ssh`"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str, public: str, why: str
) -> None:
    code, out, err = said(capsys, tmp_path, policy, public)
    assert (code, out) == (2, "")
    assert why in err
