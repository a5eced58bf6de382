"""Opening hours in words and for search engines: days of equal hours in one line, no clock anywhere."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from executors.kinds.website.slots.show import day
from executors.protocol.content.place import DAYS, Hours, OtherDay

_SHORT = {
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_LONG = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_AND = {"de": " und ", "en": " and "}
_ALL_DAY = ["00:00-24:00"]
_ROUND_THE_CLOCK = {"de": "rund um die Uhr", "en": "open 24 hours"}


def shown(hours: Hours, language: str, today: date) -> dict[str, Any]:
    """Return `rows` of the week, `other` days that are not over on `today`, and the `note`.

    A row has `days` (`Mo–Fr`), `name` (`Montag–Freitag`), `closed`, `text` (`09–12 und 14–18 Uhr`), and `spans`,
    the same in pieces that are not to be broken across lines.
    """
    exact = not all(_is_full(span) for span in _spans(hours))
    rows = [
        {
            "days": _run(_SHORT[language], first, last),
            "name": _run(_LONG[language], first, last),
            **_told(spans, language, exact=exact),
        }
        for first, last, spans in runs(hours)
    ]
    coming = sorted((o for o in hours.other if (o.until or o.date) >= today), key=lambda o: o.date)
    return {"rows": rows, "other": [_other(o, language, exact) for o in coming], "note": hours.note}


def runs(hours: Hours) -> list[tuple[int, int, list[str]]]:
    """Return first and last weekday (0 is Monday) and spans of every run of days with equal hours."""
    week = [list(getattr(hours, name)) for name in DAYS]
    grouped = [[n for n, _ in found] for _, found in groupby(enumerate(week), key=lambda pair: pair[1])]
    return [(numbers[0], numbers[-1], week[numbers[0]]) for numbers in grouped]


def specification(hours: Hours) -> dict[str, Any]:
    """Return the hours as schema.org data (https://schema.org/OpeningHoursSpecification), closed days left out."""
    week = [
        {"dayOfWeek": [_LONG["en"][number] for number in range(first, last + 1)], **_edges(span)}
        for first, last, spans in runs(hours)
        for span in spans
    ]
    # A day on which a place is closed opens and closes at midnight:
    # https://developers.google.com/search/docs/appearance/structured-data/local-business#seasonal-hours
    other = [
        {
            "validFrom": one.date.isoformat(),
            "validThrough": (one.until or one.date).isoformat(),
            **_edges(span),
        }
        for one in hours.other
        for span in one.spans or ["00:00-00:00"]
    ]
    kind = {"@type": "OpeningHoursSpecification"}
    return {
        "openingHoursSpecification": [kind | one for one in week],
        "specialOpeningHoursSpecification": [kind | one for one in other],
    }


def _spans(hours: Hours) -> Iterator[str]:
    """Yield every span of the week and of other days."""
    for spans in (*(getattr(hours, name) for name in DAYS), *(one.spans for one in hours.other)):
        yield from spans


def _is_full(span: str) -> bool:
    """Whether a span begins and ends on the hour."""
    return all(edge.endswith(":00") for edge in span.split("-"))


def _run(names: Sequence[str], first: int, last: int) -> str:
    """The name of a day, or of the first and the last one of a run."""
    return names[first] if first == last else f"{names[first]}–{names[last]}"


def _told(spans: Sequence[str], language: str, *, exact: bool) -> dict[str, Any]:
    """The spans of a day in words, none for a closed one."""
    words = _words(spans, language, exact=exact)
    return {"spans": words, "text": _AND[language].join(words), "closed": not spans}


def _words(spans: Sequence[str], language: str, *, exact: bool) -> list[str]:
    """Each span in words: `09–12`, and `14–18 Uhr` for the last."""
    if list(spans) == _ALL_DAY:
        return [_ROUND_THE_CLOCK[language]]
    edges = [[_clock(edge, language, exact=exact) for edge in span.split("-")] for span in spans]
    words = ["–".join(pair) for pair in edges]
    return [*words[:-1], f"{words[-1]}\u00a0Uhr"] if words and language == "de" else words


def _clock(time: str, language: str, *, exact: bool) -> str:
    """A time of day: `09` or `09:00` in German, `9 am` or `9:30 am` in English."""
    if language == "de":
        return time if exact else time[:2]
    hour, minutes = int(time[:2]), time[3:]
    if hour % 24 == 0 and minutes == "00":
        return "midnight"
    half = "am" if hour % 24 < 12 else "pm"
    return f"{hour % 12 or 12}{'' if minutes == '00' else ':' + minutes}\u00a0{half}"


def _other(one: OtherDay, language: str, exact: bool) -> dict[str, Any]:
    """A day, or a run of days, with hours of its own."""
    until = f" – {day(one.until, language)}" if one.until and one.until != one.date else ""
    return {
        "when": f"{day(one.date, language)}{until}",
        "label": one.label,
        **_told(one.spans, language, exact=exact),
    }


def _edges(span: str) -> dict[str, str]:
    """When a span opens and closes; midnight at the end of a day is its last minute for search engines."""
    opens, closes = span.split("-")
    return {"opens": opens, "closes": closes.replace("24:00", "23:59")}
