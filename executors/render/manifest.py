"""What a template says of itself: identity, pages, sections, variables, each checked.

`TemplateFile` is a folder's own `template.yaml`, `Group` a `group.yaml` of parts that templates share, and
`Template` the whole that `assembly` makes of them: every path is one of its sources, every page is spelled out.
"""

from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from executors.parts.paths import safe_path

_LARGEST = 64 * 1024

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
TemplateId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
FilePath = Annotated[str, AfterValidator(safe_path)]
Slot = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
Language = Literal["de", "en"]
VariableType = Literal["string", "integer", "float", "boolean", "color", "email", "url", "list", "dict"]


class _Part(BaseModel):
    """A closed, immutable record."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Variable(_Part):
    """One value that the template takes, with the rules it must keep."""

    type: VariableType
    description: str
    required: bool = False
    default: Any = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


class Section(_Part):
    """A piece of a page; it is left out when the slot `when` is empty. `file` may differ by language."""

    file: FilePath | dict[Language, FilePath]
    when: Slot | None = None


class Page(_Part):
    """One page, or one for each element of the slot `each` (`{slug}` in the output is the element's)."""

    output: Annotated[str, StringConstraints(pattern=r"^[a-z0-9/_{}-]+\.html$")]
    title: Word
    sections: Annotated[list[Word], Field(min_length=1)]
    needs: Annotated[list[Slot], Field(description="shown only if one of these slots is filled")] = []
    each: Slot | None = None
    index: Annotated[Word | None, Field(description="the page that lists these; they come with it")] = None
    always: bool = False
    listed: Annotated[bool, Field(description="whether search engines are told of it")] = True
    menu: bool = False
    feature: Annotated[Word | None, Field(description="a feature that asks for this page")] = None


class Extra(_Part):
    """A file beside the pages: robots.txt, icon, style sheet; made of several files where `files` names more."""

    files: Annotated[list[FilePath], Field(min_length=1)]
    output: FilePath


class ExtraFile(_Part):
    """A file beside the pages as a group or a template writes it: one file, one output."""

    file: FilePath
    output: FilePath


class Group(_Part):
    """Parts that several templates share; its words stand in `words.yaml`, its looks in `styles.css`."""

    features: dict[Word, str] = {}
    slots: dict[Slot, str] = {}
    variables: dict[Word, Variable] = {}
    sections: dict[Word, Section] = {}
    pages: dict[Word, Page] = {}
    extras: list[ExtraFile] = []


class _Identity(_Part):
    """Who a template is."""

    template_id: TemplateId
    version: Version
    type: Literal["website"]
    name: str
    description: str
    author: str
    tags: list[str] = []
    languages: Annotated[list[Language], Field(min_length=1)]


class TemplateFile(_Identity):
    """A template's own file: the groups it is built from, and what it adds or does its own way.

    A page is its own, or `shared`: the one of that name of its groups. A section of the same name as a group's
    takes that one's place; so do words. Its `styles.css` comes last.
    """

    groups: Annotated[
        list[Word], Field(max_length=8, description="names of folders of shared parts, in order")
    ] = []
    layout: FilePath | None = None
    sample: Annotated[
        str | None,
        StringConstraints(pattern=r"^[a-z0-9_]{1,80}\.yaml$"),
        Field(description="an example's file name"),
    ] = None
    features: dict[Word, str] = {}
    slots: dict[Slot, str] = {}
    variables: dict[Word, Variable] = {}
    sections: dict[Word, Section] = {}
    pages: Annotated[dict[Word, Page | Literal["shared"]], Field(min_length=1, max_length=40)]
    extras: list[ExtraFile] = []


class Template(_Identity):
    """A whole website template. `words` are the files of its own texts by language, later ones win."""

    layout: FilePath
    words: Annotated[list[FilePath], Field(min_length=1)]
    icons: FilePath
    features: dict[Word, str] = {}
    slots: dict[Slot, str] = {}
    variables: dict[Word, Variable]
    sections: dict[Word, Section]
    pages: dict[Word, Page]
    extras: list[Extra] = []

    @model_validator(mode="after")
    def _sections_exist(self) -> Self:
        """Every page is made of sections that the template has."""
        for name, page in self.pages.items():
            if unknown := sorted(set(page.sections) - set(self.sections)):
                raise ValueError(f"page {name!r} uses the unknown section {unknown[0]!r}")
        return self


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without aliases and without repeated keys (T29)."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    """Build a mapping, refusing a key that stands twice."""
    loader.flatten_mapping(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if key in found:
            raise ValueError(f"line {key_node.start_mark.line + 1}: {key!r} stands twice")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(text: str) -> Any:
    """Return the value of a YAML text of at most 64 KB; raises ValueError at aliases, repeated keys, faults."""
    if len(text) > _LARGEST:
        raise ValueError(f"a template's YAML may have {_LARGEST} characters")
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=_Loader)):
            raise ValueError("aliases are not allowed in a template's YAML")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - built on the safe loader, stricter
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"not YAML: {error}") from None
