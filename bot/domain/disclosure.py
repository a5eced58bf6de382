"""What the law may want a site to say and the briefing leaves open: told in the plan, as only the firm knows."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.briefing import Briefing
from bot.domain.site_place import PagesEnvironment, SiteEnvironment

_REGULATED = {"accounting", "healthcare", "legal"}
"""Trades whose people often have a title that the state protects."""


def disclosures(briefing: Briefing, place: SiteEnvironment | None) -> tuple[str, ...]:
    """One sentence for each fact that imprint or privacy notice lacks if it applies, with what to write.

    `place` is where the website goes, None where there is none: GitHub sees every reader of what it serves
    (https://docs.github.com/pages/getting-started-with-github-pages/what-is-github-pages#data-collection).
    """
    return tuple(_open(briefing, place)) if place is not None and briefing.in_scope("website") else ()


def _open(briefing: Briefing, place: SiteEnvironment) -> Iterator[str]:
    legal = briefing.legal
    if legal is None:
        return
    if briefing.country == "DE" and briefing.business_type in _REGULATED and legal.profession is None:
        yield (
            "A regulated profession names its title, the state that awarded it, its chamber and its rules in the "
            "imprint (§ 5 DDG); if yours is one, add `legal.profession: "
            "{title: …, awarded_in: …, chamber: …, rules: …}`."
        )
    if isinstance(place, PagesEnvironment) and legal.hosting_provider is None:
        yield (
            "GitHub serves this site and sees who reads it, and the privacy notice does not say so; add "
            "`legal.hosting_provider: GitHub, Inc., 88 Colin P. Kelly Jr. Street, San Francisco, USA`."
        )
