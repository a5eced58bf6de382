"""What the law wants a firm to say about itself; the bot never guesses it, it asks."""

from __future__ import annotations

import re

from bot.domain.document import Document
from bot.domain.faults import Fault

_REGISTERED = re.compile(r"\b(AG|GmbH|gGmbH|UG|KGaA|KG|OHG|SE|eG|e\.\s?K\.)(?!\w)")
"""Legal forms that stand in a German register."""

_SAID_BY_THE_MODEL = ("address", "represented_by")


def imprint_faults(document: Document) -> tuple[Fault, ...]:
    """What a German website must name and the briefing lacks; register entries only for registered legal forms.

    Sources: https://www.gesetze-im-internet.de/ddg/__5.html, https://gdpr-info.eu/art-13-gdpr/
    """
    value = document.value if isinstance(document.value, dict) else {}
    if value.get("country", "DE") != "DE":
        return ()
    legal = value.get("legal")
    if legal is not None and not isinstance(legal, dict):
        return ()
    required = ["address", "represented_by", "privacy_contact"]
    if _REGISTERED.search(str(value.get("business_name", ""))[:200]):
        required += ["register_court", "register_number"]
    names = [name for name in required if not (legal or {}).get(name)]
    if legal is None:
        advice = f"add `legal:` with {', '.join(names)} (and vat_id where there is one)"
        return (Fault("legal", "is missing: a German website needs an imprint", advice, document.line_of(())),)
    return tuple(
        Fault(
            f"legal.{name}",
            "is missing",
            f"add `{name}: …`; a German imprint needs it",
            document.line_of(("legal",)),
        )
        for name in names
        if name not in _SAID_BY_THE_MODEL
    )
