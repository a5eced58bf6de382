"""Web addresses as text: what must be encoded in one, and what one is made of."""

import re
from typing import NamedTuple

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_HTTPS = re.compile(r"https://(?P<host>[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?", re.DOTALL)


_WEB = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[^/?#:@\[\]]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.DOTALL,
)


class Web(NamedTuple):
    """A web address taken apart: host without brackets, port as it is written, path with its slash or empty."""

    scheme: str
    host: str
    port: str | None
    path: str


def web_of(address: str) -> Web | None:
    """Return the parts of an `http` or `https` address, None for anything else."""
    found = _WEB.fullmatch(address)
    return Web(found["scheme"], found["host"].strip("[]"), found["port"], found["path"] or "") if found else None


class Origin(NamedTuple):
    """Host and port of an `https` address; `port` is None where it names none."""

    host: str
    port: str | None

    def __str__(self) -> str:
        return f"https://{self.host}" + (f":{self.port}" if self.port else "")


def origin_of(address: str) -> Origin | None:
    """Return where an `https` address lies, None for anything else (https://www.rfc-editor.org/rfc/rfc6454)."""
    found = _HTTPS.fullmatch(address)
    return Origin(found["host"], found["port"]) if found else None


def quoted(text: str, kept: str = "") -> str:
    """Return the text percent-encoded but for unreserved characters and those `kept`.

    https://www.rfc-editor.org/rfc/rfc3986#section-2.1
    """
    plain = _PLAIN | frozenset(kept.encode())
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode())
