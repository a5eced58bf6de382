"""How values are shown on a page: a picture by its sizes, a date in words, money as the language writes it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from executors.protocol.content import Image

Show = Callable[[Image | None], dict[str, Any] | None]
"""A picture's address and sizes for templates; None for none."""

_MONTHS = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}


def day(when: date, language: str) -> str:
    """Return the date in words, the same on every machine (no locale): `3. März 2026`, `3 March 2026`."""
    return f"{when.day}{'.' if language == 'de' else ''} {_MONTHS[language][when.month - 1]} {when.year}"


def money(amount: str, currency: str, language: str, *, exact: bool = False) -> str:
    """Return a decimal amount as people write it: `1.234,50 €`, `€1,234.50`; whole amounts without cents.

    With `exact` every amount has its cents: `29,00 €` beside `1.234,50 €`.
    """
    whole, _, cents = amount.partition(".")
    cents = (cents or "00") if exact else cents.replace("00", "")
    groups = f"{int(whole):,}"
    sign = _SIGNS.get(currency, currency)
    if language == "de":
        number = groups.replace(",", ".") + (f",{cents}" if cents else "")
        return f"{number}\u00a0{sign}"
    number = groups + (f".{cents}" if cents else "")
    return f"{sign}{number}" if len(sign) == 1 else f"{sign}\u00a0{number}"
