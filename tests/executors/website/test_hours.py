"""Opening hours: days of equal hours in one row, other days until they are over, for people and search engines."""

from datetime import date
from typing import Any

import pytest

from executors.kinds.website.build import build
from executors.kinds.website.slots import hours as opening
from executors.protocol.content.place import DAYS, Hours
from tests.executors.website.firms import SALON, firm
from tests.executors.website.strict import read

ENGLISH: dict[str, Any] = {"language": "en", "country": "GB"}
NINE_TO_SIX = ["09:00-18:00"]
TODAY = date(2026, 11, 20)


def site(**changes: Any) -> dict[str, bytes]:
    return build(firm(SALON, **changes), {})


def words(data: bytes) -> str:
    """The page's text, no-break spaces as plain ones."""
    return " ".join("".join(read(data).text).split())


def week(**days: list[str]) -> Hours:
    return Hours.model_validate({day: days.get(day, []) for day in DAYS})


def rows(hours: Hours, language: str = "de") -> list[tuple[str, str]]:
    shown = opening.shown(hours, language, TODAY)
    return [(row["days"], row["text"].replace("\u00a0", " ")) for row in shown["rows"]]


@pytest.mark.parametrize(
    ("hours", "de", "en"),
    [
        (
            week(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), NINE_TO_SIX)),
            [("Mo–Fr", "09–18 Uhr"), ("Sa–So", "")],
            [("Mon–Fri", "9 am–6 pm"), ("Sat–Sun", "")],
        ),
        (
            week(mon=["08:00-12:00", "14:30-18:00"], wed=NINE_TO_SIX),
            [("Mo", "08:00–12:00 und 14:30–18:00 Uhr"), ("Di", ""), ("Mi", "09:00–18:00 Uhr"), ("Do–So", "")],
            [("Mon", "8 am–12 pm and 2:30 pm–6 pm"), ("Tue", ""), ("Wed", "9 am–6 pm"), ("Thu–Sun", "")],
        ),
        (
            week(**{day: ["00:00-24:00"] for day in DAYS}),
            [("Mo–So", "rund um die Uhr")],
            [("Mon–Sun", "open 24 hours")],
        ),
        (
            week(fri=["18:00-24:00"], sat=["18:00-24:00"], sun=["00:00-02:00"]),
            [("Mo–Do", ""), ("Fr–Sa", "18–24 Uhr"), ("So", "00–02 Uhr")],
            [("Mon–Thu", ""), ("Fri–Sat", "6 pm–midnight"), ("Sun", "midnight–2 am")],
        ),
    ],
)
def test_days_of_equal_hours_make_one_row(
    hours: Hours, de: list[tuple[str, str]], en: list[tuple[str, str]]
) -> None:
    assert rows(hours) == de
    assert rows(hours, "en") == en


def test_the_spans_of_a_day_come_in_pieces_that_are_not_broken() -> None:
    row = opening.shown(week(mon=["08:00-12:00", "14:00-18:00"]), "de", TODAY)["rows"][0]
    assert row["spans"] == ["08–12", "14–18\u00a0Uhr"]
    page = site()["location.html"].decode()
    assert '<span class="span">09–13</span> und <span class="span">14–20\u00a0Uhr</span>' in page


def test_other_days_are_shown_in_order_until_they_are_over() -> None:
    before, on_its_last_day = site(date="2026-04-30"), site(date="2027-01-04")
    assert "1. Mai 2026Tag der Arbeitgeschlossen" in words(before["location.html"]).replace(" geschl", "geschl")
    text = words(on_its_last_day["location.html"])
    assert "25. Dezember 2026 – 4. Januar 2027" in text
    assert "Heiligabend" not in text
    assert "An diesen Tagen" not in words(site(date="2027-01-05")["location.html"])


def test_hours_stand_on_the_home_page_and_the_location_page() -> None:
    for files, closed in ((site(), "geschlossen"), (site(**ENGLISH), "closed")):
        assert closed in words(files["index.html"])
        assert closed in words(files["location.html"])
    assert "Donnerstag 09–13 und 14–20 Uhr" in words(site()["location.html"]).replace(
        "Donnerstag09", "Donnerstag 09"
    )


def test_midnight_at_the_end_of_a_day_is_a_time_that_search_engines_know() -> None:
    found = opening.specification(week(fri=["18:00-24:00"]))
    assert found["openingHoursSpecification"][0]["closes"] == "23:59"
