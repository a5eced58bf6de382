"""The certificate that a server shows, checked as a browser would: its chain, its host, its time."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from executors.errors import WorldError
from executors.executor import Certificate
from executors.world import http

SECONDS = 10.0


def certificate(url: str, allowed: Collection[str], now: datetime) -> Certificate:
    """Return names and days left of the certificate at an https URL; nothing is asked for.

    Raises WorldError where none holds for the host, and with `again` where nobody answers.
    """
    host, port, address = http.reached(url, allowed)
    try:
        with (
            socket.create_connection((address, port), timeout=SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as sock,
        ):
            found: dict[str, Any] = dict(sock.getpeercert() or {})
    except ssl.SSLCertVerificationError as error:
        raise WorldError(f"the certificate of {host}: {error.verify_message}") from error
    except OSError as error:
        raise WorldError(
            f"TLS with {host}:{port}: {error.strerror or type(error).__name__}", again=True
        ) from error
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found.get("notAfter"))), UTC)
    names = tuple(sorted(str(value) for kind, value in found.get("subjectAltName", ()) if kind == "DNS"))
    return Certificate(names, (until - now).days)
