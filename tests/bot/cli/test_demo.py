"""The demo's parts that need no scene: whose turn it is, and the walk that says whether a site is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli._local_site import LocalSite
from bot.cli.demo.firms import chosen, every_firm
from bot.cli.demo.visit import names, visit
from bot.errors import BotError
from bot.load import blueprints

VERTICALS = [one.vertical_id for one in blueprints.verticals()]


@pytest.mark.parametrize("vertical", VERTICALS)
def test_each_trade_has_a_firm_by_its_id_and_by_a_word_of_it(vertical: str) -> None:
    [firm] = chosen(vertical)
    assert firm.vertical == vertical
    assert any(chosen(word) == [firm] for word in vertical.split("_")[:-1])
    assert firm.briefing.business_name in names(firm.briefing)


def test_all_is_one_firm_of_every_trade() -> None:
    assert [firm.vertical for firm in chosen("all")] == VERTICALS


@pytest.mark.parametrize("word", ["bakery", "business", "v1", ""])
def test_a_word_that_names_no_trade_or_several_is_refused_with_the_trades(word: str) -> None:
    with pytest.raises(BotError, match="service_business_v1"):
        chosen(word)


@pytest.mark.parametrize("firm", every_firm(), ids=lambda firm: firm.login)
def test_every_picture_that_a_briefing_names_is_in_its_repository(firm) -> None:
    named = {line.split("path:")[1].strip(" ,}") for line in firm.text.splitlines() if "path: pictures/" in line}
    assert {name.split(",")[0] for name in named} <= set(firm.pictures())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LocalSite]:
    folder = tmp_path / "current"
    folder.mkdir()
    (folder / "index.html").write_text(
        '<a href="about.html">us</a> <img src="a.png"> <a href="mailto:a@b.example">'
    )
    (folder / "about.html").write_text(
        'Tom &amp; Jerry’s <a href="/">home</a> <a href="https://else.example/">x</a>'
    )
    (folder / "a.png").write_bytes(b"")
    served = LocalSite(tmp_path)
    yield served
    served.stop()


def test_a_walk_finds_all_pages_and_pictures_and_what_is_named_on_them(site: LocalSite) -> None:
    found = visit(site.url)
    assert found.pages.keys() == {site.url, f"{site.url}about.html"}
    assert found.pictures == {f"{site.url}a.png"}
    assert found.broken == []
    assert found.lacks(["Tom & Jerry’s", "us", "nobody"]) == ["nobody"]


def test_a_walk_tells_of_a_link_that_leads_nowhere(site: LocalSite) -> None:
    (site.root / "current" / "a.png").unlink()
    assert visit(site.url).broken == [f"{site.url}a.png: 404"]
