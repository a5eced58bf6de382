"""The parts of a briefing's ERP by name, and why one cannot be had: in words, with what to do after a colon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.briefing import ERPConfig
from bot.domain.erp import Module
from bot.domain.erp_place import OdooEnvironment
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Unavailable

COMPANY, MODULES, USERS = "odoo_configure_fiscal", "odoo_install_modules", "odoo_create_users"
"""The executors that set up an Odoo."""
NOT_YET = "not available in this release"
NO_ODOO = (
    "the policy names no Odoo for this product: add an environment of kind `odoo` and name it in `products[].erp`"
)


def person(name: str) -> str:
    """The name; where somebody wrote a mail address for a name, what stands before the @ (T52)."""
    return name.split("@")[0].strip() or "without a name"


def wanted(config: ERPConfig) -> Iterator[tuple[str, str]]:
    """Each part by name, with the executor that does it."""
    for module in config.modules:
        yield f"Odoo module {module}", MODULES
    for user in config.users:
        yield f"Odoo user {person(user.name)}", USERS
    yield f"Odoo fiscal settings ({config.currency}, year from {config.fiscal_year_start})", COMPANY


def unable(
    config: ERPConfig, cards: Mapping[str, ExecutorCard], *, in_scope: bool, otherwise: str = ""
) -> tuple[Unavailable, ...]:
    """The parts that no executor here does; and all of them for the reason `otherwise`, where there is one."""
    named = [(name, otherwise if card in cards else NOT_YET) for name, card in wanted(config)]
    named += _never(config)
    return tuple(Unavailable(name=name, why=why, in_scope=in_scope) for name, why in named if why)


def _never(config: ERPConfig) -> Iterator[tuple[str, str]]:
    """What no executor of this release does for any Odoo; a value nobody changed is nobody's wish."""
    for name in config.custom_fields:
        advice = "take it out of `erp_config.custom_fields`, and make the field in Odoo"
        yield f"Odoo field {name}", f"{NOT_YET}: {advice}"
    for name in ("language", "timezone", "company_name"):
        value = getattr(config, name)
        if value != ERPConfig.model_fields[name].default:
            advice = f"take `erp_config.{name}` out of the briefing, and set it in Odoo"
            yield f"Odoo {name.replace('_', ' ')} {value}", f"{NOT_YET}: {advice}"


def blocked_module(module: Module, place: OdooEnvironment) -> str:
    """Why this Odoo cannot have the module, with what to do; empty where it can."""
    if module.is_gone:
        advice = f"write `{module.replaced_by}` instead" if module.replaced_by else "take it out of the briefing"
        return f"gone from Odoo, after version {module.until}: {advice}"
    if module.edition == "enterprise" and place.edition == "community":
        way = module.instead or "take it out of the briefing"
        return f"needs Odoo Enterprise, and the environment `{place.name}` is Community: {way}"
    return ""
