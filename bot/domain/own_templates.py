"""Templates of an organisation's own: which folders the policy lets be used, and which template a briefing gets.

Such a template is code that we did not ship: a plan pins every file of it, people approve those bytes, and the
executor fills it in a limited process only (T30).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from bot.domain.faults import Fault
from bot.domain.fields import wrong
from bot.domain.rules import Rule
from executors.parts.paths import UnsafePath, safe_paths
from executors.protocol.wire import Json

FOLDER = ".millwright/templates"
"""Where own templates stand unless the policy names another folder, and where pull requests are looked at."""
_PATH = re.compile(r"[A-Za-z0-9._-]{1,100}(/[A-Za-z0-9._-]{1,100}){0,10}")


def _path(path: str) -> str:
    if not _PATH.fullmatch(path) or {".", "..", ".git"} & set(path.split("/")):
        raise wrong("is no path of a folder in the product repository", f"write one like `{FOLDER}/acme_brand_v1`")
    return path


class OwnTemplateRule(Rule):
    """A folder of the product repository with a website template; its content is part of what is approved."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    """what a briefing's `website_config.template` calls it; the template's own `template_id`"""
    path: Annotated[str, AfterValidator(_path)] | None = None
    """the folder, `.millwright/templates/<id>` unless told"""

    @property
    def folder(self) -> str:
        """The folder in the product repository."""
        return self.path or f"{FOLDER}/{self.id}"


@dataclass(frozen=True)
class OwnTemplates:
    """The need for the policy's own templates as the product repository has them; answers `own_templates`."""


@dataclass(frozen=True)
class OwnTemplate:
    """A template in a folder: path in it → SHA-256, and one digest over them and the groups they may build on.

    `fault` says why it cannot be used, "" where it can.
    """

    folder: str
    files: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    fault: str = ""

    @property
    def inputs(self) -> Json:
        """What the step is given of it."""
        files = [{"path": path, "sha256": sha256} for path, sha256 in sorted(self.files.items())]
        return {"folder": self.folder, "files": files}


def unusable(folder: str, paths: Iterable[str]) -> str:
    """Why the files at these paths in the folder make no template, in words; "" where they may."""
    given = tuple(paths)
    if "template.yaml" not in given:
        return f"there is no {folder}/template.yaml"
    try:
        safe_paths(given)
    except UnsafePath as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Library:
    """The templates a plan may use: ours by `<id>` and `<id>@<version>` → digest, and the organisation's own."""

    ours: Mapping[str, str]
    own: Mapping[str, OwnTemplate] = field(default_factory=dict)

    def get(self, name: str) -> Chosen | Fault:
        """The template of that name with its digest, or what is wrong with it and what there is."""
        theirs = self.own.get(name)
        if theirs is not None and name in self.ours:
            return _fault(f"`{name}` is one of ours", "give your own template another id, in the policy and in it")
        if theirs is not None and theirs.fault:
            return _fault(f"`{name}`: {theirs.fault}", f"correct {theirs.folder} on the default branch")
        if theirs is not None:
            return Chosen(name, theirs.digest, None, theirs)
        if name in self.ours:
            return Chosen(name, self.ours[name], self._version(name), None)
        there = sorted(self._like(name))
        return _fault(
            f"`{name}` is no template of this release",
            f"write one of: {', '.join(there)}" if there else "install a template",
        )

    def _version(self, name: str) -> str | None:
        """The version that an id means now, or that the name pins."""
        start, digest = f"{name.partition('@')[0]}@", self.ours[name]
        named = (one for one, found in self.ours.items() if one.startswith(start) and found == digest)
        pinned = name if "@" in name else next(named, "")
        return pinned.partition("@")[2] or None

    def _like(self, name: str) -> Iterator[str]:
        """What could have been meant: the versions of an id that is there, else every id."""
        template_id, at, _ = name.partition("@")
        for one in (*self.ours, *self.own):
            if (
                ("@" in one and one.startswith(f"{template_id}@"))
                if at and template_id in self.ours
                else "@" not in one
            ):
                yield one


@dataclass(frozen=True)
class Chosen:
    """A template with what a plan pins of it; `own` where it is none of ours."""

    name: str
    digest: str
    version: str | None
    own: OwnTemplate | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the plan should know of it."""
        if self.own is None:
            return ()
        return (
            f"The site is made from a template of your own: {len(self.own.files)} files in {self.own.folder}, "
            "pinned as they are now. It is filled in a process with limits and without an environment, but not "
            "behind seccomp or a namespace: look at those files before you approve.",
        )

    @property
    def inputs(self) -> Json:
        """The step's inputs that say which template, of which bytes."""
        found: Json = {"template": self.name, "template_digest": self.digest}
        if self.version is not None:
            found["template_version"] = self.version
        if self.own is not None:
            found["own_template"] = self.own.inputs
        return found


def _fault(message: str, advice: str) -> Fault:
    return Fault("website_config.template", message, advice)
