"""Templates for the terminal: found by id, version or folder, made with a briefing, compared by what they make."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.cli._files import FileFault, briefing_of, text_of
from bot.cli._journal_file import ContentFolder
from bot.domain.briefing import Briefing
from bot.domain.faults import Fault, Refused
from bot.domain.sample_site import sample_inputs
from bot.domain.vertical import choose
from bot.load import blueprints
from executors.kinds.website import apart
from executors.kinds.website.build import texts, with_pictures
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import Drawn, drawn, shown
from executors.render.assembly import Shipped
from executors.render.diagnosis import BESIDE, template_id_of
from executors.render.registry import REGISTRY, Altered, UnknownTemplate, walk

_DAY = "2026-01-02"
"""The day of the copyright line of what is only looked at."""


@dataclass(frozen=True)
class Named:
    """A template by what a person called it: one of ours (`shipped`), or the files of a folder (`own`)."""

    name: str
    shipped: Shipped | None
    own: Mapping[str, bytes] | None

    @property
    def id(self) -> str:
        """Its template_id; "" where a folder's manifest says none."""
        return self.shipped.manifest.template_id if self.shipped else template_id_of(self.own or {})


def named(name: str) -> Named:
    """The template of an id, of `<id>@<version>`, or in a folder; FileFault where there is none."""
    if re.fullmatch(r"[a-z][a-z0-9_]*(@[0-9.]+)?", name):
        try:
            return Named(name, REGISTRY.find(name), None)
        except (UnknownTemplate, Altered) as error:
            raise FileFault(str(error)) from error
    return Named(name, None, folder_files(Path(name)))


def folder_files(folder: Path) -> dict[str, bytes]:
    """Path → bytes of a template's folder; FileFault where it is none or holds a link."""
    if not (folder / "template.yaml").is_file():
        raise FileFault(f"{folder} is no template: it has no template.yaml")
    if links := [path for path in folder.rglob("*") if path.is_symlink()]:
        raise FileFault(f"{links[0]} is a link; put the file itself there")
    return dict(walk(folder))


def sample_of(own: Mapping[str, bytes], folder: Path) -> Path:
    """The briefing that a template is tried with: its own `sample.yaml`, or the example its manifest names."""
    if "sample.yaml" in own:
        return folder / "sample.yaml"
    found = re.search(rb"^sample: *([a-z0-9_]{1,80}\.yaml) *$", own["template.yaml"], re.MULTILINE)
    example = Path(str(files("templates") / "examples" / found[1].decode())) if found else None
    if example is None or not example.is_file():
        raise FileFault(
            f"{folder} has no sample.yaml: add a briefing that fills its pages, or name one (--briefing)"
        )
    return example


def inputs_for(template: Named, briefing: Path) -> Website | tuple[Fault, ...]:
    """What the website step would be given, or every fault of the briefing."""
    read = briefing_of(briefing, text_of(briefing))
    if not isinstance(read, Briefing):
        return read
    vertical = choose(read.business_type, blueprints.verticals())
    if isinstance(vertical, Refused):
        return (Fault("business_type", vertical.why, vertical.next),)
    found = sample_inputs(read, vertical, template.id or "unnamed", _DAY)
    return found if isinstance(found, tuple) else Website.model_validate(found)


def pictures_for(inputs: Website, briefing: Path) -> Drawn:
    """The briefing's pictures, which lie beside it."""
    return drawn(inputs, _Beside(ContentFolder(briefing.parent)))


@dataclass(frozen=True)
class _Beside:
    """A folder as the shelf that pictures are read from."""

    folder: ContentFolder

    def content(self, path: str, sha256: str) -> bytes:
        """The bytes of the picture; WorldError where it is missing or has another digest."""
        return self.folder.read(path, sha256)


def site_of(template: Named, inputs: Website, pictures: Drawn) -> dict[str, bytes]:
    """The whole site; FileFault with what is wrong where the template cannot be filled."""
    try:
        if template.own is not None:
            own = {path: data for path, data in template.own.items() if path not in BESIDE}
            return apart.made(own, inputs, pictures)
        assert template.shipped is not None
        assets = {image: shown(image, picture) for image, picture in pictures.items()}
        return with_pictures(texts(template.shipped, inputs, assets), pictures)
    except ValueError as error:
        raise FileFault(f"{template.name}: {error}") from error


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes], *, lines: int) -> Iterator[str]:
    """What one site has that the other has not: a line for each file, with at most `lines` of its difference."""
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was == now:
            continue
        if was is None or now is None:
            yield f"{'+' if was is None else '-'} {path} ({len(was or now or b'')} bytes)"
            continue
        yield f"~ {path} ({len(was)} → {len(now)} bytes)"
        yield from _told_apart(was, now, lines)


def _told_apart(was: bytes, now: bytes, most: int) -> Iterator[str]:
    try:
        old, new = was.decode().splitlines(), now.decode().splitlines()
    except UnicodeDecodeError:
        return
    found = list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    yield from (f"    {line}" for line in found[:most])
    if most and len(found) > most:
        yield f"    … {len(found) - most} more lines; --lines 0 shows none, --lines {len(found)} all"
