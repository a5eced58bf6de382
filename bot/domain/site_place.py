"""Where websites are put beside local folders: a web root over SSH, a branch that GitHub Pages serves."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from bot.domain.fields import unlike, wrong
from bot.domain.rules import KEEP, LocalEnvironment, Name, SecretName, Url, Visited
from executors.protocol.plan import Limits
from executors.protocol.site import PagesBranch, SshRoot
from executors.protocol.wire import Json

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
SLOW = 900
"""Seconds that a deployment to another machine may take: files are sent, and Pages has to build."""
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PATH = re.compile(r"(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+")
_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) (AAAA[A-Za-z0-9+/]+={0,2})( .*)?")


def _machine(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise wrong("is no name of a machine", "write one like `web1.example.com`; the port has a line of its own")
    return host


def _remote_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise wrong("is no absolute path of a folder", "write one like `/srv/www/acme`, without `..`")
    return path


def _host_keys(keys: list[str]) -> list[str]:
    return unlike([_host_key(key) for key in keys])


def _host_key(key: str) -> str:
    """The key without its comment; refused where it does not say inside what it says in front."""
    found = _KEY.fullmatch(key)
    advice = "write what `cat /etc/ssh/ssh_host_ed25519_key.pub` shows on that machine: `ssh-ed25519 AAAA…`"
    if found is None:
        raise wrong("is no public host key", advice)
    try:
        blob = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise wrong("is no public host key: it is cut or mistyped", advice) from None
    name = found[1].encode()
    if blob[:4] != len(name).to_bytes(4) or blob[4 : 4 + len(name)] != name or len(blob) < len(name) + 36:
        raise wrong("is no public host key: it is cut or mistyped", advice)
    return f"{found[1]} {found[2]}"


class SshEnvironment(Visited):
    """A web root on another machine, reached over SSH; `key` names a secret, whose value stands in no policy."""

    name: Name
    """what products and gates call it, and the GitHub environment with its key; previews use `<name>-read`"""
    kind: Literal["ssh"]
    """a folder on another machine, reached over SSH"""
    host: Annotated[str, StringConstraints(max_length=253), AfterValidator(_machine)]
    """the machine's name or IPv4 address"""
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    """the port of its SSH server"""
    user: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]*$", max_length=32)]
    """the account there; it needs to write the folder, and nothing else"""
    path: Annotated[str, StringConstraints(max_length=400), AfterValidator(_remote_path)]
    """the absolute path of the folder there that the web server serves `current` of"""
    host_keys: Annotated[list[str], Field(min_length=1, max_length=8), AfterValidator(_host_keys)]
    """the machine's public host keys, `ssh-ed25519 AAAA…`: who shows another one is sent nothing"""
    key: SecretName
    """the name of the secret that holds the account's private key, which has no passphrase"""
    url: Url
    """the address that is asked for after a deployment"""
    keep: Annotated[int, Field(ge=2, le=100)] = KEEP
    """releases that stay there; older ones are put aside, and go with the deployment after that"""
    runner: Literal["self-hosted", "hosted"] = "self-hosted"
    """who runs its jobs; a machine that only your own network reaches needs `self-hosted`"""

    @property
    def secrets(self) -> list[str]:
        """The names of the secrets that the GitHub environment must hold."""
        return [self.key]

    @property
    def read_name(self) -> str:
        """The GitHub environment of previews: its key may look at the folder and no more."""
        return f"{self.name}-read"

    @property
    def hosts(self) -> list[str]:
        """The hosts that a run may speak to."""
        return [f"{self.host}:{self.port}", self.url.split("/", 3)[2]]

    @property
    def is_loopback(self) -> bool:
        """Whether the machine is the one that runs the jobs."""
        return self.host in LOOPBACK

    @property
    def root(self) -> SshRoot:
        """The place as executors know it."""
        values = self.model_dump(include={"host", "port", "user", "path", "key"})
        return SshRoot(**values, host_keys=tuple(self.host_keys))


class PagesEnvironment(Visited):
    """A branch of the product's own repository that GitHub Pages serves; the App's token opens it."""

    name: Name
    """what products and gates call it"""
    kind: Literal["pages"]
    """a branch of the product's repository that GitHub Pages serves"""
    branch: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*$", max_length=100),
    ] = "gh-pages"
    """the branch; it holds the site and nothing else"""
    url: Url
    """the address that is asked for after a deployment; a domain of your own is written into `CNAME`"""
    runner: Literal["self-hosted", "hosted"] = "self-hosted"
    """who runs its jobs"""

    @property
    def secrets(self) -> list[str]:
        """None: the leg's App token is all that it takes."""
        return []

    @property
    def host(self) -> str:
        """Host, and port where it is written, of the URL that is checked after a deployment."""
        return self.url.split("/", 3)[2]

    @property
    def hosts(self) -> list[str]:
        """The hosts that a run may speak to."""
        return [self.host]

    @property
    def is_loopback(self) -> bool:
        """Never: it is at GitHub."""
        return False


SiteEnvironment = LocalEnvironment | SshEnvironment | PagesEnvironment
"""Where a website may be put."""
SITES = ("local", "ssh", "pages")
"""The kinds of these environments."""


def spot(place: SiteEnvironment, repository: str) -> tuple[str, str]:
    """What no two products may share: machine or repository, and what there holds the site, in words.

    A machine is known by its name: another port or account of it leads to the same folder.
    """
    match place:
        case PagesEnvironment(branch=branch):
            return f"pages:{repository.lower()}", f"the branch `{branch}`"
        case SshEnvironment(host=host, path=path) if host not in LOOPBACK:
            return host, f"`{path}` on {host}"
        case SshEnvironment(path=path) | LocalEnvironment(path=path):
            return "", f"`{path}`"


@dataclass(frozen=True)
class Destination:
    """Where one product's website goes: `deploy`'s inputs, what they mean in words, how long it may take."""

    inputs: Json
    words: str
    url: str
    form: str | None

    def limits(self, limits: Limits) -> Limits:
        """The executor's limits; longer where another machine has to do its part."""
        there = isinstance(self.inputs["target"], dict)
        return limits.model_copy(update={"timeout_seconds": SLOW}) if there else limits


def destination(place: SiteEnvironment, repository: str) -> Destination:
    """Where the website of the product in `repository` goes."""
    form = None if place.form is None else str(place.form)
    made = Destination({"source": "website", "url": place.url}, "", place.url, form)
    target: str | Json
    match place:
        case PagesEnvironment(branch=branch):
            at = PagesBranch(repository=repository, branch=branch)
            words = f"Commit the site onto the branch {branch}, which GitHub Pages serves"
            return replace(made, inputs=made.inputs | {"target": at.to_json()}, words=words)
        case SshEnvironment():
            where, target = f"{place.path} on {place.host}", place.root.to_json()
        case LocalEnvironment():
            where, target = place.path, place.path
    kept: dict[str, Any] = {} if place.keep == KEEP else {"keep": place.keep}
    words = f"Store the site as a release in {where}, serve it"
    return replace(made, inputs=made.inputs | {"target": target} | kept, words=words)
