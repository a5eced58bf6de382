"""Whether a browser gets what was built: the address is asked until it answers with that page, or time is up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from executors.executor import Answer, Reader
from executors.protocol.finding import Finding

INDEX = "index.html"
_HERE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
_SECURITY_HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")
PATIENCE = {"web_root": 3.0, "ssh_root": 20.0, "pages": 240.0}
"""Seconds for which the address is asked, by kind of place: a switch shows at once, Pages has to build first."""


def health(url: str, index: str | None, kind: str, step: str, reader: Reader) -> Iterator[Finding]:
    """Yield what is wrong with the answer, else what it leaves out that protects visitors."""
    asked = reader.ask(url, lambda answer: wrong(url, answer, index), PATIENCE[kind])
    tries = len(asked.tries)
    if asked.wrong is not None:
        told = f"; asked {tries} times: {'; '.join(asked.tries)}" if tries > 1 else ""
        yield finding("failure", "health", f"{asked.wrong}{told}"[:4000], step)
        return
    if tries:
        told = f"{url} answered with the built page at try {tries + 1} only: {'; '.join(asked.tries)}"
        yield finding("notice", "health-later", told[:4000], step)
    assert asked.answer is not None
    yield from _security(url, asked.answer, step)


def wrong(url: str, answer: Answer, index: str | None) -> str | None:
    """Return what is wrong with the answer, None where it is the built page."""
    if answer.status != 200:
        return f"{url} answers {answer.status} instead of 200"
    if hashlib.sha256(answer.body).hexdigest() != index:
        return f"{url} answers with another page than the {INDEX} that was built"
    return None


def finding(level: str, code: str, message: str, step: str) -> Finding:
    """Return a finding of the step."""
    return Finding.model_validate({"level": level, "code": code, "message": message, "step": step})


def _security(url: str, answer: Answer, step: str) -> Iterator[Finding]:
    """Yield what the server leaves out that protects visitors; the page carries its own policy as well."""
    if missing := [name for name in _SECURITY_HEADERS if name not in answer.headers]:
        yield finding("notice", "headers", f"the server sends no {', '.join(missing)} with {url}", step)
    if url.startswith("http:") and not _HERE.match(url):
        told = f"{url} is asked for without TLS; anybody on the way can change it"
        yield finding("warning", "no-tls", told, step)
    if url.startswith("https:") and "strict-transport-security" not in answer.headers:
        yield finding("notice", "no-hsts", f"the server sends no strict-transport-security with {url}", step)
