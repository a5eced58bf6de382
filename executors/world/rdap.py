"""Whether a domain is registered, asked of its registry over RDAP; an honest `unknown` wherever nobody says so.

The registry's server is found in IANA's list (https://www.rfc-editor.org/rfc/rfc9224), the question is
`domain/<name>` (https://www.rfc-editor.org/rfc/rfc9082), the answer a domain object or 404
(https://www.rfc-editor.org/rfc/rfc9083). Redirects are followed one by one, each through the same door (T51).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from executors.errors import WorldError
from executors.executor import Answer
from executors.protocol.registration import Registration

BOOTSTRAP = "https://data.iana.org/rdap/dns.json"
"""IANA's list of the registries' servers."""
REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_LONGEST = 200

Get = Callable[[str], Answer]


class _Unknown(Exception):
    """Nobody says whether it is registered; the message says why."""


def registration(domain: str, get: Get, bootstrap: str = BOOTSTRAP) -> Registration:
    """What the registry says of the domain. A name below a registered one is unknown; what is known is told."""
    domain = domain.rstrip(".").lower()
    try:
        server = _server(domain, _json(_follow(bootstrap, get), "the list of registries"))
        found = _ask(server, domain, get)
        if found is not None:
            return _read(domain, domain, found, server)
        for name in _above(domain):
            if (found := _ask(server, name, get)) is not None:
                known = _read(domain, name, found, server)
                why = f"its registry knows {name} and not {domain}, which may be a part of it or free"
                return known.model_copy(update={"state": "unknown", "why": why})
    except (_Unknown, WorldError) as error:
        return Registration(domain=domain, state="unknown", why=str(error)[:_LONGEST])
    return Registration(domain=domain, state="free", source=server)


def _above(domain: str) -> Iterator[str]:
    """Yield the names above it that can be registered: of two labels at least."""
    labels = domain.split(".")
    for start in range(1, len(labels) - 1):
        yield ".".join(labels[start:])


def _server(domain: str, listed: Any) -> str:
    """Return the base URL for the longest entry that the domain ends in, TLS preferred."""
    labels, found = domain.split("."), dict[str, list[str]]()
    for service in _list(listed, "services"):
        if (
            not isinstance(service, list)
            or not all(isinstance(part, list) for part in service)
            or len(service) < 2
        ):
            continue
        found |= {str(name).lower(): [str(url) for url in service[1]] for name in service[0]}
    for start in range(len(labels)):
        urls = found.get(".".join(labels[start:]), [])
        if urls:
            return min(urls, key=lambda url: not url.startswith("https:")).rstrip("/")
    raise _Unknown(f"no RDAP server is listed for .{labels[-1]}")


def _ask(server: str, name: str, get: Get) -> dict[str, Any] | None:
    """Return the domain object, None where the registry knows no such domain."""
    answer = _follow(f"{server}/domain/{name}", get)
    if answer.status == 404:
        return None
    value = _json(answer, server)
    if not isinstance(value, dict) or value.get("objectClassName") != "domain":
        raise _Unknown(f"{server} answers with something that is no domain")
    if str(value.get("ldhName", name)).rstrip(".").lower() != name:
        raise _Unknown(f"{server} answers with another domain than {name}")
    return value


def _follow(url: str, get: Get) -> Answer:
    """Return the answer at the end of the redirects; _Unknown for refusals, errors and going round in circles."""
    for _ in range(REDIRECTS + 1):
        answer, host = get(url), urlsplit(url).netloc
        if answer.status not in _MOVED:
            break
        onward = _onward(url, answer.headers.get("location", url), host)
        if url.startswith("https:") and not onward.startswith("https:"):
            raise _Unknown(f"{host} leads away from TLS")
        url = onward
    else:
        raise _Unknown(f"{host} redirects more than {REDIRECTS} times")
    if answer.status == 429:
        raise _Unknown(f"{host} answers too many questions already (429); ask again later")
    if answer.status not in (200, 404):
        raise _Unknown(f"{host} answers {answer.status}")
    return answer


def _onward(url: str, location: str, host: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise _Unknown(f"{host} redirects to no address") from None


def _json(answer: Answer, whose: str) -> Any:
    if answer.status != 200:
        raise _Unknown(f"{whose} answers {answer.status}")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise _Unknown(f"{whose} answers with something that is no JSON") from None


def _read(domain: str, name: str, found: dict[str, Any], server: str) -> Registration:
    events = {str(one.get("eventAction")): str(one.get("eventDate", "")) for one in _objects(found, "events")}
    servers = (str(one.get("ldhName", "")).rstrip(".").lower() for one in _objects(found, "nameservers"))
    return Registration(
        domain=domain,
        state="registered",
        name=name,
        since=events.get("registration", "")[:_LONGEST],
        expires=events.get("expiration", "")[:_LONGEST],
        registrar=next((_called(one) for one in _objects(found, "entities") if _is_registrar(one)), ""),
        nameservers=tuple(sorted({one for one in servers if one}))[:50],
        source=server,
    )


def _is_registrar(entity: dict[str, Any]) -> bool:
    return "registrar" in _list(entity, "roles")


def _called(entity: dict[str, Any]) -> str:
    """Return the formatted name of a jCard (https://www.rfc-editor.org/rfc/rfc7095), else the handle."""
    card = _list(entity, "vcardArray")
    rows = card[1] if len(card) > 1 and isinstance(card[1], list) else []
    names = [row[3] for row in rows if isinstance(row, list) and len(row) > 3 and row[0] == "fn"]
    return str(next(iter(names), entity.get("handle", "")))[:_LONGEST]


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _objects(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in _list(value, name) if isinstance(one, dict)]
