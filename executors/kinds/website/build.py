"""The whole site as bytes by path: the same inputs and pictures give the same bytes."""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.actions import action, form, second
from executors.kinds.website.head import head, hero
from executors.kinds.website.identity import identity, origin
from executors.kinds.website.inputs import Website
from executors.kinds.website.pages import ELEMENTS, Sheet, linked, links, menu, sheets, unmet
from executors.kinds.website.pictures import Drawn, files, shown
from executors.kinds.website.slots import content, place
from executors.kinds.website.slots.show import Show
from executors.parts.palette import dark, palette
from executors.parts.paths import safe_paths
from executors.protocol.content import Image
from executors.render.assembly import Shipped
from executors.render.registry import REGISTRY
from executors.render.site import extra_bytes, page_bytes
from executors.render.variables import check_variables


class TemplateChanged(ValueError):
    """The template here is not the one that was approved."""


def template_of(inputs: Website) -> Shipped:
    """Return the shipped template: the version that was approved, whichever is current by now.

    Raises UnknownTemplate, or TemplateChanged where no version has the approved digest.
    """
    template = REGISTRY.find(inputs.template, inputs.template_digest)
    same(inputs, template.digest)
    return template


def same(inputs: Website, digest: str) -> None:
    """Raise TemplateChanged unless the digest is the approved one, or none was."""
    if inputs.template_digest not in (None, digest):
        raise TemplateChanged(f"{inputs.template} is {digest[:12]} here; approved was another; plan again")


def build(inputs: Website, drawn: Drawn) -> dict[str, bytes]:
    """Return path → bytes of the public root; `drawn` holds every picture in its sizes.

    Raises a ValueError subclass for wrong variables and templates that do not fit.
    """
    assets = {image: shown(image, picture) for image, picture in drawn.items()}
    return with_pictures(texts(template_of(inputs), inputs, assets), drawn)


def with_pictures(site: Mapping[str, bytes], drawn: Drawn) -> dict[str, bytes]:
    """Return the whole site by sorted path; raises UnsafePath where two of its paths clash."""
    whole = {**site, **files(drawn)}
    return {path: whole[path] for path in safe_paths(whole)}


def texts(template: Shipped, inputs: Website, assets: Mapping[Image, dict[str, Any]]) -> dict[str, bytes]:
    """Return the site without its pictures; `assets` holds what templates know of each."""
    check_variables(template.manifest.variables, _variables(inputs))
    data = site_data(template, inputs, lambda image: assets[image] if image else None)
    found = sheets(template.manifest, inputs, data)
    site = {sheet.output: _page(template, inputs, found, sheet, data) for sheet in found}
    return site | _extras(template, inputs, found, data)


def missing(inputs: Website) -> list[tuple[str, str]]:
    """Return code and sentence for what the briefing asks for and the site cannot show."""
    return lacks(template_of(inputs), inputs)


def lacks(template: Shipped, inputs: Website) -> list[tuple[str, str]]:
    """As `missing`, with a template that is there already."""
    data = site_data(template, inputs, lambda _: None)
    return unmet(template.manifest, inputs, data)


def site_data(template: Shipped, inputs: Website, show: Show) -> dict[str, Any]:
    """Return what is the same on all pages."""
    brand = inputs.primary_color, inputs.secondary_color
    return {
        **identity(inputs, show),
        **content(inputs, show, template.icons),
        "w": place.worded(template.texts[inputs.language], inputs),
        "palette": palette(*brand),
        "dark": dark(*brand),
        "form": form(inputs),
        "notice": inputs.content.notice,
    }


def _variables(inputs: Website) -> dict[str, Any]:
    """The inputs as the variables that a template declares."""
    names = {"business_name", "tagline", "description", "domain", "language", "primary_color", "secondary_color"}
    return {
        **inputs.model_dump(include=names),
        "pages": list(inputs.pages),
        "email": inputs.contact.email,
        "origin": origin(inputs),
    }


def _page(template: Shipped, inputs: Website, found: list[Sheet], sheet: Sheet, data: Mapping[str, Any]) -> bytes:
    """One page of the site."""
    table = links(found, sheet.root, inputs.contact.email)
    lists = linked(template.manifest, found, sheet.root, data)
    posts = lists.get("posts", [])
    seen = {
        **data,
        **lists,
        "root": sheet.root,
        "links": table,
        "action": action(inputs, table, data["w"]),
        "second": second(inputs, table, data["w"]),
        "menu": menu(found, sheet, data["w"]),
        **{name: sheet.element if name == sheet.key else None for name in ELEMENTS},
        "team_page": data["team"][:6] if table["team"] else [],
        "recent_posts": posts[:3] if table["blog"] else [],
        "case_studies_preview": lists.get("case_studies", [])[:3] if table["case_studies"] else [],
        "host": data["team"][0] if data["team"] and table["team"] else None,
        "faq_on_home": bool(data["faq"]) and not table["services"],
    }
    seen["page"] = head(inputs, sheet, found, seen)
    if sheet.key == "home":
        seen |= hero(inputs, data)
    return page_bytes(template, sheet.page, inputs.language, seen)


def _extras(template: Shipped, inputs: Website, found: list[Sheet], data: Mapping[str, Any]) -> dict[str, bytes]:
    """The files beside the pages; only typed values reach them, but the icon, whose text is escaped."""
    entries = [
        {
            "url": f"{origin(inputs)}/{s.address}",
            "date": (s.element or {}).get("date") or inputs.date.isoformat(),
        }
        for s in found
        if s.page.listed
    ]
    host = data["form"] and {name: data["form"][name] for name in ("host", "port")}
    typed = {"palette": data["palette"], "dark": data["dark"], "form": host, "origin": origin(inputs)}
    marked = {**typed, "entries": entries, "site": data["site"]}
    return {
        extra.output: extra_bytes(template, extra, marked if extra.output.endswith((".xml", ".svg")) else typed)
        for extra in template.manifest.extras
    }
