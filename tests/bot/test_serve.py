"""The bot as a process: it says what is wrong, serves, and drains when it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.__main__ import main, names, subcommand

ROOT = Path(__file__).parents[2]


def environ(folder: Path) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "PATH": os.environ["PATH"],
        "MILLWRIGHT_DATA": str(folder),
        "MILLWRIGHT_LISTEN": "127.0.0.1:0",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": pem.decode(),
        "GITHUB_WEBHOOK_SECRET": "s" * 40,
    }


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_the_process_serves_at_rest_under_150_megabytes_and_drains_at_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "serve", "--init-key"]
    with subprocess.Popen(command, cwd=ROOT, env=environ(tmp_path), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = next(word for word in said.split() if word.startswith("http://"))
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            assert answer.status == 200
        status = Path(f"/proc/{process.pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert resident < 150 * 1024, f"{resident} kB"


def test_a_wrong_environment_is_told_on_stderr_and_ends_with_2() -> None:
    command = [sys.executable, "-m", "bot", "serve"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "GITHUB_WEBHOOK_SECRET is not set" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", names())
def test_every_subcommand_is_named_as_its_file_and_says_what_it_does(name: str) -> None:
    record = subcommand(name)
    assert record.name == name.replace("_", "-")
    assert record.summary
    with pytest.raises(SystemExit) as ended:
        main([record.name, "--help"])
    assert ended.value.code == 0


HELP = """
import sys
import bot.__main__ as millwright
try:
    millwright.main(["--help"])
except SystemExit:
    pass
print([name for name in ("aiohttp", "sqlalchemy") if name in sys.modules])
"""


def test_help_needs_no_web_server() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "serve" in done.stdout
