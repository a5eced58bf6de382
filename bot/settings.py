"""The environment, read once: each variable with its meaning above it, all mistakes reported at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.domain.fields import email_address
from bot.errors import SettingsError
from bot.ports import MailServer

V = TypeVar("V")

Environ = Mapping[str, str]


@dataclass(frozen=True)
class Settings:
    """What the bot is told by its environment; `read` is the way to get one."""

    # MILLWRIGHT_URL: the public address of this bot, https (http on this machine only). It is the audience of the
    # jobs' OIDC tokens, and what the generated workflow calls. Where it listens, if that is this machine only.
    url: str
    # GITHUB_APP_ID: the App's id, a number, or its client id.
    app_id: str
    # GITHUB_PRIVATE_KEY, or GITHUB_PRIVATE_KEY_FILE with its path: the App's private key, PEM.
    private_key: str
    # GITHUB_WEBHOOK_SECRET, or GITHUB_WEBHOOK_SECRET_FILE with its path: the App's webhook secret, 32 characters
    # or more (T16).
    webhook_secret: str
    # GITHUB_API_URL: the REST API; another one for GitHub Enterprise Server or the sandbox.
    api_url: str = "https://api.github.com"
    # MILLWRIGHT_OIDC_ISSUER: who issues the jobs' tokens.
    oidc_issuer: str = "https://token.actions.githubusercontent.com"
    # MILLWRIGHT_DATA: the folder of the database and the key.
    data: Path = Path("data")
    # MILLWRIGHT_DATABASE: an SQLAlchemy URL; millwright.db in the data folder unless told.
    database: str = "sqlite:///data/millwright.db"
    # MILLWRIGHT_KEY_FILE: the ring of Ed25519 keys that specs and packs are signed with; nobody else may
    # read it. `millwright serve --init-key` makes one, `millwright keys` changes it while the bot runs.
    key_file: Path = Path("data/millwright.key")
    # MILLWRIGHT_OPERATIONS: the name of operations repositories.
    operations: str = "millwright-ops"
    # MILLWRIGHT_LISTEN: address and port the doors listen on; port 0 takes a free one.
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    # MILLWRIGHT_PACING: seconds between writes to GitHub; 0 switches it off (sandbox only).
    pacing: float = 1.0
    # MILLWRIGHT_TIME_SCALE: factor on pacing, on how long GitHub asks us to wait and on pauses between tries;
    # below 1 for a sandbox whose limits are scaled alike, 1 for GitHub.
    time_scale: float = 1.0
    # MILLWRIGHT_SWEEP: seconds between two sweeps for what GitHub sent and we never got; one runs at every start.
    # 0 switches them off, and what is lost then stays lost.
    sweep: float = 3600.0
    # MILLWRIGHT_REPLICA: this process's name among those that share a PostgreSQL database, kept over restarts.
    replica: str = "bot"
    # MILLWRIGHT_METRICS: address and port of /metrics for Prometheus, apart from the doors; empty for none.
    metrics: tuple[str, int] | None = None
    # MILLWRIGHT_LOG: `json`, one object a line, or `text` for people.
    log: str = "json"
    # MILLWRIGHT_DRAIN: seconds that work in hand gets at SIGTERM; the rest is done at the next start. Keep it
    # below the time after which your supervisor kills.
    drain: float = 25.0
    # MILLWRIGHT_RETENTION_DAYS: days after its end at which a capability's personal data are erased; 0 for never.
    retention_days: int = 0
    # MILLWRIGHT_SMTP_URL, or MILLWRIGHT_SMTP_URL_FILE with its path: the mail server for `notifications`,
    # smtps://user:password@host:465 or smtp+starttls://user:password@host:587; %40 is an @ in the password.
    smtp_url: MailServer | None = None
    # MILLWRIGHT_MAIL_FROM: the address that mails come from; needed with a mail server.
    mail_from: str = ""
    # MILLWRIGHT_AUTHORITIES: a PEM file of authorities, beside the system's, for mail and webhooks.
    authorities: Path | None = None
    # MILLWRIGHT_PRIVATE_HOSTS: hosts (HOST or HOST:PORT, with commas) that webhooks may go to although not public;
    # every policy may name them, so list none that trusts whoever can reach it (T51).
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def read(cls, environ: Environ) -> Settings:
        """The settings; raises SettingsError that names every mistake."""
        reader = _Reader(environ)
        data = reader.get("MILLWRIGHT_DATA", Path, "data")
        settings: dict[str, object] = {
            "url": reader.get("MILLWRIGHT_URL", _base_url, _local_url(environ)),
            "app_id": reader.get("GITHUB_APP_ID", _app_id),
            "private_key": reader.get("GITHUB_PRIVATE_KEY", _private_key, file="GITHUB_PRIVATE_KEY_FILE"),
            "webhook_secret": reader.get("GITHUB_WEBHOOK_SECRET", _secret, file="GITHUB_WEBHOOK_SECRET_FILE"),
            "api_url": reader.get("GITHUB_API_URL", _base_url, cls.api_url),
            "oidc_issuer": reader.get("MILLWRIGHT_OIDC_ISSUER", _base_url, cls.oidc_issuer),
            "data": data,
            "database": reader.get("MILLWRIGHT_DATABASE", _database, f"sqlite:///{data}/millwright.db"),
            "key_file": key_file(environ),
            "operations": reader.get("MILLWRIGHT_OPERATIONS", _repository_name, cls.operations),
            "listen": reader.get("MILLWRIGHT_LISTEN", _listen, "127.0.0.1:8080"),
            "pacing": reader.get("MILLWRIGHT_PACING", _seconds, "1"),
            "time_scale": reader.get("MILLWRIGHT_TIME_SCALE", _seconds, "1"),
            "sweep": reader.get("MILLWRIGHT_SWEEP", _seconds, "3600"),
            "metrics": reader.get("MILLWRIGHT_METRICS", _listen) if environ.get("MILLWRIGHT_METRICS") else None,
            "log": reader.get("MILLWRIGHT_LOG", _style, cls.log),
            "drain": reader.get("MILLWRIGHT_DRAIN", _seconds, "25"),
            "retention_days": reader.get("MILLWRIGHT_RETENTION_DAYS", _days, "0"),
            "replica": reader.get("MILLWRIGHT_REPLICA", _replica, cls.replica),
        }
        settings |= _post(reader, environ)
        if reader.mistakes:
            raise SettingsError("\n".join(["the environment is wrong:", *reader.mistakes]))
        return cls(**settings)  # type: ignore[arg-type]  # each value has just been read by its own reader


class _Reader:
    """Reads variables and keeps what is wrong with them."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def get(
        self, name: str, read: Callable[[str], V], default: str | None = None, *, file: str | None = None
    ) -> V | None:
        """The variable as `read` takes it, None with a mistake noted."""
        text = self._environ.get(name) or default
        try:
            if not text and file and self._environ.get(file):
                text = Path(self._environ[file]).read_text("utf-8")
            if not text:
                raise ValueError(f"is not set{f', nor is {file}' if file else ''}")
            return read(text)
        except (ValueError, OSError) as error:
            # Never the value: it may be a secret.
            self.mistakes.append(f"  {name} {error.strerror if isinstance(error, OSError) else error}")
            return None


