"""The kinds of value that people write into briefings and policies, each with advice for when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import idna
import phonenumbers
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from bot.domain.iso import COUNTRIES, CURRENCIES

_LANGUAGES = "bg cs da de el en es et fi fr hr hu it ja lt lv nl no pl pt ro ru sk sl sv tr uk zh"
LANGUAGES = frozenset(_LANGUAGES.split())
"""The languages a briefing may name, as ISO 639-1."""

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]([A-Z]{2}))?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def wrong(message: str, advice: str) -> PydanticCustomError:
    """The error of a validator: what is wrong, and what to do."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "next": advice})


def domain_name(text: str) -> str:
    """The ASCII form of a domain name (RFC 1035, RFC 5891), lower case; raises `wrong`."""
    advice = "write a name like `example.com`, without `https://` and path"
    try:
        name = text if text.isascii() else idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        raise wrong("is no domain name", advice) from None
    labels = name.lower().split(".")
    fits = len(name) <= 253 and len(labels) >= 2 and all(_LABEL.fullmatch(label) for label in labels)
    if not fits or not (labels[-1].isalpha() or labels[-1].startswith("xn--")) or len(labels[-1]) < 2:
        raise wrong("is no domain name", advice)
    for label in labels:
        if label.startswith("xn--") and not _decodes(label):
            raise wrong("is no international domain name", advice)
    return ".".join(labels)


def _decodes(label: str) -> bool:
    try:
        return bool(idna.decode(label))
    except idna.IDNAError:
        return False


def email_address(text: str) -> str:
    """A mail address with an ASCII local part (RFC 5321); its domain in ASCII form; raises `wrong`."""
    local, at, host = text.rpartition("@")
    if not at or not re.fullmatch(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*", local) or len(local) > 64:
        raise wrong("is no e-mail address", "write one like `info@example.com`")
    try:
        return f"{local}@{domain_name(host)}"
    except PydanticCustomError:
        raise wrong("is no e-mail address", "write one like `info@example.com`") from None


def phone_number(text: str) -> str:
    """The number in international form (E.164 digits, spaced for people); raises `wrong`."""
    advice = "write it with the country code, like `+49 30 23125 042`"
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise wrong("is no international phone number", advice) from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise wrong("is no international phone number", advice)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def moment(text: str) -> str:
    """The moment in UTC as RFC 3339; a day alone is its beginning; raises `wrong`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise wrong("is no date", "write `2026-01-31` or `2026-01-31T09:00:00Z`") from None
    try:
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise wrong("is no date that a calendar holds", "write `2026-01-31`") from None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _month_day(text: str) -> str:
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})", text)
    if not match or not (1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= _DAYS[int(match[1]) - 1]):
        raise wrong("is no day of the year", "write month and day as `MM-DD`, like `01-01`")
    return text


def _color(text: str) -> str:
    if not _COLOR.fullmatch(text.lower()):
        raise wrong("is no colour", "write six hexadecimal digits after `#`, like `#1e40af`")
    return text.lower()


def _language(text: str) -> str:
    """BCP 47 with hyphen (`de-DE`); Odoo's underscore is taken too (https://www.rfc-editor.org/rfc/bcp47)."""
    match = _LANGUAGE.fullmatch(text)
    if not match or match[1] not in LANGUAGES or (match[2] and match[2] not in COUNTRIES):
        raise wrong("is no language we know", f"write one of {', '.join(sorted(LANGUAGES))}, or `de-DE`")
    return text.replace("_", "-")


def one_of(codes: frozenset[str], what: str, example: str) -> Callable[[str], str]:
    """A validator that lets through the codes of a list."""

    def check(text: str) -> str:
        if text not in codes:
            raise wrong(f"is no {what}", f"write {example}")
        return text

    return check


def number(value: Any) -> Any:
    """The value; raises `wrong` for true and false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise wrong("must be a whole number", "write digits only")
    return value


def unlike(values: list[Any]) -> list[Any]:
    """The list; raises `wrong` where an entry occurs twice."""
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise wrong(f"names `{value}` twice", "keep one of them")
        seen.add(value)
    return values


Short = StringConstraints(max_length=320, strip_whitespace=True)
Domain = Annotated[str, Short, AfterValidator(domain_name)]
Email = Annotated[str, Short, AfterValidator(email_address)]
Phone = Annotated[str, Short, AfterValidator(phone_number)]
Moment = Annotated[str, Short, AfterValidator(moment)]
MonthDay = Annotated[str, Short, AfterValidator(_month_day)]
Colour = Annotated[str, Short, AfterValidator(_color)]
Language = Annotated[str, Short, AfterValidator(_language)]
Country = Annotated[
    str, Short, AfterValidator(one_of(COUNTRIES, "country (ISO 3166-1)", "two capitals, like `DE`"))
]
Currency = Annotated[
    str, Short, AfterValidator(one_of(CURRENCIES, "currency (ISO 4217)", "three capitals, like `EUR`"))
]
Timezone = Annotated[
    str, StringConstraints(pattern=r"^(UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_+-]+){1,2})$", max_length=60)
]
TemplateId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
TemplateName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(@[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})?$", max_length=85)
]
"""A template's id, or one version of it: `corporate_site_v1@1.0.0`."""
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Words = Annotated[list[Word], Field(max_length=20), AfterValidator(unlike)]
