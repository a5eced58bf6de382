"""Mail: over TLS that is verified or not at all, its names the same each time, its headers ours alone."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import say
from bot.adapters.mail import AT_ONCE, SmtpMailer, message_of
from bot.errors import NotSent
from bot.ports import Letter, MailServer
from tests.bot.standin import now
from tests.post.messages import NOTICE
from tests.post.servers import MailBox, Papers, mail_server, papers
from tests.rooms.test_messages import HOSTILE

HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
]


@pytest.fixture
def shown(tmp_path: Path) -> Papers:
    return papers(tmp_path)


def letter(subject: str = "a subject") -> Letter:
    return Letter("boss@acme.example", subject, "in words\n", "<p>in words</p>\n", "0" * 32, "1" * 32, now())


def mailer(shown: Papers, url: str, timeout: float = 10) -> SmtpMailer:
    trust = ssl.create_default_context(cafile=str(shown.authority))
    return SmtpMailer(replace(MailServer.at(url), sender="mill@acme.example"), trust, timeout)


async def refused(sender: SmtpMailer) -> NotSent:
    with pytest.raises(NotSent) as caught:
        await sender.send(letter())
    return caught.value


async def test_both_parts_arrive_with_names_that_do_not_change(shown: Papers) -> None:
    async with mail_server(shown) as box:
        for _ in range(2):
            await mailer(shown, box.url).send(letter())
        one, other = box.mails
        assert one["Message-ID"] == other["Message-ID"] == f"<{'0' * 32}@acme.example>"
        assert one["References"] == one["In-Reply-To"] == f"<capability.{'1' * 32}@acme.example>"
        assert one["From"] == "Millwright <mill@acme.example>"
        assert sorted(one.keys()) == sorted(HEADERS)
        bodies = [part.get_content() for part in one.iter_parts() if isinstance(part, EmailMessage)]
        assert [body.strip() for body in bodies] == ["in words", "<p>in words</p>"]


async def test_nothing_is_said_to_a_server_that_nobody_vouches_for(shown: Papers, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = papers(tmp_path / "other")
    async with mail_server(shown) as box:
        error = await refused(mailer(other, box.url))
        assert error.again
        assert (box.tries, box.mails) == (0, [])


async def test_a_server_without_starttls_gets_no_password(shown: Papers) -> None:
    said: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        while line := await reader.readline():
            said.append(line)
            writer.write(
                b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n" if line.startswith(b"EHLO") else b"500 no\r\n"
            )
        writer.close()

    server = await asyncio.start_server(plain, "localhost", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await refused(mailer(shown, f"smtp+starttls://mill:secret@localhost:{port}"))
        assert error.again
        assert not any(line.upper().startswith((b"AUTH", b"MAIL")) for line in said)


@pytest.mark.parametrize("reply", ["421 closing", "451 greylisted", "550 no such user", "554 spam"])
async def test_what_the_server_says_decides_whether_it_is_tried_again(shown: Papers, reply: str) -> None:
    async with mail_server(shown) as box:
        box.replies.append(reply)
        error = await refused(mailer(shown, box.url))
        assert (error.again, error.was_tried) == (reply.startswith("4"), True)


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 <boss@acme.example>: rejected", "450 RCPT TO:boss@acme.example waits"]
)
async def test_what_a_server_repeats_of_an_address_is_not_passed_on(shown: Papers, reply: str) -> None:
    async with mail_server(shown) as box:
        box.replies.append(reply)
        error = await refused(mailer(shown, box.url))
        assert "boss" not in str(error)
        assert reply[:3] in str(error)


async def test_a_wrong_password_is_ours_to_mend_and_is_not_told(shown: Papers) -> None:
    async with mail_server(shown) as box:
        error = await refused(mailer(shown, box.url.replace("s3cret", "hunter2")))
        assert error.again
        assert "hunter2" not in str(error)
        assert box.mails == []


async def test_a_server_that_is_silent_or_away_is_asked_again(shown: Papers) -> None:
    async with silence() as port:
        error = await refused(mailer(shown, f"smtp+starttls://localhost:{port}", timeout=0.2))
        assert error.again
    error = await refused(mailer(shown, f"smtp+starttls://localhost:{port}"))
    assert error.again


async def test_only_so_many_mails_are_on_their_way_at_once(shown: Papers) -> None:
    async with silence() as port:
        sender = mailer(shown, f"smtps://localhost:{port}", timeout=5)
        under_way = [asyncio.create_task(sender.send(letter())) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        error = await refused(sender)
        assert (error.again, error.was_tried) == (True, False)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """A port at which somebody listens and says nothing."""
    ended = asyncio.Event()

    async def nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(nothing, "localhost", 0)
    async with server:
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            ended.set()


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\r\n ", "\u2028", "\x0b"])
async def test_a_line_of_its_own_in_a_header_makes_no_mail(shown: Papers, break_: str) -> None:
    box = MailBox()
    async with mail_server(shown, box):
        try:
            await mailer(shown, box.url).send(letter(f"a{break_}Bcc: eve@evil.example"))
        except NotSent as error:
            assert not error.again  # noqa: PT017 - either of the two is right
        for mail in box.mails:
            assert sorted(mail.keys()) == sorted(HEADERS)
        assert all(to == ["boss@acme.example"] for _, to in box.envelopes)


@given(
    st.text(max_size=120)
    | st.lists(st.sampled_from([*HOSTILE, "\r\nBcc: x@y.example", "\u202e", "🎉"])).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_title_is_the_mail_has_our_headers_and_two_parts(title: str) -> None:
    hostile = NOTICE.model_copy(update={"title": title, "residue": (title,), "news": "failed"})
    words = say.mail(hostile)
    made = message_of(replace(letter(words.subject), text=words.text, html=words.html), "mill@acme.example")
    read = email.message_from_bytes(made.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(HEADERS)
    assert str(read["To"]) == "boss@acme.example"
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert words.html.count("<li>") == words.html.count("<h1") == 1
    assert "\u202e" not in words.text + words.html + words.subject
    assert "://evil" not in words.text + words.html
