"""What of a briefing's ERP can be set up in the policy's Odoo, what cannot, and what readers must know.

Whole apps are never added: what the trade usually has and the briefing does not name is said and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.briefing import Briefing, ERPConfig
from bot.domain.erp import ACCOUNT, INTERNAL_USER, Catalogue, Module, Role
from bot.domain.erp_place import OdooEnvironment
from bot.domain.erp_wishes import NO_ODOO, blocked_module, person, unable, wanted
from bot.domain.faults import Fault
from bot.domain.vertical import Vertical
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Unavailable


@dataclass(frozen=True)
class ErpHouse:
    """What is chosen from: the product's Odoo (None: there is none), what is known of Odoo, what we can do."""

    place: OdooEnvironment | None
    catalogue: Catalogue
    cards: Mapping[str, ExecutorCard]
    vertical: Vertical


@dataclass(frozen=True)
class Account:
    """A person's account: the login, the name without an address, the groups by external id, the role."""

    login: str
    name: str
    groups: tuple[str, ...]
    role: Role


@dataclass(frozen=True)
class Erp:
    """What was settled before any step; without a `place` nothing is set up."""

    place: OdooEnvironment | None = None
    modules: tuple[Module, ...] = ()
    accounts: tuple[Account, ...] = ()
    notes: tuple[str, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()

    @property
    def everything(self) -> frozenset[str]:
        """The modules to install and what they bring."""
        return frozenset(name for module in self.modules for name in module.everything)


def choose_erp(briefing: Briefing, house: ErpHouse) -> Erp | tuple[Fault, ...]:
    """What is set up, with notes and what is not available; or every module and role that is unknown."""
    config, place = briefing.erp_config, house.place
    if config is None:
        return Erp()
    if place is None or not briefing.in_scope("erp"):
        return _nothing(briefing, config, house)
    faults = (*_unknown_modules(config, house.catalogue, place), *_unknown_roles(config, house.catalogue))
    if faults:
        return faults
    asked = [(called, _module(called, house.catalogue)) for called in config.modules]
    lacking = [(called, module, blocked_module(module, place)) for called, module in asked]
    modules = tuple(dict.fromkeys(module.name for _, module, why in lacking if not why))
    settled = Erp(
        place=place,
        modules=tuple(_module(name, house.catalogue) for name in modules),
        accounts=tuple(_accounts(config, house.catalogue)),
        unavailable=(
            *(
                Unavailable(name=_named(called, one), why=why, in_scope=True)
                for called, one, why in lacking
                if why
            ),
            *unable(config, house.cards, in_scope=True),
        ),
    )
    return replace(settled, notes=tuple(_notes(config, settled, place, house)))


def _nothing(briefing: Briefing, config: ERPConfig, house: ErpHouse) -> Erp:
    """Where there is no Odoo, or the ERP is not wanted now: what was asked for, by name."""
    in_scope = briefing.in_scope("erp")
    if house.place is None:
        return Erp(unavailable=unable(config, house.cards, in_scope=in_scope, otherwise=NO_ODOO))
    left = unable(config, house.cards, in_scope=in_scope)
    later = [name for name, card in wanted(config) if card in house.cards]
    note = (f"Named in the briefing and not in its scope, so left alone: {', '.join(later)}.",) if later else ()
    return Erp(unavailable=left, notes=note)


def _module(called: str, catalogue: Catalogue) -> Module:
    """The module of that name; one that only the policy knows has nothing but its name."""
    return catalogue.module(called) or Module(name=called, label=called)


def _named(called: str, module: Module) -> str:
    return f"Odoo module {called}" + (f" ({module.name})" if called != module.name else "")


def _unknown_modules(config: ERPConfig, catalogue: Catalogue, place: OdooEnvironment) -> Iterator[Fault]:
    for index, called in enumerate(config.modules):
        if catalogue.module(called) is None and called not in place.modules:
            like = " or ".join(f"`{name}`" for name in catalogue.like(called, place.modules))
            own = f"if it is one of your own, name it in `modules` of the policy's environment `{place.name}`"
            advice = f"did you mean {like}? Or, {own}" if like else own
            yield Fault(f"erp_config.modules.{index}", f"`{called}` is no module that we know", advice)


def _unknown_roles(config: ERPConfig, catalogue: Catalogue) -> Iterator[Fault]:
    known = ", ".join(role.name for role in catalogue.roles)
    for index, user in enumerate(config.users):
        if catalogue.role(user.role) is None:
            path = f"erp_config.users.{index}.role"
            yield Fault(path, f"`{user.role}` is no role that we know", f"write one of: {known}")


def _accounts(config: ERPConfig, catalogue: Catalogue) -> Iterator[Account]:
    for user in config.users:
        role = catalogue.role(user.role)
        if role is not None:
            groups = dict.fromkeys((INTERNAL_USER, *(group.id for group in role.groups)))
            yield Account(user.email, person(user.name), tuple(groups), role)


def _notes(config: ERPConfig, erp: Erp, place: OdooEnvironment, house: ErpHouse) -> Iterator[str]:
    if not place.snapshot:
        yield (
            f"No copy of {place.database} is made first, for the environment `{place.name}` takes none: what is "
            "taken back leaves traces."
        )
    yield from _privileges(erp)
    if place.edition == "community":
        for called in config.modules:
            module = house.catalogue.module(called)
            if module and (less := module.less.get(called.replace("-", "_"))):
                yield f"`{called}` is Odoo's `{module.name}`. {less}."
    yield from _rights_without_module(erp)
    if config.fiscal_year_start != "01-01" and ACCOUNT not in erp.everything:
        yield "The fiscal year is left as it is: none of these modules brings accounting."
    yield from _trade(erp, place, house)


def _privileges(erp: Erp) -> Iterator[str]:
    for role, names in _by_role(erp):
        if role.privilege:
            yield f"Look twice at the role `{role.name}` of {names}: it {role.privilege}."


def _rights_without_module(erp: Erp) -> Iterator[str]:
    for role, names in _by_role(erp):
        lacking = [one.module for one in role.groups if one.module not in {"base", *erp.everything}]
        if lacking:
            yield (
                f"The role `{role.name}` of {names} comes with `{lacking[0]}`, which this plan does not install: "
                "it must be there already."
            )


def _by_role(erp: Erp) -> Iterator[tuple[Role, str]]:
    """Each role with the names of those who get it."""
    for name in dict.fromkeys(account.role.name for account in erp.accounts):
        having = [account for account in erp.accounts if account.role.name == name]
        yield having[0].role, ", ".join(account.name for account in having)


def _trade(erp: Erp, place: OdooEnvironment, house: ErpHouse) -> Iterator[str]:
    """What the trade usually has beside: said, and not installed unasked."""
    usual = [_module(name, house.catalogue) for name in house.vertical.template_config.erp.required_modules]
    left = [one for one in usual if one.name not in erp.everything]
    if left:
        words = ", ".join(
            f"{one.name} ({blocked or one.label})" for one in left for blocked in [_short(one, place)]
        )
        yield f"{house.vertical.name} usually also has: {words}. What the briefing does not name is not installed."


def _short(module: Module, place: OdooEnvironment) -> str:
    """Why a module could not be had, in a word or two; empty where it could."""
    return blocked_module(module, place).partition(",")[0]
