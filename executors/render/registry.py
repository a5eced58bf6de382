"""Every version of every template that this distribution ships, side by side, each pinned by its digest.

`<id>/` is the current version. One that was released before is frozen whole, shared groups included, in one file
`released/<id>@<version>.json`, so that it stays what it was when a group changes; `released/digests.json` holds
what was released under which name, and `broken` says where that was changed afterwards.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from executors.render.assembly import MANIFEST, Shipped, assemble, digest_of
from executors.render.manifest import Template

SHARED, RELEASED, DIGESTS = "shared", "released", "digests.json"


class UnknownTemplate(ValueError):
    """There is no shipped template of that id or version; the message lists those there are."""


class Altered(ValueError):
    """A released version is not what was released."""


@dataclass(frozen=True)
class Registry:
    """The templates below one folder; what was read is kept as long as the registry."""

    root: Traversable

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, bytes]]:
        """The shared groups: name → path → bytes."""
        folder = self.root / SHARED
        return {one.name: dict(walk(one)) for one in folder.iterdir() if one.is_dir() and one.name[0] not in "._"}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the current templates, sorted."""
        return tuple(sorted(entry.name for entry in self.root.iterdir() if (entry / MANIFEST).is_file()))

    @cached_property
    def pinned(self) -> Mapping[str, str]:
        """`<id>@<version>` → digest of every version that was ever released."""
        place = self.root / RELEASED / DIGESTS
        return dict(json.loads(place.read_text("utf-8"))) if place.is_file() else {}

    @cached_property
    def _read(self) -> dict[str, Shipped]:
        """What was read, by id (the current one) or by `<id>@<version>`."""
        return {}

    def current(self, template_id: str) -> Shipped:
        """The version of now, read and checked once; raises UnknownTemplate."""
        if template_id not in self.ids:
            raise UnknownTemplate(f"no website template {template_id!r}; there are {', '.join(self.ids)}")
        if template_id not in self._read:
            whole = assemble(dict(walk(self.root / template_id)), self.groups)
            if whole.manifest.template_id != template_id:
                raise UnknownTemplate(f"the folder {template_id!r} holds {whole.manifest.template_id!r}")
            self._read[template_id] = whole
        return self._read[template_id]

    def names(self) -> dict[str, str]:
        """`<id>@<version>` → digest of every version that can be rendered, older ones of an id first."""
        now = {name_of(self.current(one)): self.current(one).digest for one in self.ids}
        return dict(sorted({**self.pinned, **now}.items(), key=lambda item: _order(item[0])))

    def find(self, name: str, digest: str | None = None) -> Shipped:
        """The template of an id (the version of now) or of `<id>@<version>`.

        With a digest it is the version of that id which has it, whatever is current; where none has it the one
        that the name means, for the caller to compare. Raises UnknownTemplate, and Altered for a changed file.
        """
        template_id, _, version = name.partition("@")
        if digest is not None and not version and template_id in self.ids:
            older = next((other for other, one in self._versions(template_id) if one == digest), None)
            is_current = older is None or self.current(template_id).digest == digest
            return self.current(template_id) if is_current else self._released(str(older))
        if not version or (template_id in self.ids and name == name_of(self.current(template_id))):
            return self.current(template_id)
        return self._released(name)

    def broken(self) -> Iterator[str]:
        """What is not as it was released: a sentence each, with what to do; nothing where all is well."""
        for name, digest in self.pinned.items():
            template_id = name.partition("@")[0]
            if template_id in self.ids and name_of(now := self.current(template_id)) == name:
                if now.digest != digest:
                    yield f"{name} was released with other bytes: give {template_id} a new version number"
                continue
            try:
                self._released(name)
            except (UnknownTemplate, Altered) as error:
                yield f"{error}: restore it from the release"

    def _versions(self, template_id: str) -> Iterator[tuple[str, str]]:
        """Name and digest of the released versions of an id."""
        return (item for item in self.pinned.items() if item[0].partition("@")[0] == template_id)

    def _released(self, name: str) -> Shipped:
        """A version from its file."""
        if name not in self.pinned or not (place := self.root / RELEASED / f"{name}.json").is_file():
            there = ", ".join(self.names())
            raise UnknownTemplate(f"there is no version {name!r} of a website template; there are {there}")
        if name not in self._read:
            whole = thaw(place.read_bytes())
            if whole.digest != self.pinned[name]:
                raise Altered(
                    f"{RELEASED}/{name}.json is {whole.digest[:12]}, released was {self.pinned[name][:12]}"
                )
            self._read[name] = whole
        return self._read[name]


def name_of(template: Shipped) -> str:
    """The version's name: `<id>@<version>`."""
    return f"{template.manifest.template_id}@{template.manifest.version}"


def freeze(template: Shipped) -> bytes:
    """The whole template in one file; the manifest keeps its own text, for the digest is over its bytes."""
    whole = {"manifest": template.manifest.model_dump_json(), "sources": dict(sorted(template.sources.items()))}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def thaw(data: bytes) -> Shipped:
    """The template in a file that `freeze` wrote; raises ValueError for what is none."""
    found = json.loads(data)
    manifest, sources = str(found["manifest"]), {str(path): str(text) for path, text in found["sources"].items()}
    digest = digest_of({path: text.encode() for path, text in sources.items()}, manifest.encode())
    return Shipped(Template.model_validate_json(manifest), digest, MappingProxyType(sources))


def pins(registry: Registry, new: Iterable[Shipped]) -> str:
    """The text of `digests.json` with the new versions in it."""
    found = {**registry.pinned, **{name_of(template): template.digest for template in new}}
    return json.dumps(dict(sorted(found.items(), key=lambda item: _order(item[0]))), indent=1) + "\n"


def walk(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """Path and bytes of every file below the folder, caches and hidden files left out."""
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.startswith((".", "__pycache__")):
            continue
        path = f"{prefix}{entry.name}"
        found += walk(entry, f"{path}/") if entry.is_dir() else [(path, entry.read_bytes())]
    return found


def _order(name: str) -> tuple[str, list[int]]:
    template_id, _, version = name.partition("@")
    return template_id, [int(part) for part in version.split(".")]


REGISTRY = Registry(files("templates") / "website")
"""What this distribution ships."""
