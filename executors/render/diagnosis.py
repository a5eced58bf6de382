"""What is wrong with a template's files, by file and line, each with what to do; for a limited process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from executors.render.allow import TemplateRefused
from executors.render.assembly import MANIFEST, NotWhole, Shipped
from executors.render.limited import MEMORY_BYTES
from executors.render.manifest import read_yaml
from executors.render.own import OwnRefused, own_template, unquoted
from executors.render.partials import named
from executors.render.sandbox import compiled

BESIDE = frozenset({"sample.yaml", "README.md"})
"""Files of a folder that are no part of the template."""
_PLACE = re.compile(r"^([^:\s]+):(\d+): (.*)$", re.DOTALL)
_FILLED = (".html", ".xml", ".svg", ".css", ".txt")


@dataclass(frozen=True)
class Flaw:
    """One mistake: the file in the template's folder, the line from 1 (0 where it is not one line's)."""

    file: str
    line: int
    message: str
    next: str


def template_id_of(own: Mapping[str, bytes]) -> str:
    """Return the id that the manifest says, "" where it says none."""
    found = re.search(rb"^template_id: *([a-z][a-z0-9_]{0,63}) *$", own.get(MANIFEST, b""), re.MULTILINE)
    return found[1].decode() if found else ""


def diagnosed(own: Mapping[str, bytes]) -> tuple[Shipped | None, list[Flaw]]:
    """Return the template, None where its files make none, and every flaw of the first stage that has any."""
    if flaws := [*_manifest(own)]:
        return None, flaws
    try:
        whole = own_template(template_id_of(own), {path: own[path] for path in own.keys() - BESIDE})
    except (OwnRefused, NotWhole, ValueError) as error:
        return None, [flaw_of(str(error), own)]
    return whole, [*_sources(own), *_unused(whole, own), *_words(whole)]


def flaw_of(message: str, own: Mapping[str, bytes]) -> Flaw:
    """Return an error's words as a flaw, at the line that they name or that has the name they are about."""
    bare = re.sub(r"^(TemplateRefused|RenderError|OwnRefused|NotWhole|ValueError): ", "", message)
    if found := _PLACE.match(bare):
        return Flaw(found[1], int(found[2]), found[3], "use what the templates that are shipped use")
    file, colon, words = bare.partition(": ")
    if not (colon and file in own):
        return Flaw(MANIFEST, 0, bare, "correct it")
    if "MemoryError" in words:
        return Flaw(
            file, 0, f"used more than {MEMORY_BYTES // 2**20} MB", "loop over less, or print less in a loop"
        )
    name = re.search(r"(?:attribute|element) '(\w+)'|^\S*:? ?'(\w+)' is undefined", words)
    line = _line_with(own[file].decode("utf-8", "replace"), (name[1] or name[2]) if name else "")
    return Flaw(file, line, words, "use only names that every site has, or put `{% if … is defined %}` around it")


def _manifest(own: Mapping[str, bytes]) -> Iterator[Flaw]:
    """What of the manifest cannot be read or does not keep its format."""
    from executors.render.manifest import TemplateFile

    if MANIFEST not in own:
        yield Flaw(MANIFEST, 0, "is not there", "add it; `millwright template get corporate_site_v1` shows one")
        return
    text = own[MANIFEST].decode("utf-8", "replace")
    try:
        TemplateFile.model_validate(read_yaml(text))
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path = ".".join(str(part) for part in one["loc"])
            yield Flaw(MANIFEST, _line_of(text, one["loc"]), f"{path}: {one['msg']}", "correct it")
    except ValueError as error:
        found = re.search(r"line (\d+)", str(error))
        yield Flaw(MANIFEST, int(found[1]) if found else 1, " ".join(str(error).split()), "correct the YAML")


def _sources(own: Mapping[str, bytes]) -> Iterator[Flaw]:
    """Files with syntax that templates may not use, or values where they are not safe."""
    for path in sorted(path for path in own if path.endswith(_FILLED)):
        text = own[path].decode("utf-8", "replace")
        try:
            compiled(path, text)
        except TemplateRefused as error:
            yield flaw_of(str(error), own)
        yield from (Flaw(path, line, why, "put it in quotes, outside of scripts") for line, why in unquoted(text))


def _unused(whole: Shipped, own: Mapping[str, bytes]) -> Iterator[Flaw]:
    shared = {name for path, data in own.items() if path in whole.sources for name in named(data.decode())}
    for path in sorted(own.keys() - whole.sources.keys() - shared - BESIDE):
        yield Flaw(path, 0, "is used by no page", f"name it in {MANIFEST}, or take it out")


def _words(whole: Shipped) -> Iterator[Flaw]:
    """Words that one language has and another has not, empty ones, and titles that are no word."""
    file = whole.manifest.words[-1]
    every = sorted({name for table in whole.texts.values() for name in table})
    for language, table in whole.texts.items():
        for name in every:
            if not str(table.get(name) or "").strip():
                yield Flaw(file, 0, f"{language}: {name} has no text", f"add it below `{language}:`")
    for name, page in whole.manifest.pages.items():
        if page.title not in every:
            yield Flaw(
                file, 0, f"{page.title}, the title of the page {name}, is no word", "add it to every language"
            )


def _line_of(text: str, path: tuple[int | str, ...]) -> int:
    """The line of the deepest part of the path that is there."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _line_with(text: str, name: str) -> int:
    """The first line with the name; 0 where no line has it."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    return next((n for n, line in enumerate(text.splitlines(), 1) if name and pattern.search(line)), 0)
