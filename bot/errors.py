"""Every way in which the bot can fail, as one tree. A refusal to a person is no error but a value (`Refused`).

::

    BotError                   something of ours that a person can read
    ├── SettingsError          the environment is wrong; lists every mistake at once
    ├── BadRequest             a door was handed bytes it must refuse; carries the HTTP status
    ├── GitHubError            GitHub said no; `status`, `message`
    │   ├── GitHubGone         404 or 410: it is not there (any more) or we may not see it
    │   ├── GitHubForbidden    403: the App lacks a permission, named
    │   └── GitHubBusy         429, secondary limit, 5xx, no connection: try again after `retry_after` seconds
    ├── NotSent                a mail or webhook was not taken; `again` where it may be later
    ├── TriedLater             an effect wants to be tried again after `seconds`
    └── StoreError             the database refused
        ├── Fenced             another writer was first
        └── StoreBusy          it is away, locked or full: the same may go well later
"""

from __future__ import annotations


class BotError(Exception):
    """Something went wrong that a person can understand; the message says what was being done."""


class SettingsError(BotError):
    """The environment is wrong; the message lists every mistake at once."""


class BadRequest(BotError):
    """A door was handed bytes it must refuse."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class GitHubError(BotError):
    """GitHub said no."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class GitHubGone(GitHubError):
    """It is not there, or the App may not see it."""


class GitHubForbidden(GitHubError):
    """The App lacks a permission."""


class GitHubBusy(GitHubError):
    """GitHub wants us to wait, or cannot be reached.

    `limit` is `primary` or `secondary` where a rate limit was met, and `is_told` whether GitHub named the time.
    """

    def __init__(
        self, message: str, *, status: int, retry_after: float, limit: str = "", is_told: bool = True
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after
        self.limit = limit
        self.is_told = is_told

    @property
    def may_have_happened(self) -> bool:
        """Whether what was asked for may have been done all the same: the answer was lost, or GitHub stumbled."""
        return self.status == 0 or self.status >= 500


class NotSent(BotError):
    """A mail or webhook was not taken; `again` where it may be later, `was_tried` unless nobody was asked yet."""

    def __init__(self, message: str, *, again: bool, was_tried: bool = True) -> None:
        super().__init__(message)
        self.again = again
        self.was_tried = was_tried


class TriedLater(BotError):
    """An effect knows better than the engine when it is to be tried again; `counts` where something failed."""

    def __init__(self, message: str, *, seconds: float, counts: bool = True) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.counts = counts


class StoreError(BotError):
    """The database refused."""


class Fenced(StoreError):
    """Another writer appended to the case first: load again and decide again."""


class StoreBusy(StoreError):
    """The database cannot be reached, is locked or full: what was asked for may go well later, unchanged."""
