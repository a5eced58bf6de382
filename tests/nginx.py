"""A real nginx with a configuration of ours, on free ports, with a certificate of its own making."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.bot.standin import now
from tests.programs import program

_AROUND = """\
daemon off;
{user}
worker_processes 2;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{}}
http {{
    types {{ text/html html; text/css css; image/svg+xml svg; application/javascript js; text/plain txt; }}
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Got:
    """An answer: headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A running nginx."""

    folder: Path
    plain: int
    secure: int

    def get(self, host: str, path: str, *, tls: bool = True, method: str = "GET", **headers: str) -> Got:
        """What it answers for that host and path."""
        if tls:
            context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
            context.check_hostname = False
            asked: HTTPConnection = HTTPSConnection("127.0.0.1", self.secure, context=context, timeout=10)
        else:
            asked = HTTPConnection("127.0.0.1", self.plain, timeout=10)
        try:
            sent = {"Host": host, **{name.replace("_", "-"): text for name, text in headers.items()}}
            asked.request(method, path, headers=sent)
            answer = asked.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, found, answer.read())
        finally:
            asked.close()


def certificate(folder: Path, names: Sequence[str]) -> None:
    """`fullchain.pem` and `privkey.pem` for these names, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


@contextmanager
def serving(folder: Path, conf: str, names: Sequence[str]) -> Iterator[Server]:
    """nginx with the configuration, its ports 80 and 443 moved to free ones of this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate(folder, names)
    with ExitStack() as held:
        socks = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        plain, secure = (sock.getsockname()[1] for sock in socks)
    text = re.sub(r"^ *listen \[::\].*\n", "", conf, flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace(
        "listen 443 ", f"listen 127.0.0.1:{secure} "
    )
    (folder / "site.conf").write_text(text)
    user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    words = [
        str(program("nginx")),
        "-p",
        str(folder),
        "-e",
        f"{folder}/error.log",
        "-c",
        str(folder / "nginx.conf"),
    ]
    tested = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(words)
    try:
        _wait(process, plain, folder)
        yield Server(folder, plain, secure)
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(20_000):
        assert process.poll() is None, (folder / "error.log").read_text()
        with socket.socket() as sock:
            sock.settimeout(1)
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("nginx never listened")
