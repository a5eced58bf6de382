"""Mail by SMTP: one message to one address, over TLS that is verified, with names that survive a second sending.

https://www.rfc-editor.org/rfc/rfc5321 (replies), https://www.rfc-editor.org/rfc/rfc3834 (`Auto-Submitted`).
"""

from __future__ import annotations

import asyncio
import re
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from bot.errors import NotSent
from bot.ports import Letter, MailServer

TIMEOUT = 30.0
"""Seconds for connecting, and for each answer of the server."""
AT_ONCE = 4
"""Mails on their way at the same time; cases of GitHub's need room too."""
_REFUSED = (
    aiosmtplib.SMTPRecipientsRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPDataError,
)
"""What is about this mail. Anything else that a server says is about us, and whoever runs the bot may mend it."""


_ADDRESS = re.compile(r"[^\s<>()\"',;:=]+@[^\s<>()\"',;:=]+")


class SmtpMailer:
    """`ports.Mailer` on one mail server."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext, timeout: float = TIMEOUT) -> None:
        self._server, self._trust, self._timeout = server, trust, timeout
        self._under_way = 0

    async def send(self, letter: Letter) -> None:
        """Returns once the server has taken the mail; raises NotSent."""
        if self._under_way >= AT_ONCE:
            raise NotSent("other mails are on their way", again=True, was_tried=False)
        self._under_way += 1
        try:
            async with asyncio.timeout(self._timeout * 2):
                await self._deliver(message_of(letter, self._server.sender))
        except _REFUSED as error:
            code, words = _reply(error)
            raise NotSent(f"the mail server refused it: {code} {words}", again=not 500 <= code < 600) from error
        except aiosmtplib.SMTPException as error:
            raise NotSent(f"the mail server did not take it: {_words(str(error))}", again=True) from error
        except (OSError, TimeoutError) as error:
            raise NotSent(f"the mail server cannot be reached: {type(error).__name__}", again=True) from error
        except ValueError as error:  # certificates' mistakes are both, and stand above
            raise NotSent(f"it makes no mail: {error}", again=False) from error
        finally:
            self._under_way -= 1

    async def _deliver(self, message: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            timeout=self._timeout,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            tls_context=None if server.tls == "none" else self._trust,
        )


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The mail with both its bodies; ValueError for a header of more than one line, whatever brought it there."""
    domain = sender.rpartition("@")[2]
    thread = f"<capability.{letter.thread}@{domain}>"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Millwright <{sender}>"
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.name}@{domain}>"
    # Nobody has ever seen the mail that these name: it is the thread that all mails of a capability hang in.
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _reply(error: aiosmtplib.SMTPException) -> tuple[int, str]:
    """Code and words of the server's reply, of the first address where there are several."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code, _words(error.message)
    return 0, _words(str(error))


def _words(text: str) -> str:
    """What a server says, in one line, without the addresses that it likes to repeat: a ledger keeps it (T52)."""
    return _ADDRESS.sub("(address)", " ".join(text.split()))[:200]