def _post(reader: _Reader, environ: Environ) -> dict[str, object]:
    """How news leave the house; a mail server wants a sender."""
    found: dict[str, object] = {}
    if environ.get(smtp := "MILLWRIGHT_SMTP_URL") or environ.get(f"{smtp}_FILE"):
        found["mail_from"] = reader.get("MILLWRIGHT_MAIL_FROM", email_address)
        found["smtp_url"] = reader.get(smtp, MailServer.at, file=f"{smtp}_FILE")
    for name, read in (("authorities", _authorities), ("private_hosts", _hosts)):
        if environ.get(variable := f"MILLWRIGHT_{name.upper()}"):
            found[name] = reader.get(variable, read)
    return found


def key_file(environ: Environ) -> Path:
    """Where the key ring is, for a command that needs no other setting."""
    return Path(environ.get("MILLWRIGHT_KEY_FILE") or f"{environ.get('MILLWRIGHT_DATA') or 'data'}/millwright.key")


def database(environ: Environ) -> str:
    """Where the database is, for a command that needs no other setting; raises SettingsError."""
    data = environ.get("MILLWRIGHT_DATA") or "data"
    try:
        return _database(environ.get("MILLWRIGHT_DATABASE") or f"sqlite:///{data}/millwright.db")
    except ValueError as error:
        raise SettingsError(f"the environment is wrong:\n  MILLWRIGHT_DATABASE {error}") from None


def _local_url(environ: Environ) -> str | None:
    """What MILLWRIGHT_URL is where nothing says it and only this machine can reach the bot anyway."""
    listen = environ.get("MILLWRIGHT_LISTEN", "")
    return f"http://{listen}" if listen.startswith(("127.0.0.1:", "localhost:")) else None


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if (parts.scheme != "https" and not (parts.scheme == "http" and local)) or not parts.hostname:
        raise ValueError("must be an https:// address (http:// on this machine only)")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must have no query, fragment or user")
    return text.rstrip("/")


def _app_id(text: str) -> str:
    if not re.fullmatch(r"\d{1,20}|Iv[0-9A-Za-z.]{10,40}", text):
        raise ValueError("must be the App's number or client id")
    return text


def _private_key(text: str) -> str:
    pem = text.replace("\\n", "\n")
    if "-----BEGIN" not in pem or "PRIVATE KEY-----" not in pem:
        raise ValueError("must be a private key in PEM")
    return pem


def _secret(text: str) -> str:
    text = text.removesuffix("\n")  # an editor ends a file with it
    if len(text) < 32:
        raise ValueError("must have 32 characters or more")
    return text


def _database(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", text):
        raise ValueError("must be a sqlite:// or postgresql:// URL")
    return text


def _repository_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", text):
        raise ValueError("must be the name of a repository, without its owner")
    return text


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("must be ADDRESS:PORT")
    return host.strip("[]"), int(port)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,5}(\.\d{1,4})?", text):
        raise ValueError("must be a number of seconds")
    return float(text)


def _days(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text):
        raise ValueError("must be a number of days")
    return int(text)


def _style(text: str) -> str:
    if text not in {"json", "text"}:
        raise ValueError("must be json or text")
    return text


def _replica(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", text):
        raise ValueError("must be a short name of letters, digits, dots and dashes")
    return text


def _authorities(text: str) -> Path:
    if "-----BEGIN CERTIFICATE-----" not in Path(text).read_text("utf-8"):
        raise ValueError("must be a file of certificates in PEM")
    return Path(text)


def _hosts(text: str) -> tuple[str, ...]:
    if re.fullmatch(r"[a-z0-9.:_-]{1,260}(, ?[a-z0-9.:_-]{1,260})*", text):
        return tuple(one.strip() for one in text.split(","))
    raise ValueError("must be HOST or HOST:PORT, with commas between them, in small letters")
