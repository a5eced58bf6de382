"""Why modules cannot be installed, a sentence each that says what to do; nothing is tried before all is well.

Odoo itself says nothing: it answers with success for a module that it does not know, and for one that is sold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from executors.parts.odoo.arrivals import Arrival
from executors.parts.odoo.modules import Stock, installed, upstream
from executors.parts.odoo.server import Edition, edition_of

COMMUNITY_WAY = {
    "account_accountant": "ask for `account` (Invoicing)",
    "account_invoicing": "ask for `account` (Invoicing), which it became",
    "accountant": "ask for `account` (Invoicing): full accounting is sold with Enterprise only",
    "project_timesheet": "ask for `hr_timesheet` (Task Logs), which it became",
    "timesheet_grid": "ask for `hr_timesheet` (Task Logs)",
    "sale_subscription": "ask for `sale_management` and repeat orders by hand",
}
"""What the Community edition has instead of a module, by its technical name."""
SOLD = "OEEL-1"
"""The licence of what is sold with Enterprise."""


def refusals(asked: Iterable[str], there: Stock, edition: Edition) -> tuple[str, ...]:
    """Return why these modules cannot be installed here; nothing where they can. `edition` is the policy's."""
    found = edition_of(there)
    if found != edition:
        return (f"the policy calls this server {edition}, and it is {found}: correct `edition` in the policy",)
    return tuple(said for name in sorted(asked) for said in _of_one(name, there, found))


def conflicts(arriving: Iterable[Arrival], there: Stock) -> tuple[str, ...]:
    """Return which modules would be installed together that exclude each other."""
    coming = installed(there).union(*(one.brings for one in arriving))
    return tuple(
        f"{name} and {other} exclude each other, and both would be installed: ask for one of them"
        for name in sorted(coming)
        for other in sorted(there[name].excludes & coming if name in there else ())
    )


def _of_one(name: str, there: Stock, edition: Edition) -> Iterator[str]:
    module = there.get(name)
    if module is None:
        yield f"the server has no module {name}: {_instead(name, there)}"
    elif module.state == "uninstallable":
        yield _uninstallable(name, there, edition)
    elif module.state == "uninstalled":
        yield from _needs(name, there)


def _uninstallable(name: str, there: Stock, edition: Edition) -> str:
    module = there[name]
    if edition == "community" and (module.license == SOLD or module.to_buy):
        way = COMMUNITY_WAY.get(name, "leave it out, or move to Odoo Enterprise")
        return f"{name} ({module.title}) belongs to Odoo Enterprise and this server is Community: {way}"
    return f"{name} ({module.title}) is listed, but its code is not on the server: put it there, or leave it out"


def _needs(name: str, there: Stock) -> Iterator[str]:
    """Yield what the module needs and the server cannot give."""
    for need in sorted(upstream([name], there) - {name}):
        if need not in there or there[need].state == "uninstallable":
            yield f"{name} needs {need}, which this server does not have: have it put there, or leave {name} out"


def _instead(name: str, there: Stock) -> str:
    """Return what may have been meant."""
    if name in COMMUNITY_WAY:
        return COMMUNITY_WAY[name]
    close = get_close_matches(name, [one.name for one in there.values() if one.state != "uninstallable"], 3)
    titled = [one.name for one in there.values() if one.title.casefold() == name.replace("_", " ")]
    if meant := list(dict.fromkeys([*titled, *close])):
        return f"did you mean {' or '.join(meant)}?"
    return "check its technical name, or have its code put on the server and its list of apps updated"
