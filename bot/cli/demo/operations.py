"""What the scene's operations repository holds: policy, environments with their secrets, generated workflow."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.adapters.keys import SigningKeys
from bot.cli._local_site import LocalSite
from bot.domain.workflow import WorkflowConfig, generate
from bot.errors import BotError

SECRET = "SITE_KEY"  # noqa: S105 - its name, not its value
"""A secret of the environments: the jobs' one step that runs executors sees it, and nothing else does."""


@dataclass(frozen=True)
class Erp:
    """A running Odoo: where it is, and what opens it. `read_key` is of somebody who may look and no more."""

    url: str
    database: str
    login: str
    key: str
    master: str
    read_key: str
    snapshot: bool = True


def read_erp(path: Path) -> Erp:
    """The Odoo that a JSON file describes; BotError names what is missing."""
    try:
        value = json.loads(path.read_text("utf-8"))
        return Erp(**{name: value[name] for name in ("url", "database", "login", "key", "master", "read_key")})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BotError(f"{path} does not describe an Odoo: {error}") from error


_ERP = """\
  - name: erp
    kind: odoo
    url: {url}
    database: {database}
    login: {login}
    key: ODOO_KEY
    master: ODOO_MASTER
    snapshot: {snapshot}
"""


DEFAULTS = """\
version: 1
mode: checkpoints
approval:
  MEDIUM: {count: 1}
  HIGH: {count: 2}
  expiry_hours: 48
budgets:
  per_case: "20.00"
  per_month: "200.00"
gates:
  - name: board
    before: end
    risk: HIGH
    approvers: {teams: [board]}
"""
"""What the organisation decides for all its policies, in its `.github`; the demo's plans stay below the gate."""


def policy(
    site: LocalSite, web_root: Path, erp: Erp | None = None, runs_on: str = "self-hosted", house: str = "acme"
) -> str:
    """The operations repository's policy for the organisation `house`; with an Odoo, where there is one."""
    place = ""
    if erp is not None:
        snapshot = str(erp.snapshot).lower()
        place = _ERP.format(url=erp.url, database=erp.database, login=erp.login, snapshot=snapshot)
    return f"""\
version: 1
operations: {house}/millwright-ops
products:
  - repository: {house}/website
    key: WEB
    environment: production
{"    erp: erp" if erp else ""}
environments:
  - name: production
    kind: local
    path: {web_root}
    url: {site.url}
    secrets: [{SECRET}]
{place}approvers:
  roles: [maintain, admin]
prices:
  currency: USD
  minutes:
    {runs_on}: "0.002"
"""


def environments(erp: Erp | None) -> dict[str, dict[str, str]]:
    """The operations repository's environments with their secrets; who only looks gets the weaker key."""
    found = {"production": {SECRET: secrets.token_urlsafe(24)}}
    if erp is not None:
        found["erp"] = {"ODOO_KEY": erp.key, "ODOO_MASTER": erp.master}
        found["erp-read"] = {"ODOO_KEY": erp.read_key}
    return found


def workflow(url: str, keys: SigningKeys, sha: str, erp: Erp | None = None) -> str:
    """The generated workflow, as `millwright workflow` writes it."""
    config = WorkflowConfig(
        bot=url,
        key=keys.fingerprint,
        actions="millwright-dev/millwright",
        sha=sha,
        runs_on=("self-hosted",),
        environments={name: tuple(values) for name, values in environments(erp).items()},
    )
    return generate(config, (files("templates") / "workflow" / "millwright.yml.in").read_text("utf-8"))
