"""Outgoing webhooks: a signed POST to somebody else's endpoint, which may be slow, hostile, or not where it seems.

Signed after https://www.standardwebhooks.com. The name is resolved once, and only a public address is connected to
unless the settings name the host; a redirect is an answer like any other, and of answers only the status is read
(T51).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks.webhooks import Webhook

from bot.errors import NotSent
from bot.ports import Call
from executors.protocol.address import is_public

TIMEOUT = 15.0
"""Seconds for a call, from its name to its status."""
AT_ONCE, OF_ONE = 16, 2
"""Calls on their way at the same time, in all and to one host: a slow endpoint holds up itself."""


class HttpHooks:
    """`ports.Hooks` over HTTPS; `private` names hosts (`host` or `host:port`) that need not be public."""

    def __init__(self, trust: ssl.SSLContext, private: Collection[str] = (), timeout: float = TIMEOUT) -> None:
        self._trust, self._private = trust, frozenset(private)
        self._seconds = timeout
        self._under_way: Counter[str] = Counter()

    async def send(self, call: Call) -> None:
        """Returns once the endpoint has answered 2xx; raises NotSent."""
        parts = urlsplit(call.url)
        host = parts.hostname or ""
        if parts.scheme != "https" or not host or parts.username is not None:
            raise NotSent("the endpoint has no https address", again=False)
        if self._under_way.total() >= AT_ONCE or self._under_way[host] >= OF_ONE:
            raise NotSent("other calls are on their way", again=True, was_tried=False)
        self._under_way[host] += 1
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(call, {host, f"{host}:{parts.port or 443}"})
        except _NotPublic as error:
            raise NotSent(
                f"{host} is not at a public address, and MILLWRIGHT_PRIVATE_HOSTS does not name it", again=False
            ) from error
        except aiohttp.InvalidURL as error:
            raise NotSent("the endpoint has no https address", again=False) from error
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotSent(f"{host} cannot be reached: {type(error).__name__}", again=True) from error
        finally:
            self._under_way[host] -= 1
        if status == 410:
            raise NotSent(f"{host} answers 410 Gone: it wants nothing any more", again=False)
        if not 200 <= status < 300:
            raise NotSent(f"{host} answers {status}", again=True)

    async def _post(self, call: Call, names: set[str]) -> int:
        signature = Webhook(call.secret).sign(call.name, call.at, call.body.decode())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "millwright",
            "webhook-id": call.name,
            "webhook-timestamp": str(int(call.at.timestamp())),
            "webhook-signature": signature,
        }
        resolver = _Resolver(free=bool(names & self._private))
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, ssl=self._trust, force_close=True)
        # A session of its own: no cookie and no connection of one tenant's endpoint meets another's.
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        ) as session:
            host = urlsplit(call.url).hostname or ""
            if _is_address(host):
                resolver.check(host)  # aiohttp resolves no address, and asks nobody
            async with session.post(call.url, data=call.body, headers=headers, allow_redirects=False) as answer:
                return answer.status


class _NotPublic(Exception):
    """The name stands for an address that is not public."""


class _Resolver(AbstractResolver):
    """Resolves a name for one connection, and refuses it where one of its addresses is not public."""

    def __init__(self, *, free: bool) -> None:
        self._free = free

    def check(self, address: str) -> None:
        """Raises _NotPublic."""
        if not self._free and not is_public(address):
            raise _NotPublic(address)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of the name; raises _NotPublic or OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, address in found:
            self.check(str(address[0]))
            results.append(_result(host, str(address[0]), port, kind, protocol))
        return results

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, address: str, port: int, kind: Any, protocol: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST
    )


def _is_address(host: str) -> bool:
    try:
        is_public(host)
    except ValueError:
        return False
    return True
