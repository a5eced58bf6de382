"""Nothing is sealed while it holds a secret: known values in usual spellings, and what tokens look like (T26)."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from executors.errors import MillwrightError, ProtocolError

SHORTEST_KNOWN = 4
_SHOWN = 20


@dataclass(frozen=True)
class _Kind:
    """A kind of secret: what it looks like, and plain words of which one stands in every secret of the kind.

    Looking for the words first is some hundred times faster than the expression; most files hold none of them.
    """

    name: str
    words: tuple[bytes, ...]
    looks: re.Pattern[bytes]


def _kind(name: str, words: bytes, looks: bytes) -> _Kind:
    return _Kind(name, tuple(words.split()), re.compile(looks))


# What tokens look like, by those who issue them, e.g.
# https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
_KINDS = (
    _kind("github_token", b"ghp_ gho_ ghu_ ghs_ ghr_", rb"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9_.-]{30,}"),
    _kind("github_pat", b"github_pat_", rb"github_pat_[A-Za-z0-9_]{22,}"),
    _kind("aws_key", b"AKIA ASIA ABIA ACCA", rb"(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _kind("slack_token", b"xox xapp-", rb"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}"),
    _kind("slack_webhook", b"hooks.slack.com", rb"hooks\.slack\.com\\?/services\\?/T\w+\\?/B\w+\\?/\w{16,}"),
    _kind("private_key", b"PRIVATE", rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"),
    _kind("jwt", b".eyJ", rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    _kind("anthropic_key", b"sk-ant-", rb"sk-ant-[A-Za-z0-9_-]{20,}"),
    _kind(
        "openai_key", b"sk-", rb"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|(?<![A-Za-z0-9])sk-[A-Za-z0-9]{32,}"
    ),
    _kind("google_key", b"AIza", rb"AIza[A-Za-z0-9_-]{35}"),
    _kind("stripe_key", b"k_live_", rb"[rs]k_live_[A-Za-z0-9]{16,}"),
    _kind(
        "authorization",
        b"uthorization UTHORIZATION",
        rb"(?i:authorization)[\"'\\]*\s*[:=]\s*[\"'\\]*(?i:bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{16,}",
    ),
)


@dataclass(frozen=True)
class Leak:
    """Where a secret stands and what kind it is; never the secret."""

    path: str
    offset: int
    kind: str


class SecretsFound(MillwrightError):
    """Files that should be sealed hold secrets; `leaks` says where."""

    def __init__(self, leaks: tuple[Leak, ...]) -> None:
        shown = "; ".join(f"{leak.path} at byte {leak.offset}: {leak.kind}" for leak in leaks[:_SHOWN])
        more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        super().__init__(f"not sealed, secrets were found: {shown}{more}")
        self.leaks = leaks


def find_leaks(files: Mapping[str, bytes], known: Iterable[str]) -> tuple[Leak, ...]:
    """Return every secret in the contents and names of `files`, in path order.

    `known` are secret values; each is looked for as it is, in base64, in a URL, in JSON and in HTML. Raises
    ProtocolError for a known value of fewer than 4 characters, which no search can tell from ordinary text.
    """
    kinds = (*_known(known), *_KINDS)
    return tuple(leak for path in sorted(files) for leak in _in_file(kinds, path, files[path]))


def _in_file(kinds: Iterable[_Kind], path: str, data: bytes) -> Iterable[Leak]:
    for kind in kinds:
        if found := kind.looks.search(path.encode()):
            yield Leak("(a file name)", found.start(), kind.name)
        elif any(word in data for word in kind.words):
            yield from (Leak(path, found.start(), kind.name) for found in kind.looks.finditer(data))


def _known(known: Iterable[str]) -> Iterable[_Kind]:
    """Yield one kind per known value."""
    for value in sorted({value for value in known if value}):
        if len(value) < SHORTEST_KNOWN:
            raise ProtocolError(f"a known secret has fewer than {SHORTEST_KNOWN} characters")
        spellings = tuple(sorted(_spellings(value)))
        yield _Kind("known", spellings, re.compile(b"|".join(re.escape(spelling) for spelling in spellings)))


def _spellings(value: str) -> set[bytes]:
    """Return the byte strings by which a value may have been written down."""
    raw = value.encode()
    encoded = base64.b64encode(raw).rstrip(b"=")
    texts = {value, quote(value, safe=""), json.dumps(value)[1:-1], html.escape(value)}
    return {raw, encoded, encoded.translate(bytes.maketrans(b"+/", b"-_")), *(text.encode() for text in texts)}
