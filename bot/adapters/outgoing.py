"""What the bot sends mail and webhooks with, made from what its settings say."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from pathlib import Path

from bot.adapters.mail import SmtpMailer
from bot.adapters.webhook import HttpHooks
from bot.ports import MailServer, Outgoing


def outgoing(
    server: MailServer | None, authorities: Path | None, private: Collection[str], scale: float
) -> Outgoing:
    """Mail where there is a server, and webhooks; `authorities`, in PEM, add to the system's."""
    trust = ssl.create_default_context()
    if authorities is not None:
        trust.load_verify_locations(authorities)
    return Outgoing(
        mail=SmtpMailer(server, trust) if server is not None else None,
        hooks=HttpHooks(trust, private),
        scale=scale,
    )
