"""Content of the product repository at one commit, checked against its digest.

PyGithub is imported when something is read, and none of its objects leaves this module: reading an attribute
of one may be a request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executors.errors import WorldError
from executors.parts.paths import UnsafePath, safe_path
from executors.protocol.spec import ContentSource

MEGABYTE = 1024 * 1024
if TYPE_CHECKING:
    from github import Github

LARGEST = 50 * MEGABYTE
_SECONDS = 20


@dataclass(frozen=True)
class Content:
    """A repository at a commit; `token` gives the current App token (it is renewed while a leg runs)."""

    source: ContentSource
    api: str
    token: Callable[[], str]

    def read(self, path: str, sha256: str) -> bytes:
        """Return the bytes of the file; WorldError where it is missing, too big, or has another digest."""
        try:
            data = self._fetch(safe_path(path))
        except UnsafePath as error:
            raise WorldError(f"content {path!r}: {error}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise WorldError(f"content {path}: its sha256 is {found[:12]}…, not the approved {sha256[:12]}…")
        return data

    def _fetch(self, path: str) -> bytes:
        import github  # 0.2 s, so only where content is needed
        import requests

        what = f"reading {path} of {self.source.repository}"
        try:
            return self._bytes(path)
        except github.GithubException as error:
            raise WorldError(f"{what}: GitHub says {error.status}", again=passes(error.status)) from error
        except requests.RequestException as error:
            raise WorldError(f"{what}: {type(error).__name__}", again=True) from error

    def _bytes(self, path: str) -> bytes:
        """Return the file through the contents API, or through its blob where it is over 1 MB.

        Source: https://docs.github.com/en/rest/repos/contents#get-repository-content
        """
        from base64 import b64decode

        with opened(self.api, self.token()) as hub:
            repository = hub.get_repo(self.source.repository)
            found = repository.get_contents(path, ref=self.source.commit)
            if isinstance(found, list) or found.type != "file":
                raise WorldError(f"content {path}: is no file at {self.source.commit[:12]}")
            if found.size > LARGEST:
                raise WorldError(
                    f"content {path}: has {found.size / MEGABYTE:.1f} MB; {LARGEST // MEGABYTE} MB are allowed"
                )
            if found.encoding == "base64":
                return b64decode(found.content or "")
            return b64decode(repository.get_git_blob(found.sha).content)


@contextmanager
def opened(api: str, token: str) -> Iterator[Github]:
    """Yield a client that asks for nothing by itself, and close it."""
    from github import Auth, Github

    hub = Github(
        base_url=api,
        auth=Auth.Token(token),
        timeout=_SECONDS,
        retry=None,  # the runner retries, and only so often as the plan allows
        seconds_between_requests=0,
        lazy=True,
    )
    try:
        yield hub
    finally:
        hub.close()


def passes(status: int) -> bool:
    """Whether what GitHub said may pass by itself."""
    return status >= 500 or status in {403, 429}
