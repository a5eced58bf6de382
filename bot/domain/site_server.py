"""The web server's configuration of a site: made from the policy's environment and the site's `_headers` (pure).

The format of `_headers` is that of static hosts: a path, and below it, indented, `Name: value`. What a header may
hold is narrow, so that none of it is read by nginx as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.faults import Fault
from bot.domain.site_place import SiteEnvironment

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63}): ([ !#%-\[\]-~]{1,2000})")  # no quote, no dollar, no backslash
_FOLDER = re.compile(r"(/[a-z0-9_-]+)+/\*")
_ADDRESS = re.compile(r"https://([a-z0-9][a-z0-9.-]*)/?")
_FILE = re.compile(r"/[A-Za-z0-9._@+/-]+")
_PLACEHOLDER = re.compile(r"<<([a-z]+)>>")
_ALIAS = """
server {{
    listen 443 ssl http2;
    listen [::]:443 ssl http2;
    server_name {alias};
    server_tokens off;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets off;
    add_header Strict-Transport-Security "max-age=31536000" always;
    return 301 https://{host}$request_uri;
}}
"""


@dataclass(frozen=True)
class Certificate:
    """The files of the certificate and its key, on the web server."""

    chain: str
    key: str

    @classmethod
    def of(cls, host: str) -> Certificate:
        """Where certbot keeps those of a host."""
        folder = f"/etc/letsencrypt/live/{host}"
        return cls(f"{folder}/fullchain.pem", f"{folder}/privkey.pem")


def host_of(place: SiteEnvironment) -> str | Fault:
    """The host that the site is served under; a fault where its address is none of a host with a certificate."""
    found = _ADDRESS.fullmatch(place.url)
    if place.kind == "pages":
        return Fault("kind", "is `pages`: GitHub serves that site", "name an environment of kind `local` or `ssh`")
    if found is None:
        return Fault(
            "url", f"`{place.url}` is no https address of a host", "write one like `https://acme.example`"
        )
    return found[1]


def alias_of(host: str) -> str:
    """The other name of a host: with `www.` where it has none, else without."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def read_headers(text: str) -> Mapping[str, tuple[tuple[str, str], ...]] | Fault:
    """The headers of a `_headers` file by path; a fault that names the first line that cannot be taken."""
    found: dict[str, list[tuple[str, str]]] = {}
    path = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        header = _HEADER.fullmatch(line.strip())
        if not line[0].isspace():
            path = line.strip()
            if path != "/*" and not _FOLDER.fullmatch(path):
                return Fault("", f"`{path[:60]}` is no path like `/*` or `/assets/*`", "correct it", number)
            found[path] = []
        elif header is None or not path:
            return Fault("", f"`{line.strip()[:60]}` is no header of plain characters", "correct it", number)
        else:
            found[path].append((header[1], header[2]))
    return {one: tuple(headers) for one, headers in found.items()}


def site_conf(
    place: SiteEnvironment,
    headers: Mapping[str, tuple[tuple[str, str], ...]],
    certificate: Certificate,
    template: str,
    *,
    alias: bool = True,
) -> str | Fault:
    """The nginx configuration of the site; `template` is `templates/operations/site.conf.in`."""
    host = host_of(place)
    if isinstance(host, Fault):
        return host
    for file in (certificate.chain, certificate.key):
        if not _FILE.fullmatch(file):
            return Fault("", f"`{file[:80]}` is no path of a file", "write an absolute path of plain characters")
    assert place.kind != "pages"
    values = {
        "host": host,
        "name": place.name,
        "variable": "site_" + place.name.replace("-", "_"),
        "names": f"{host} {alias_of(host)}" if alias else host,
        "root": place.path,
        "certificate": certificate.chain,
        "key": certificate.key,
        "cached": "\n".join(_cached(headers)),
        "headers": "\n".join(_everywhere(headers)),
        "alias": "",
    }
    if alias:
        files = {"certificate": certificate.chain, "key": certificate.key}
        values["alias"] = _ALIAS.format(alias=alias_of(host), host=host, **files)
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def _cached(headers: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[str]:
    """The lines of the map from path to Cache-Control."""
    for path, block in headers.items():
        kept = next((value for name, value in block if name.lower() == "cache-control"), None)
        if kept is not None and path != "/*":
            yield f'    ~^{path.removesuffix("*")} "{kept}";'


def _everywhere(headers: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[str]:
    for name, value in headers.get("/*", ()):
        if name.lower() not in ("cache-control", "strict-transport-security"):
            yield f'    add_header {name} "{value}" always;'
