"""Whatever colours a firm brings, every text of its site can be read (WCAG 2.2 AA)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.parts.colour import AA, contrast, palette
from executors.parts.mosaic import mosaic

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TEXT_ON_GROUND = {
    "on_brand": ["brand"],
    "brand_text": ["paper", "wash", "tint"],
    "accent_text": ["paper", "wash", "tint"],
    "muted": ["paper", "wash", "tint"],
    "ink": ["paper", "wash", "tint", "brand_soft"],
    "on_night": ["night", "deep"],
    "on_night_muted": ["night", "deep"],
    "on_night_accent": ["night", "deep"],
}


@settings(max_examples=150, deadline=None)
@given(COLORS, COLORS)
def test_every_text_has_a_contrast_of_at_least_4_5_for_any_brand(primary: str, secondary: str) -> None:
    colours = palette(primary, secondary)
    for text, grounds in TEXT_ON_GROUND.items():
        for ground in grounds:
            assert contrast(colours[text], colours[ground]) >= AA, (text, ground, primary)
    for ground in ("paper", "wash", "tint"):
        assert contrast(colours["control"], colours[ground]) >= 3


@pytest.mark.parametrize("primary", ["#000000", "#ffffff", "#ffff00", "#00ff00", "#0000ff", "#ff0000", "#777777"])
def test_the_corners_of_the_colour_space_are_readable(primary: str) -> None:
    colours = palette(primary, primary)
    assert all(
        contrast(colours[text], colours[g]) >= AA for text, grounds in TEXT_ON_GROUND.items() for g in grounds
    )


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
