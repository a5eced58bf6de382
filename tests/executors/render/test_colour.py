"""Whatever colours a firm brings, every text of its site can be read (WCAG 2.2 AA)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.parts.colour import AA, contrast
from executors.parts.mosaic import mosaic
from executors.parts.palette import dark, palette

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TEXT_ON_GROUND = {
    "on_brand": ["brand"],
    "on_accent": ["accent"],
    "brand_text": ["paper", "card", "wash", "tint"],
    "accent_text": ["paper", "card", "wash", "tint"],
    "muted": ["paper", "card", "wash", "tint"],
    "fault": ["paper", "card", "wash", "tint"],
    "ink": ["paper", "card", "wash", "tint", "brand_soft", "accent_soft"],
    "night": ["on_night"],
    "on_night": ["night", "deep"],
    "on_night_muted": ["night", "deep"],
    "on_night_accent": ["night", "deep"],
}


CORNERS = ["#000000", "#ffffff", "#ffff00", "#00ff00", "#0000ff", "#ff0000", "#777777"]
Make = Callable[[str, str], dict[str, str]]
BY_DAY_AND_NIGHT = pytest.mark.parametrize("make", [palette, dark])


def _assert_readable(colours: dict[str, str]) -> None:
    """Every text on every ground it stands on, and the edge of every control."""
    for text, grounds in TEXT_ON_GROUND.items():
        for ground in grounds:
            assert contrast(colours[text], colours[ground]) >= AA, (text, ground, colours["brand"])
    for ground in ("paper", "card", "wash", "tint"):
        assert contrast(colours["control"], colours[ground]) >= 3


@BY_DAY_AND_NIGHT
@settings(max_examples=150, deadline=None)
@given(COLORS, COLORS)
def test_every_text_has_a_contrast_of_at_least_4_5_for_any_brand(make: Make, primary: str, secondary: str) -> None:
    _assert_readable(make(primary, secondary))


@BY_DAY_AND_NIGHT
@pytest.mark.parametrize("primary", CORNERS)
def test_the_corners_of_the_colour_space_are_readable(make: Make, primary: str) -> None:
    _assert_readable(make(primary, primary))


@settings(max_examples=150, deadline=None)
@given(COLORS)
def test_by_night_a_button_is_seen_on_its_page(primary: str) -> None:
    colours = dark(primary, primary)
    assert all(contrast(colours["brand"], colours[ground]) >= 3 for ground in ("paper", "card", "wash", "tint"))


@pytest.mark.parametrize("primary", CORNERS)
def test_day_and_night_name_the_same_colours_on_opposite_grounds(primary: str) -> None:
    day, night = palette(primary, primary), dark(primary, primary)
    assert list(day) == list(night)
    assert contrast(day["paper"], night["paper"]) > 15


def test_contrast_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#1e40af", "#1e40af") == pytest.approx(1)


def test_a_readable_brand_colour_is_kept_as_it_is() -> None:
    assert palette("#1e40af", "#64748b")["brand_text"] == "#1e40af"


@pytest.mark.parametrize("text", ["red", "#12345", "#1234567", "#GGGGGG", "#1E40AF", "", "#1e40af;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        palette(text, "#000000")


def test_a_pattern_belongs_to_its_name() -> None:
    assert mosaic("Acme", 5, 5, 100) == mosaic("Acme", 5, 5, 100)
    assert mosaic("Acme", 5, 5, 100) != mosaic("Acmf", 5, 5, 100)
    assert len(mosaic("", 5, 5, 100)) == 23
