"""Which pages a site gets, where they lie, and what the menu shows: a pure choice from template and inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from executors.kinds.website.inputs import Website
from executors.parts.paths import safe_path
from executors.render.manifest import Page, Template
from executors.render.site import slot

ELEMENTS = ("post", "case_study", "guide", "job", "product")
"""The pages of which there is one for each element of a slot; their sections see it under this name."""
_LINKED = (
    "home", "services", "features", "pricing", "docs", "team", "about", "blog", "contact", "imprint", "privacy",
    "case_studies", "careers", "changelog", "location", "booking", "gallery", "menu", "products", "shipping",
    "withdrawal", "conditions", "demo", "faq", "testimonials",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One page to be made: its key in the template, output path, and the element it shows, if it shows one."""

    key: str
    page: Page
    output: str
    element: Mapping[str, Any] | None = None

    @property
    def address(self) -> str:
        """The path under which the page is linked: `index.html` is its folder."""
        return self.output.removesuffix("index.html")

    @property
    def root(self) -> str:
        """What leads from the page to the site's root: a page for wrong addresses may be shown at any depth."""
        return "/" if self.output == "404.html" else "../" * self.output.count("/")


def sheets(template: Template, inputs: Website, data: Mapping[str, Any]) -> list[Sheet]:
    """Return the pages that are asked for (or always made) and have something to show, in the template's order."""
    found: list[Sheet] = []
    for key, page in template.pages.items():
        if not _is_wanted(template, key, inputs) or _is_empty(page, data):
            continue
        if page.each is None:
            found.append(Sheet(key, page, safe_path(page.output)))
            continue
        for element in slot(data, page.each) or ():
            output = page.output.replace("{slug}", element["slug"])
            found.append(Sheet(key, page, safe_path(output), element))
    return found


def unmet(template: Template, inputs: Website, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return code and sentence for everything that is asked for and that this site does not have."""
    faults: list[tuple[str, str]] = []
    for key in inputs.pages:
        page = template.pages.get(key.replace("-", "_"))
        if page is None or page.each is not None:
            faults.append(("page_unknown", f"The template {template.template_id} has no page {key!r}; left out."))
        elif _is_empty(page, data):
            needs = " or ".join(page.needs)
            faults.append(("page_without_content", f"The page {key!r} needs content for {needs}; left out."))
    faults += [
        ("feature_unknown", f"The template {template.template_id} has no feature {name!r}; left out.")
        for name in inputs.features
        if name not in template.features
    ]
    faults += [
        ("content_without_page", f"There is content for the page {key!r}, which nobody asked for; it has no page.")
        for key, page in template.pages.items()
        if page.menu and page.needs and not _is_empty(page, data) and not _is_wanted(template, key, inputs)
    ]
    if "contact_form" in inputs.features and inputs.form is None:
        faults.append(
            ("form_without_endpoint", "There is no endpoint for a form; the contact page offers e-mail.")
        )
    return faults


def links(found: list[Sheet], root: str, email: str) -> dict[str, str | None]:
    """Return the address of every kind of page as seen from a page at `root`, None where there is no such page.

    `write` is where a reader gets in touch: the contact page, else an e-mail.
    """
    places: dict[str, str | None] = {sheet.key: f"{root}{sheet.address}" or "./" for sheet in found}
    table = {name: places.get(name) for name in (*_LINKED, *places)}
    return {**table, "write": table["contact"] or f"mailto:{email}"}


def linked(template: Template, found: list[Sheet], root: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slots of which every element has a page, each with its `href` as seen from a page at `root`.

    Where nobody asked for those pages `href` is None.
    """
    there = {sheet.output for sheet in found}
    outputs = {page.each: page.output for page in template.pages.values() if page.each}
    return {
        name: [
            {**element, "href": f"{root}{path}" if path in there else None}
            for element, path in ((one, output.replace("{slug}", one["slug"])) for one in data[name])
        ]
        for name, output in outputs.items()
    }


def menu(found: list[Sheet], current: Sheet, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the entries of the main menu as seen from `current`; a post lights up its index."""
    return [
        {
            "label": words[sheet.page.title],
            "href": f"{current.root}{sheet.address}",
            "current": sheet.page.title == current.page.title,
        }
        for sheet in found
        if sheet.page.menu
    ]


def _is_wanted(template: Template, key: str, inputs: Website) -> bool:
    """Whether the briefing asks for the page by name or by a feature, or the template always has it."""
    page = template.pages[key]
    if page.index is not None:
        return _is_wanted(template, page.index, inputs)
    names = {name.replace("-", "_") for name in inputs.pages}
    return page.always or key in names or (page.feature is not None and page.feature in inputs.features)


def _is_empty(page: Page, data: Mapping[str, Any]) -> bool:
    """Whether none of the slots that the page needs is filled."""
    return bool(page.needs) and not any(slot(data, name) for name in page.needs)
