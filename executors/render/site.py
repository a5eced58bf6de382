"""A template's pages from its sections: each section on its own, then the layout around them.

`include` and `extends` are no part of the template language; this composition replaces them. A section whose slot
is empty is left out, so a page never shows a heading over nothing.
"""

from collections.abc import Mapping
from typing import Any

from executors.render.assembly import Shipped
from executors.render.manifest import Extra, Page, Section
from executors.render.sandbox import render, safe_html


def slot(data: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path of the data; None where there is nothing."""
    value: Any = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def page_bytes(template: Shipped, page: Page, language: str, data: Mapping[str, Any]) -> bytes:
    """Return one page as UTF-8; raises RenderError where the template asks for a name that is not there."""
    sections = (template.manifest.sections[name] for name in page.sections)
    body = "".join(
        _filled(template, _file(section, language), data)
        for section in sections
        if section.when is None or slot(data, section.when)
    )
    return _filled(template, template.manifest.layout, {**data, "body": safe_html(body)}).encode()


def extra_bytes(template: Shipped, extra: Extra, data: Mapping[str, Any]) -> bytes:
    """Return one of the files beside the pages as UTF-8: its files one after the other."""
    return "".join(_filled(template, file, data) for file in extra.files).encode()


def _file(section: Section, language: str) -> str:
    """The section's file in that language."""
    if isinstance(section.file, str):
        return section.file
    by_language: Mapping[str, str] = {str(key): file for key, file in section.file.items()}
    return by_language[language]


def _filled(template: Shipped, file: str, data: Mapping[str, Any]) -> str:
    """The template's file filled with the data."""
    return render(file, template.sources[file], data)
