"""`POST /github`: only what GitHub signed comes in, once, within its limits, and durably."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from bot.doors.github import github
from bot.errors import SettingsError
from bot.ports import DoorAnswer, NewRow
from tests.bot.doors.street import SECRET, signed, street

DELIVERY = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


async def test_t19_a_signed_delivery_is_on_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        answer = await here.hook(b'{"a": 1}', X_GitHub_Delivery=DELIVERY)
        assert answer == (202, {"delivery": DELIVERY, "duplicate": False})
        [row] = await here.store.unrouted(10)
        assert (row.kind, row.body, row.delivery) == ("issues", b'{"a": 1}', DELIVERY)


async def test_a_redelivery_is_acknowledged_as_a_duplicate(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await here.hook(X_GitHub_Delivery=DELIVERY)
        again = await here.hook(X_GitHub_Delivery=DELIVERY.upper())
        assert again == (202, {"delivery": DELIVERY, "duplicate": True})
        assert len(await here.store.unrouted(10)) == 1


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        signed(b"{}")[:-1],
        signed(b"{}") + "0",
        signed(b"{}").upper(),
        signed(b"{}", "another secret that is long enough, too"),
        signed(b"{}", ""),
        "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest(),
        "sha256=" + "é" * 64,
        "sha256=" + "\u0661" * 64,
    ],
)
async def test_t16_a_forged_signature_is_401_and_leaves_nothing(signature: str | None, tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.hook(X_Hub_Signature_256=signature)
        assert (status, answer["code"]) == (401, "signature")
        assert here.rows == []


async def test_t16_a_sha1_header_alone_is_refused_although_it_is_right(tmp_path: Path) -> None:
    right = "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest()
    async with street(tmp_path) as here:
        status, _ = await here.hook(X_Hub_Signature_256=None, X_Hub_Signature=right)
        assert status == 401


async def test_t16_nothing_is_parsed_before_the_signature_is_checked(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        assert (await here.hook(b"[" * 100_000, X_Hub_Signature_256="sha256=" + "0" * 64))[0] == 401
        assert (await here.hook(b"\xff\x00 no json"))[0] == 202  # signed: what it means is found out later


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_t16_a_guessable_secret_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(SettingsError):
        github(None, secret)  # type: ignore[arg-type]


async def test_t21_a_body_beyond_a_megabyte_is_413_with_or_without_a_length(tmp_path: Path) -> None:
    body = b"x" * (1024 * 1024 + 1)
    async with street(tmp_path) as here:
        status, answer = await here.hook(body)
        assert (status, answer["code"]) == (413, "too_large")
        status, answer = await here.hook(body, chunks=[body[:700_000], body[700_000:]])
        assert (status, answer["code"]) == (413, "too_large")
        assert (await here.hook(body[:-1]))[0] == 202
        small = b'{"a": "b"}'
        assert (await here.hook(small, chunks=[small[:4], small[4:]]))[0] == 202


@pytest.mark.parametrize("header", ["X_GitHub_Event", "X_GitHub_Delivery"])
@pytest.mark.parametrize("value", [None, "", "../x", "a b", "x" * 100])
async def test_malformed_headers_are_400(header: str, value: str | None, tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.hook(**{header: value})
        assert (status, answer["code"]) == (400, "headers")


async def test_another_content_type_is_415(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        status, answer = await here.hook(Content_Type="application/x-www-form-urlencoded")
        assert (status, answer["code"]) == (415, "content_type")


async def test_a_ping_is_answered_and_not_stored(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        assert (await here.hook(X_GitHub_Event="ping"))[0] == 200
        assert here.rows == []


async def test_a_draining_process_accepts_nothing(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        here.intake.closed.set()
        status, answer = await here.hook()
        assert (status, answer["code"]) == (503, "draining")
        async with here.http.get(here.url + "/readyz") as ready:
            assert ready.status == 503
        async with here.http.get(here.url + "/healthz") as alive:
            assert alive.status == 200


async def test_an_error_inside_tells_the_outside_nothing(tmp_path: Path) -> None:
    async with street(tmp_path) as here:

        def reply(_row: int, _new: NewRow) -> DoorAnswer:
            raise RuntimeError("the secret way in")

        here.reply = reply
        status, answer = await here.hook()
        assert status == 500
        assert answer["code"] == "internal"
        assert "secret" not in str(answer)


async def test_what_cannot_be_stored_is_not_acknowledged(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await here.store.close()
        status, answer = await here.hook()
        assert (status, answer["code"]) == (503, "database")
        assert "sqlite" not in str(answer).lower()


async def test_ready_means_that_the_database_takes_a_write(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        async with here.http.get(here.url + "/readyz") as ready:
            assert ready.status == 200
        await here.store.close()
        async with here.http.get(here.url + "/readyz") as ready:
            assert ready.status == 503


async def test_the_public_key_is_published(tmp_path: Path) -> None:
    async with street(tmp_path) as here, here.http.get(here.url + "/.well-known/millwright-keys.json") as answer:
        [key] = (await answer.json())["keys"]
        assert key["keyid"].startswith("SHA256:")
        assert len(key["keyid"]) == 7 + 64
