"""The places that a policy names, whatever their kind."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from bot.domain.dns_place import DnsEnvironment
from bot.domain.erp_place import OdooEnvironment
from bot.domain.rules import LocalEnvironment
from bot.domain.site_place import PagesEnvironment, SshEnvironment

_TELLING = {"database": "odoo", "zone": "dns", "host_keys": "ssh", "branch": "pages"}
"""Fields by which a kind is known that nobody wrote."""


def _kind(value: Any) -> str:
    """The tag of an environment; without a `kind` it is local, unless it speaks of a database or the like."""
    if not isinstance(value, dict):
        return f"({getattr(value, 'kind', 'local')})"
    unnamed = next((kind for field, kind in _TELLING.items() if field in value), "local")
    return f"({value.get('kind', unnamed)})"


Environment = Annotated[
    Annotated[LocalEnvironment, Tag("(local)")]
    | Annotated[SshEnvironment, Tag("(ssh)")]
    | Annotated[PagesEnvironment, Tag("(pages)")]
    | Annotated[OdooEnvironment, Tag("(odoo)")]
    | Annotated[DnsEnvironment, Tag("(dns)")],
    Discriminator(_kind),
]
"""A place to put things, of one of these kinds. All tell name, kind, url, host, hosts, secrets and runner."""
