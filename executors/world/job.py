"""What a job is told by its environment, read once and checked at once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from executors.errors import MillwrightError, ProtocolError
from executors.parts.admission import Dispatched
from executors.protocol import dsse

_NEEDED = (
    "MILLWRIGHT_URL",
    "MILLWRIGHT_KEY",
    "MILLWRIGHT_CASE",
    "MILLWRIGHT_LEG",
    "MILLWRIGHT_NONCE",
    "GITHUB_RUN_ID",
    "RUNNER_TEMP",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
)
_NONCE = re.compile(r"[0-9a-f]{32}")


class JobError(MillwrightError):
    """The environment lacks something or holds something else; the message lists all of it."""


@dataclass(frozen=True)
class Job:
    """One job of the generated workflow."""

    bot: str
    """MILLWRIGHT_URL: the bot, without a trailing slash."""
    keys: tuple[str, ...]
    """MILLWRIGHT_KEY: the fingerprints of the keys that may sign specs; several while keys are rotated."""
    dispatched: Dispatched
    """MILLWRIGHT_CASE, MILLWRIGHT_LEG, MILLWRIGHT_NONCE and GITHUB_RUN_ID."""
    oidc_url: str
    """ACTIONS_ID_TOKEN_REQUEST_URL, there because the job has `id-token: write`."""
    oidc_token: str
    """ACTIONS_ID_TOKEN_REQUEST_TOKEN."""
    temp: Path
    """RUNNER_TEMP."""
    api: str
    """GITHUB_API_URL."""
    output: Path | None
    """GITHUB_OUTPUT."""
    summary: Path | None
    """GITHUB_STEP_SUMMARY."""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Job:
        """Return the job; JobError that lists everything missing or wrong, without any value."""
        if faults := _faults(environ):
            raise JobError("this job is not set up as the generated workflow does it: " + "; ".join(faults))
        return cls(
            bot=environ["MILLWRIGHT_URL"].rstrip("/"),
            keys=dsse.pins(environ["MILLWRIGHT_KEY"]),
            dispatched=Dispatched(
                case=environ["MILLWRIGHT_CASE"],
                leg=environ["MILLWRIGHT_LEG"],
                nonce=environ["MILLWRIGHT_NONCE"],
                run_id=int(environ["GITHUB_RUN_ID"]),
            ),
            oidc_url=environ["ACTIONS_ID_TOKEN_REQUEST_URL"],
            oidc_token=environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
            temp=Path(environ["RUNNER_TEMP"]),
            api=environ.get("GITHUB_API_URL") or "https://api.github.com",
            output=_path(environ.get("GITHUB_OUTPUT")),
            summary=_path(environ.get("GITHUB_STEP_SUMMARY")),
        )


def _faults(environ: Mapping[str, str]) -> list[str]:
    faults = [f"{name} is missing" for name in _NEEDED if not environ.get(name)]
    if faults:
        return faults
    try:
        dsse.pins(environ["MILLWRIGHT_KEY"])
    except ProtocolError as error:
        faults.append(f"MILLWRIGHT_KEY {error}")
    if not _NONCE.fullmatch(environ["MILLWRIGHT_NONCE"]):
        faults.append("MILLWRIGHT_NONCE is no nonce (32 hex digits)")
    if not environ["GITHUB_RUN_ID"].isdecimal():
        faults.append("GITHUB_RUN_ID is no number")
    if not Path(environ["RUNNER_TEMP"]).is_absolute():
        faults.append("RUNNER_TEMP is no absolute path")
    faults += [
        f"{name} must be https (http only to this machine itself)"
        for name in ("MILLWRIGHT_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
        if not private_enough(environ[name])
    ]
    return faults


def private_enough(url: str) -> bool:
    """Whether what is sent to the URL stays between two machines: https, or http to a loopback host."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.username is not None:
            return False
        return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its name or its literal address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
