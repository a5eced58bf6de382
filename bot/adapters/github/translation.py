"""GitHub's refusals in our words: which are worth waiting for, how long, and what GitHub said.

gidgethub hands 429 and secondary limits on as plain `BadRequest`, without `Retry-After`; its message is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import gidgethub
from gidgethub import sansio

from bot.errors import GitHubBusy, GitHubError, GitHubForbidden, GitHubGone

SOON = 5.0
"""Seconds until the next try when GitHub stumbled or could not be reached."""
A_MINUTE = 60.0


def translated(error: Exception, doing: str, now: float) -> GitHubError:
    """Our error for one of gidgethub's or aiohttp's; `now` in Unix seconds, for `x-ratelimit-reset`."""
    if not isinstance(error, gidgethub.HTTPException):
        return GitHubBusy(f"{doing}: {type(error).__name__}", status=0, retry_after=SOON)
    status = int(error.status_code)
    message = f"{doing}: {status} {error}"
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    limit = _limit(status, headers, str(error))
    if limit:
        told = waiting(headers, now)
        wait = A_MINUTE if told is None else told
        return GitHubBusy(message, status=status, retry_after=wait, limit=limit, is_told=told is not None)
    if status >= 500:
        return GitHubBusy(message, status=status, retry_after=_told(headers) or SOON)
    if status in (404, 410):
        return GitHubGone(message, status=status)
    if status == 403:
        return GitHubForbidden(message, status=status)
    return GitHubError(message, status=status)


def refusal(status: int, headers: Mapping[str, str], body: bytes, doing: str, now: float) -> GitHubError | None:
    """Our error for an answer that was read without gidgethub's client; None when it is no refusal."""
    try:
        sansio.decipher_response(status, {name.lower(): value for name, value in headers.items()}, body)
    except gidgethub.HTTPException as error:
        return translated(error, doing, now)
    return None


def waiting(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds GitHub wants us to wait; None where it does not say.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    told = _told(headers)
    if told is not None:
        return told
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        return max(1.0, float(headers["x-ratelimit-reset"]) - now)
    return None


def _told(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def _limit(status: int, headers: Mapping[str, str], said: str) -> str:
    """Which limit was met: `primary`, `secondary`, or "" for none."""
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    is_secondary = "retry-after" in headers or "secondary rate limit" in said.lower()
    if status not in (403, 429):
        return ""
    if is_spent and not is_secondary:
        return "primary"
    return "secondary" if is_secondary or status == 429 else ""
