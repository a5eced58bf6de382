"""Installation tokens: each narrowed to one repository and just the permissions that its effect takes (T43)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from cachetools import TTLCache

from bot.domain.people import Repo
from bot.errors import GitHubError
from executors.protocol.spec import AppToken

TOKEN_SECONDS = 50 * 60
"""How long an installation token is reused; it lives an hour (T44)."""
REFUSED_SECONDS = 30
"""How long a name that no token is made for is not asked for again: most organisations have no `.github`."""

Mint = Callable[[int, Sequence[int | str], Mapping[str, str]], Awaitable[AppToken]]
Key = tuple[int, int | str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Scope:
    """On whose behalf a call is made: a repository of an installation, with just these permissions (T43)."""

    repo: Repo
    permissions: tuple[tuple[str, str], ...]


def scope(repo: Repo, **permissions: str) -> Scope:
    """`scope(repo, issues="write")`."""
    return Scope(repo, tuple(sorted(permissions.items())))


class Tokens:
    """One token a scope, in memory only; `mint` makes a fresh one."""

    def __init__(self, mint: Mint, clock: Callable[[], float]) -> None:
        self._mint = mint
        self._known: TTLCache[Key, AppToken] = TTLCache(2_000, TOKEN_SECONDS, timer=clock)
        self._refused: TTLCache[Key, str] = TTLCache(2_000, REFUSED_SECONDS, timer=clock)
        self._minting: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    async def token(self, of: Scope) -> str:
        """A token for the scope, reused for 50 minutes; who asks meanwhile waits for the same one."""
        key = _key(of)
        lock = self._minting.setdefault(key, asyncio.Lock())
        async with lock:
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = await self._fresh(of, key)
        return known.token

    async def _fresh(self, of: Scope, key: Key) -> AppToken:
        if (why := self._refused.get(key)) is not None:
            raise GitHubError(why, status=422)
        repository = of.repo.id or of.repo.name.partition("/")[2]
        try:
            return await self._mint(of.repo.installation, [repository], dict(of.permissions))
        except GitHubError as error:
            if error.status == 422 and not of.repo.id:
                self._refused[key] = str(error)
            raise

    def look_anew(self, installation: int) -> None:
        """What no token was made for is asked for again: something has changed, or somebody wants to know."""
        for key in [key for key in self._refused if key[0] == installation]:
            self._refused.pop(key, None)

    def found(self, asked: Scope, as_: Scope) -> None:
        """A repository that was asked for by name is that one: its token serves both."""
        known = self._known.get(_key(asked))
        if known is not None:
            self._known.setdefault(_key(as_), known)

    def forget(self, of: Scope) -> None:
        """The token was refused: the next one asked for is fresh."""
        self._known.pop(_key(of), None)


def _key(of: Scope) -> Key:
    return of.repo.installation, of.repo.id or of.repo.name, of.permissions
