"""Which of GitHub's refusals mean wait, gone, forbidden or wrong, and how long to wait."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.adapters.github.translation import refusal, translated, waiting
from bot.adapters.github.wire import followed
from bot.errors import GitHubBusy, GitHubError, GitHubForbidden, GitHubGone

NOW = 1_700_000_000.0
JSON = {"content-type": "application/json; charset=utf-8"}
EMPTY = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000042"}
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def refused(status: int, headers: dict[str, str], message: str) -> GitHubError:
    body = json.dumps({"message": message}).encode()
    error = refusal(status, JSON | headers, body, "POST /x on acme/www", NOW)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (429, {"Retry-After": "17"}, "Too many requests", 17),
        (429, {}, "Too many requests", 60),
        (429, EMPTY, "Too many requests", 42),
        (403, {"Retry-After": "90"}, SECONDARY, 90),
        (403, {}, SECONDARY, 60),
        (403, EMPTY, "API rate limit exceeded for installation ID 77.", 42),
        (500, {}, "Server Error", 5),
        (502, {}, "Bad gateway", 5),
        (503, {"Retry-After": "30"}, "Unavailable", 30),
    ],
)
def test_what_passes_by_itself_says_when_to_try_again(
    status: int, headers: dict[str, str], message: str, seconds: float
) -> None:
    error = refused(status, headers, message)
    assert isinstance(error, GitHubBusy)
    assert (error.status, error.retry_after) == (status, seconds)


@pytest.mark.parametrize(
    ("status", "headers", "message", "limit", "is_told"),
    [
        (429, {"Retry-After": "17"}, "Too many requests", "secondary", True),
        (429, {}, "Too many requests", "secondary", False),
        (429, EMPTY, "Too many requests", "primary", True),
        (403, {}, SECONDARY, "secondary", False),
        (403, EMPTY, SECONDARY, "secondary", True),
        (403, EMPTY, "API rate limit exceeded for installation ID 77.", "primary", True),
        (502, {}, "Bad gateway", "", True),
    ],
)
def test_the_two_kinds_of_limit_are_told_apart(
    status: int, headers: dict[str, str], message: str, limit: str, *, is_told: bool
) -> None:
    error = refused(status, headers, message)
    assert isinstance(error, GitHubBusy)
    assert (error.limit, error.is_told) == (limit, is_told)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, GitHubGone), (410, GitHubGone), (403, GitHubForbidden), (401, GitHubError), (409, GitHubError)],
)
def test_what_does_not_pass_is_told_apart_by_kind(status: int, kind: type[GitHubError]) -> None:
    error = refused(status, {}, "Resource not accessible by integration")
    assert type(error) is kind
    assert error.status == status
    assert str(error) == f"POST /x on acme/www: {status} Resource not accessible by integration"


def test_a_422_keeps_what_was_wrong_with_which_field() -> None:
    body = {"message": "Validation Failed", "errors": [{"resource": "Label", "code": "invalid", "field": "color"}]}
    error = refusal(422, JSON, json.dumps(body).encode(), "POST /labels", NOW)
    assert error is not None
    assert (error.status, str(error)) == (422, "POST /labels: 422 Validation Failed for 'color'")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_an_answer_is_no_refusal(status: int) -> None:
    assert refusal(status, JSON, b"{}", "GET /x", NOW) is None


@pytest.mark.parametrize("error", [aiohttp.ClientConnectionError("refused"), TimeoutError()])
def test_a_lost_connection_is_worth_another_try(error: Exception) -> None:
    busy = translated(error, "GET /x", NOW)
    assert isinstance(busy, GitHubBusy)
    assert (busy.status, busy.retry_after) == (0, 5)


def test_a_limit_that_is_over_by_our_clock_still_waits_a_second() -> None:
    assert waiting({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1699999000"}, NOW) == 1.0


@pytest.mark.parametrize(
    ("method", "status", "location", "where"),
    [
        ("GET", 301, "https://api.github.com/repositories/1", "https://api.github.com/repositories/1"),
        ("GET", 302, "/repositories/1", "https://api.github.com/repositories/1"),
        ("PATCH", 307, "/repositories/1", "https://api.github.com/repositories/1"),
        ("POST", 308, "/repositories/1", "https://api.github.com/repositories/1"),
        ("POST", 301, "/repositories/1", None),
        ("POST", 302, "/repositories/1", None),
        ("GET", 301, "https://elsewhere.example/repositories/1", None),
        ("GET", 301, "http://api.github.com/repositories/1", None),
        ("GET", 301, None, None),
        ("GET", 304, "/repositories/1", None),
        ("GET", 200, "/repositories/1", None),
    ],
)
def test_only_a_redirect_that_keeps_request_and_host_is_followed(
    method: str, status: int, location: str | None, where: str | None
) -> None:
    assert followed(method, "https://api.github.com/repos/a/b", status, location) == where
