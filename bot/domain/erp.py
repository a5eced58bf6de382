"""What an Odoo can be asked for: modules by their own and by people's names, and what roles mean there.

The lists are data (`templates/odoo/`), of which this is the closed form; what a real Odoo has, the preview sees.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.domain.erp_place import Edition, ModuleName
from bot.domain.faults import Fault
from bot.domain.fields import unlike, wrong
from bot.domain.reading import read_model
from bot.domain.strict_yaml import read_yaml
from executors.protocol.text import Line, Name, Summary

OLDEST = 16
"""The oldest version of Odoo that is set up."""
INTERNAL_USER = "base.group_user"
"""The group that every account of a person belongs to."""
ACCOUNT = "account"

M = TypeVar("M", bound=BaseModel)
Called = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Names = Annotated[list[Called], Field(max_length=20), AfterValidator(unlike)]


class _Part(BaseModel):
    """A closed part of the lists."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Module(_Part):
    """One module: what people call it, where there is it, what comes along with it."""

    name: ModuleName
    label: Name
    also: Names = []
    edition: Edition = "community"
    until: Annotated[int | None, Field(ge=6, le=99, description="the last version that had it")] = None
    replaced_by: ModuleName | None = None
    brings: Annotated[list[ModuleName], Field(max_length=60), AfterValidator(unlike)] = []
    less: Annotated[dict[Called, Line], Field(description="by the word that promises more on Community")] = {}
    instead: Annotated[Line | None, Field(description="the Community way for an Enterprise module")] = None

    @property
    def is_gone(self) -> bool:
        """Whether no version that is set up has it any more."""
        return self.until is not None and self.until < OLDEST

    @property
    def everything(self) -> frozenset[str]:
        """The module and what it brings."""
        return frozenset((self.name, *self.brings))


class Group(_Part):
    """A group of rights by its external id, and the module that brings it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=200)]
    module: ModuleName


class Role(_Part):
    """A role of a briefing's user; `privilege` says why to look twice."""

    name: Called
    also: Names = []
    groups: Annotated[list[Group], Field(max_length=20)]
    privilege: Summary | None = None


class Catalogue(_Part):
    """The modules and roles that are known; without them nothing is."""

    modules: Annotated[list[Module], Field(max_length=500)] = []
    roles: Annotated[list[Role], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        for known in (self.modules, self.roles):
            names = [name for one in known for name in (one.name, *one.also)]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise wrong(f"means two things by {', '.join(twice)}", "keep one of them")
        return self

    def module(self, called: str) -> Module | None:
        """The module of that name, its own or people's; hyphens are underscores."""
        return _called(called, self.modules)

    def role(self, called: str) -> Role | None:
        """The role of that name; hyphens are underscores."""
        return _called(called, self.roles)

    def like(self, called: str, more: Iterable[str] = ()) -> list[str]:
        """At most three names of modules that look like this one, the nearest first."""
        names = [name for one in self.modules if not one.is_gone for name in (one.name, *one.also)]
        return difflib.get_close_matches(_plain(called), [*names, *more], n=3)


NOTHING_KNOWN = Catalogue()
"""Where the lists have not been read."""


def parse_catalogue(modules: str, roles: str) -> Catalogue:
    """The lists in their shipped YAML texts; ValueError names every mistake, for shipped ones are our own."""
    read = (_read(_Modules, modules), _read(_Roles, roles))
    return Catalogue(modules=read[0].modules, roles=read[1].roles)


class _Modules(_Part):
    modules: list[Module]


class _Roles(_Part):
    roles: list[Role]


def _read(model: type[M], text: str) -> M:
    document = read_yaml(text)
    read = (document,) if isinstance(document, Fault) else read_model(model, document)
    if isinstance(read, tuple):
        raise ValueError("; ".join(f"line {fault.line}: {fault.path} {fault.message}" for fault in read))
    return read


K = TypeVar("K", Module, Role)


def _called(called: str, known: list[K]) -> K | None:
    plain = _plain(called)
    return next((one for one in known if plain == one.name or plain in one.also), None)


def _plain(called: str) -> str:
    return called.replace("-", "_")
