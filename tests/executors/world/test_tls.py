"""A certificate is looked at over a real handshake: its names and days, or why it does not hold."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.world import tls
from executors.world.clock import Clock
from tests.nginx import certificate


@contextmanager
def shown(folder: Path, name: str) -> Iterator[str]:
    """A server at `localhost` that shows a certificate for `name`; yields its address."""
    certificate(folder, [name])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # whoever asked does not like the certificate, or the test is over
                asked, _ = server.accept()
                with context.wrap_socket(asked, server_side=True) as line:
                    line.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_certificate_that_holds_is_told_with_its_names_and_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
    now = Clock().now()
    with shown(tmp_path, "localhost") as url:
        found = tls.certificate(url, ("localhost",), now - timedelta(days=20))
    assert found.names == ("localhost",)
    assert found.days in (20, 21)


def test_a_certificate_for_another_host_does_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
    with shown(tmp_path, "elsewhere.example") as url, pytest.raises(WorldError, match="mismatch") as refused:
        tls.certificate(url, ("localhost",), Clock().now())
    assert not refused.value.again


def test_a_certificate_that_nobody_vouches_for_does_not_hold(tmp_path: Path) -> None:
    with shown(tmp_path, "localhost") as url, pytest.raises(WorldError, match="self-signed") as refused:
        tls.certificate(url, ("localhost",), Clock().now())
    assert not refused.value.again


def test_a_server_that_is_not_there_may_be_asked_again(tmp_path: Path) -> None:
    with shown(tmp_path, "localhost") as url:
        pass
    with pytest.raises(WorldError) as refused:
        tls.certificate(url, ("localhost",), Clock().now())
    assert refused.value.again


def test_an_address_of_our_own_network_that_no_plan_names_is_not_asked() -> None:
    with pytest.raises(WorldError, match="the plan does not name this host"):
        tls.certificate("https://127.0.0.1:1/", (), Clock().now())
