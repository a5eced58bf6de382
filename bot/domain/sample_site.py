"""A briefing on a template that is only looked at: what the website step would be given, without a plan."""

from __future__ import annotations

from bot.domain.briefing import Briefing
from bot.domain.faults import Fault
from bot.domain.own_templates import Library
from bot.domain.trade import lacking, lent
from bot.domain.vertical import Vertical
from bot.domain.website_steps import choose_site, site_inputs
from executors.protocol.wire import Json

_PLACEHOLDER = "0" * 64


def sample_inputs(briefing: Briefing, vertical: Vertical, template: str, day: str) -> Json | tuple[Fault, ...]:
    """The inputs of `website` for the briefing on that template, no digest pinned, or every fault of the briefing.

    `day` is the one it is made on where the briefing names none, `2026-01-31`.
    """
    config = briefing.website_config.model_copy(update={"template": template})
    full = lent(briefing.model_copy(update={"website_config": config}), vertical)
    missing, site = lacking(full, vertical), choose_site(full, vertical, Library({template: _PLACEHOLDER}))
    if isinstance(site, Fault):
        return (*missing, site)
    if missing:
        return missing
    inputs = site_inputs(full, site, day)
    return {name: value for name, value in inputs.items() if name != "template_digest"}
