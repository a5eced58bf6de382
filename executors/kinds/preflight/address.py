"""Checks of where visitors come: who answers at the address now, its certificate, the domain's registration."""

from __future__ import annotations

from collections.abc import Iterator

from executors.errors import WorldError
from executors.executor import Answer, Reader
from executors.parts.check import Check

FEW_DAYS = 14
"""Days below which a certificate's end is worth a warning: who renews does so a month before."""
_RESERVED = ("test", "example", "invalid", "localhost", "local")
"""Endings that nobody can register (https://www.rfc-editor.org/rfc/rfc6761)."""
_WAITS = "the deployment asks this address at its end and is taken back where it gets no answer: "


def of_url(url: str, reader: Reader, *, ours: bool, builds: bool) -> Iterator[Check]:
    """Yield who answers, and the certificate; `ours`: it is a site of ours, `builds`: GitHub Pages serves it."""
    yield answers(url, reader, ours=ours)
    if url.startswith("https:"):
        yield certificate(url, reader, builds=builds)


def answers(url: str, reader: Reader, *, ours: bool) -> Check:
    """Who answers at the address: a site of ours, another one, nobody."""
    try:
        answer = reader.get(url)
    except WorldError as error:
        advice = f"{_WAITS}start the web server, and let the name lead to it"
        return Check("who-answers", url, str(error), "warning", advice)
    return _answered(url, answer, ours=ours)


def _answered(url: str, answer: Answer, *, ours: bool) -> Check:
    said = f"answers {answer.status}"
    if 300 <= answer.status < 400:
        there = answer.headers.get("location", "elsewhere")[:200]
        return Check(
            "who-answers", url, f"{said} and leads to {there}", "warning", f"{_WAITS}write that address as `url`"
        )
    if answer.status >= 500:
        return Check("who-answers", url, said, "warning", f"{_WAITS}look into the web server's log")
    if answer.status == 200 and not ours:
        advice = "look at it: its visitors will see the new site, and it is no release of ours to go back to"
        return Check("who-answers", url, f"{said} with a site that is not of ours", "warning", advice)
    return Check("who-answers", url, f"{said} with the site of ours" if ours else f"{said}: there is no site yet")


def certificate(url: str, reader: Reader, *, builds: bool) -> Check:
    """Whether the certificate holds for the host, and how long. GitHub Pages makes one when there is a site."""
    advice = "renew it on the web server, and look why that did not happen by itself"
    try:
        found = reader.certificate(url)
    except WorldError as error:
        if error.again:
            return Check("certificate", url, str(error), "unknown", "let the web server answer with TLS")
        return Check("certificate", url, str(error), "warning" if builds else "failure", advice)
    told = f"holds for {', '.join(found.names[:5])}"
    if found.days < FEW_DAYS:
        return Check("certificate", url, f"{told}, for {found.days} days still", "warning", advice)
    return Check("certificate", url, f"{told}, for more than {FEW_DAYS} days")


def registered(domain: str, reader: Reader) -> Check:
    """Whether the domain is registered, as its registry says; an honest unknown where nobody does."""
    advice = "look at your registrar whether it is yours"
    if domain.rpartition(".")[2] in _RESERVED:
        ending = domain.rpartition(".")[2]
        return Check(
            "domain", domain, f".{ending} is kept for examples and tests", "unknown", "write your own domain"
        )
    found = reader.registration(domain)
    match found.state:
        case "registered":
            return Check("domain", domain, found.words)
        case "free":
            return Check("domain", domain, found.words, "warning", "register it, or correct the briefing")
        case "unknown":
            return Check("domain", domain, found.words, "unknown", advice)
