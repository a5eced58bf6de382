"""The shipped verifier, run as an auditor runs it: alone, isolated, on the ZIP or on the folder."""

import ast
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from templates.evidence import verify
from templates.evidence.verify import AUTHENTIC, INTACT, TAMPERED, verify_pack

PROGRAM = Path(verify.__file__)


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *arguments], check=False, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def unpack(path: Path) -> Path:
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def repack(files: dict[str, bytes], path: Path) -> None:
    """Write a container that is right in itself, so that only the content can betray the change."""
    path.write_bytes(verify._container(list(files.items())))


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_sealed_pack_is_authentic_for_the_key_that_sealed_it(pack_path: Path, fingerprint: str) -> None:
    code, words = run(str(pack_path), "--key", fingerprint)
    assert (code, words.splitlines()[0]) == (0, "AUTHENTIC")
    assert "repo:42/I_kwDOA of acme/website" in words


def test_without_a_key_it_is_intact_and_not_authenticated(pack_path: Path) -> None:
    code, words = run(str(pack_path))
    assert (code, words.splitlines()[0]) == (3, "INTACT, NOT AUTHENTICATED")
    assert "millwright-keys.json" in words


def test_the_unpacked_folder_is_verified_too(pack_path: Path, fingerprint: str) -> None:
    assert run(str(unpack(pack_path)), "--key", fingerprint)[0] == 0


def test_a_forged_pack_with_its_own_key_is_never_authentic(
    make_pack: Callable[..., Pack], now: datetime, tmp_path: Path, fingerprint: str
) -> None:
    forged = tmp_path / "forged.zip"
    forged.write_bytes(
        seal(make_pack(outcome="rolled_back"), Ed25519PrivateKey.from_private_bytes(b"f" * 32), now)
    )
    assert run(str(forged))[0] == 3
    code, words = run(str(forged), "--key", fingerprint)
    assert (code, words.splitlines()[0]) == (1, "TAMPERED")
    assert "not the key that you named" in words


@pytest.mark.parametrize(
    "arguments", [[], ["missing.zip"], ["x.zip", "--key", "SHA256:12"], ["x.zip", "--what"], ["a", "b"]]
)
def test_a_usage_error_exits_with_2(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_t49_every_flipped_byte_of_the_zip_is_noticed(sealed: bytes, tmp_path: Path, fingerprint: str) -> None:
    path = tmp_path / "flipped.zip"
    # The whole first header, the whole end record, and places all over the archive and its directory.
    places = {*range(43), *range(len(sealed) - 22, len(sealed)), *range(50, len(sealed), 61)}
    places |= set(range(len(sealed) - 1500, len(sealed), 23))
    for place in sorted(places):
        path.write_bytes(sealed[:place] + bytes([sealed[place] ^ 0x20]) + sealed[place + 1 :])
        assert verify_pack(path, fingerprint).name == TAMPERED, place


def test_a_change_in_any_file_is_noticed_and_named(pack_path: Path, fingerprint: str) -> None:
    files = contents(pack_path)
    for name, data in files.items():
        repack(files | {name: data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]}, pack_path)
        verdict = verify_pack(pack_path, fingerprint)
        assert verdict.name == TAMPERED
        assert any(name in fault for fault in verdict.faults) or name.startswith("manifest"), verdict


def test_a_missing_and_an_extra_file_are_noticed_and_named(pack_path: Path, fingerprint: str) -> None:
    files = contents(pack_path)
    for name in files:
        repack({path: data for path, data in files.items() if path != name}, pack_path)
        assert any(name in fault for fault in verify_pack(pack_path, fingerprint).faults), name
    repack(files | {"steps/extra.txt": b"x"}, pack_path)
    assert verify_pack(pack_path, fingerprint).faults == ("steps/extra.txt: not in the manifest",)


def test_a_file_put_into_the_folder_is_noticed_and_so_is_a_link(pack_path: Path, fingerprint: str) -> None:
    folder = unpack(pack_path)
    (folder / "steps" / "more.txt").write_text("more")
    assert "steps/more.txt: not in the manifest" in verify_pack(folder, fingerprint).faults
    (folder / "steps" / "more.txt").unlink()
    (folder / "plan.json").rename(folder.parent / "plan.json")
    (folder / "plan.json").symlink_to(folder.parent / "plan.json")
    assert "plan.json: neither a file nor a folder" in verify_pack(folder, fingerprint).faults


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_hides_something_is_refused(sealed: bytes, tmp_path: Path, fingerprint: str) -> None:
    path = tmp_path / "hiding.zip"
    for extra in (sealed + b"trailing", b"leading" + sealed, _with_comment(sealed, path), _twice(sealed, path)):
        path.write_bytes(extra)
        assert verify_pack(path, fingerprint).name == TAMPERED
    for how in ({"compress_type": zipfile.ZIP_DEFLATED}, {"external_attr": 0o120777 << 16}):
        path.write_bytes(_rewritten(sealed, path, how))
        assert "plain stored files only" in verify_pack(path, fingerprint).faults[0]


@pytest.mark.parametrize("junk", [b"", b"PK\x05\x06" + bytes(18), b"PK\x03\x04", b"hello", bytes(4096)])
def test_what_is_no_pack_at_all_is_tampered_and_no_traceback(junk: bytes, tmp_path: Path) -> None:
    path = tmp_path / "junk.zip"
    path.write_bytes(junk)
    code, words = run(str(path))
    assert (code, "Traceback" in words) == (1, False)


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"{}", b'{"key":1}', b'{"a":1,"a":1}', b"[" * 100_000, b"\xff", b'{"key":{"public":"AA=="}}'],
)
def test_a_hostile_manifest_is_tampered_and_no_traceback(manifest: bytes, pack_path: Path) -> None:
    repack(contents(pack_path) | {"manifest.json": manifest}, pack_path)
    code, words = run(str(pack_path))
    assert (code, "Traceback" in words) == (1, False)


def test_what_a_pack_says_cannot_move_the_readers_cursor(
    make_pack: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime, pack_path: Path
) -> None:
    pack_path.write_bytes(seal(make_pack(case="x\x1b[2J\nAUTHENTIC"), key, now))
    code, words = run(str(pack_path))
    assert (code, "\x1b" in words, "\nAUTHENTIC" in words) == (3, False, False)


def test_the_verdicts_have_the_documented_exit_codes() -> None:
    assert verify.EXIT == {AUTHENTIC: 0, TAMPERED: 1, INTACT: 3}


def test_the_verifier_is_python_3_8_and_needs_the_standard_library_only() -> None:
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 8))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= set(sys.stdlib_module_names)


def _with_comment(sealed: bytes, path: Path) -> bytes:
    path.write_bytes(sealed)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hidden"
    return path.read_bytes()


def _twice(sealed: bytes, path: Path) -> bytes:
    path.write_bytes(sealed)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("plan.json", b"{}")
    return path.read_bytes()


def _rewritten(sealed: bytes, path: Path, how: dict[str, int]) -> bytes:
    path.write_bytes(sealed)
    files = contents(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o100644 << 16
            for attribute, value in how.items() if name == "plan.json" else ():
                setattr(info, attribute, value)
            archive.writestr(info, data)
    return path.read_bytes()
