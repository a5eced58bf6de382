"""The steps of a website: make it from a template, put it on the air; and what each step's undo does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain import dns_steps
from bot.domain.briefing import Briefing
from bot.domain.erp_steps import erp_undo
from bot.domain.faults import Fault
from bot.domain.own_templates import Chosen, Library
from bot.domain.site_place import Destination
from bot.domain.trade import currency_of
from bot.domain.vertical import Vertical
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Step
from executors.protocol.wire import Json

WEBGEN_MINUTES = 5
PAGES_INCLUDED = 5

_SLOTS = (
    "services", "team", "about", "blog", "features", "pricing", "docs", "changelog", "careers", "case_studies",
    "gallery", "menu", "products", "faq", "testimonials",
)  # fmt: skip
"""Slots of the content that are a page of the same name, and without which there is none."""


@dataclass(frozen=True)
class Site:
    """What was settled about the website before any step: template with digest, pages, what to tell the reader."""

    template: Chosen
    pages: tuple[str, ...]
    notes: tuple[str, ...]
    currency: str = "EUR"
    focus: tuple[str, ...] = ()


def choose_site(briefing: Briefing, vertical: Vertical, library: Library) -> Site | Fault:
    """The template that is wanted and there, and the pages with those that the trade requires.

    Where the briefing names none the trade's own is taken; another never takes the place of one that is missing.
    """
    template = library.get(briefing.website_config.template or vertical.template_config.website.template)
    if isinstance(template, Fault):
        return template
    notes = list(template.notes)
    pages = list(briefing.website_config.pages)
    added = [page for page in vertical.template_config.website.required_pages if page not in pages]
    if added:
        notes.append(f"Added, for {vertical.name} requires them: {', '.join(added)}.")
    notes += _left_out(briefing, (*pages, *added))
    currency, focus = currency_of(briefing, vertical), tuple(vertical.template_config.website.seo_focus)
    return Site(template, (*pages, *added), tuple(notes), currency, focus)


def _left_out(briefing: Briefing, pages: Sequence[str]) -> list[str]:
    """Pages without content: nothing is invented, so they are left out and said."""
    content = briefing.website_config.content
    slots = {page: page.replace("-", "_") for page in pages}
    empty = {page: slot for page, slot in slots.items() if slot in _SLOTS and not getattr(content, slot)}
    return [f"Page {page} is left out: `website_config.content.{slot}` is empty." for page, slot in empty.items()]


def website_steps(
    briefing: Briefing, site: Site, at: Destination, cards: Mapping[str, ExecutorCard], opened_on: str
) -> tuple[Step, ...]:
    """`website`, then `deploy`; none where their executors are not there."""
    if "website" not in cards or "deploy" not in cards:
        return ()
    make = WEBGEN_MINUTES + max(0, len(site.pages) - PAGES_INCLUDED)
    domain = briefing.website_config.domain
    website = Step(
        id="website",
        executor="website",
        title="Generate website",
        summary=f"{len(site.pages)} pages from {site.template.name} for {domain}, with imprint and privacy",
        inputs=site_inputs(briefing, site, opened_on) | ({"form": at.form} if at.form else {}),
        limits=cards["website"].limits,
        undo=cards["website"].undo,
        estimate_seconds=make * 60,
    )
    deploy = Step(
        id="deploy",
        executor="deploy",
        title="Deploy website",
        summary=f"{at.words}, and ask {at.url} for it",
        inputs=at.inputs,
        depends_on=("website",),
        limits=at.limits(cards["deploy"].limits),
        undo=cards["deploy"].undo,
        estimate_seconds=WEBGEN_MINUTES * 60,
    )
    return (website, deploy)


def site_inputs(briefing: Briefing, site: Site, opened_on: str) -> Json:
    """The inputs of `website`; what the briefing leaves open is left out, never filled in."""
    config = briefing.website_config
    given = config.model_dump(
        mode="json",
        include={
            "domain",
            "tagline",
            "description",
            "primary_color",
            "secondary_color",
            "logo",
            "content",
            "features",
        },
        exclude_none=True,
    )
    contact = {"email": briefing.contact_email, "phone": briefing.contact_phone}
    inputs = given | {
        **site.template.inputs,
        "business_name": briefing.business_name,
        "language": briefing.language,
        "country": briefing.country,
        "date": (briefing.created_at or opened_on)[:10],
        "pages": list(site.pages),
        "currency": site.currency,
        "trade": briefing.business_type,
        "focus": list(site.focus),
        "contact": {name: value for name, value in contact.items() if value},
    }
    known = {"audience": briefing.target_market, "employees": briefing.team_size}
    inputs |= {name: value for name, value in known.items() if value is not None}
    if briefing.legal is not None:
        inputs["legal"] = briefing.legal.model_dump(mode="json", exclude_none=True)
    return inputs


_UNDO = {
    "check_foreign": "Nothing: a check changes nothing that lasts.",
    "preflight": "Nothing: it only looks.",
    "validate": "Nothing: it only looks.",
    dns_steps.EXECUTOR: dns_steps.UNDO,
    "website": "Removes the built pages; nothing of them was public yet.",
    "deploy": "Serves the release from before again, or takes the site off the air if there was none, and removes "
    "the new release.",
}
_PAGES = "Puts the branch back to the commit from before, or removes it if there was none; Pages builds again."
_BY_CLASS = {
    "reversible": "Takes back every change, operation by operation, in reverse order.",
    "snapshot": "Restores the copy that was taken before the step.",
    "compensate": "Makes up for the change with another one; traces remain.",
    "irreversible": "Cannot be taken back.",
}


def undo_text(step: Step) -> str:
    """What taking the step back does, in one sentence."""
    target = step.inputs.get("target")
    if isinstance(target, dict) and target.get("kind") == "pages":
        return _PAGES
    return _UNDO.get(step.executor) or erp_undo(step) or _BY_CLASS[step.undo]
