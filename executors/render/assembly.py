"""A whole template from a folder's own files and the shared groups it names; no group's part is ever copied.

Order decides: a later group's section, page or word takes the place of an earlier one's, the template's own comes
last. What no page, layout or output uses is not part of the whole, so that a change there voids no approval.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from executors.parts.tree import tree_digest
from executors.render.manifest import (
    Extra,
    ExtraFile,
    Group,
    Page,
    Section,
    Template,
    TemplateFile,
    read_yaml,
)
from executors.render.partials import NoPartial, expanded

MANIFEST = "template.yaml"
GROUP = "group.yaml"
_WORDS, _STYLES, _LAYOUT, _ICONS = "words.yaml", "styles.css", "layout.html", "icons.yaml"


class NotWhole(ValueError):
    """The parts do not make a template; the message names template and part."""


@dataclass(frozen=True)
class Shipped:
    """A template with its sources (path → text) and its digest; equal digests mean equal bytes."""

    manifest: Template
    digest: str
    sources: Mapping[str, str] = field(repr=False, hash=False)

    def table(self, file: str) -> Mapping[str, Any]:
        """Return one YAML file of the template; raises KeyError for one that is not there."""
        return MappingProxyType(read_yaml(self.sources[file]))

    @cached_property
    def icons(self) -> Mapping[str, Any]:
        """The icons by name, and which are taken by turns where none is named."""
        return self.table(self.manifest.icons)

    @cached_property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """The template's own words by language; of several files the last one that has a word wins."""
        tables = [self.table(file) for file in self.manifest.words]
        return {
            language: {name: text for table in tables for name, text in table.get(language, {}).items()}
            for language in self.manifest.languages
        }


@dataclass(frozen=True)
class _Part:
    """One folder's declarations with the prefix of its files."""

    prefix: str
    declared: Group | TemplateFile
    files: Mapping[str, bytes]

    def has(self, name: str) -> bool:
        return name in self.files

    def at(self, file: str) -> str:
        return f"{self.prefix}{file}"


def assemble(own: Mapping[str, bytes], groups: Mapping[str, Mapping[str, bytes]]) -> Shipped:
    """Return the template whose folder holds `own` (path → bytes), built with the groups it names.

    Raises NotWhole (or pydantic's ValidationError) for what is missing, unknown or wrong.
    """
    if MANIFEST not in own:
        raise NotWhole(f"there is no {MANIFEST}")
    template = TemplateFile.model_validate(read_yaml(own[MANIFEST].decode()))
    parts = [*_groups(template, groups), _Part("", template, own)]
    manifest = _manifest(template, parts)
    sources = {part.at(path): data for part in parts for path, data in part.files.items()}
    wanted = {*_paths(manifest), MANIFEST}
    if missing := sorted(wanted - sources.keys()):
        raise NotWhole(f"{template.template_id}: the file {missing[0]} is named and not there")
    used = {path: _expanded(path, sources) for path in wanted}
    digest = digest_of(used, manifest.model_dump_json().encode())
    texts = {path: data.decode() for path, data in used.items()}
    return Shipped(manifest, digest, MappingProxyType(texts))


def _expanded(path: str, sources: Mapping[str, bytes]) -> bytes:
    """A file as it is used: with the text of its partials where it is a page's."""
    if not path.endswith(".html"):
        return sources[path]
    try:
        return expanded(path, sources[path].decode(), sources).encode()
    except NoPartial as error:
        raise NotWhole(str(error)) from None


def digest_of(used: Mapping[str, bytes], manifest: bytes) -> str:
    """Return the SHA-256 (64 hex) of a whole: the files that it uses, and its manifest spelled out as JSON."""
    whole = {**used, "manifest.json": manifest}
    return tree_digest({path: hashlib.sha256(data).hexdigest() for path, data in whole.items()})


def _groups(template: TemplateFile, groups: Mapping[str, Mapping[str, bytes]]) -> Iterator[_Part]:
    """Yield the groups that the template names, read and checked."""
    for name in template.groups:
        if name not in groups or GROUP not in groups[name]:
            there = ", ".join(sorted(groups))
            raise NotWhole(f"{template.template_id}: there is no group {name!r}; there are {there}")
        declared = Group.model_validate(read_yaml(groups[name][GROUP].decode()))
        yield _Part(f"{name}/", declared, groups[name])


def _manifest(template: TemplateFile, parts: Sequence[_Part]) -> Template:
    """Everything spelled out: each page, each section with its file's whole path."""
    pages = dict(_pages(template, parts))
    sections = {name: found for part in parts for name, found in _sections(part)}
    named = {section for page in pages.values() for section in page.sections}
    layouts = [part.at(_LAYOUT) for part in parts if part.has(_LAYOUT)]
    icons = [part.at(_ICONS) for part in parts if part.has(_ICONS)]
    if not (layouts and icons):
        raise NotWhole(f"{template.template_id}: no part of it has a {_ICONS if layouts else _LAYOUT}")
    return Template(
        **template.model_dump(include=set(Template.model_fields) - {"words", "layout", *_MERGED}),
        layout=template.layout or layouts[-1],
        words=[part.at(_WORDS) for part in parts if part.has(_WORDS)],
        icons=icons[-1],
        features={name: text for part in parts for name, text in part.declared.features.items()},
        slots={name: text for part in parts for name, text in part.declared.slots.items()},
        variables={name: rule for part in parts for name, rule in part.declared.variables.items()},
        sections={name: section for name, section in sections.items() if name in named},
        pages=pages,
        extras=list(_extras(parts)),
    )


_MERGED = ("features", "slots", "variables", "sections", "pages", "extras", "icons")


def _pages(template: TemplateFile, parts: Sequence[_Part]) -> Iterator[tuple[str, Page]]:
    """Yield the template's pages in its order, shared ones taken from the last group that has them."""
    shared = {name: page for part in parts[:-1] for name, page in part.declared.pages.items()}
    for name, page in template.pages.items():
        if isinstance(page, Page):
            yield name, page
        elif isinstance(found := shared.get(name), Page):
            yield name, found
        else:
            raise NotWhole(f"{template.template_id}: no group of it has a page {name!r} to share")


def _sections(part: _Part) -> Iterator[tuple[str, Section]]:
    """Yield a part's sections with the whole paths of their files."""
    for name, section in part.declared.sections.items():
        file = section.file
        whole = part.at(file) if isinstance(file, str) else {key: part.at(one) for key, one in file.items()}
        yield name, Section.model_validate({"file": whole, "when": section.when})


def _extras(parts: Sequence[_Part]) -> Iterator[Extra]:
    """Yield the files beside the pages; the style sheet is made of all parts' in their order."""
    found: dict[str, Extra] = {}
    for part in parts:
        extras: Sequence[ExtraFile] = part.declared.extras
        found |= {extra.output: Extra(files=[part.at(extra.file)], output=extra.output) for extra in extras}
    yield from found.values()
    if styles := [part.at(_STYLES) for part in parts if part.has(_STYLES)]:
        yield Extra(files=styles, output=_STYLES)


def _paths(manifest: Template) -> Iterator[str]:
    """Yield every file that the whole is made of."""
    yield manifest.layout
    yield manifest.icons
    yield from manifest.words
    for extra in manifest.extras:
        yield from extra.files
    for section in manifest.sections.values():
        yield from [section.file] if isinstance(section.file, str) else section.file.values()
