"""A page without a mouse: all links, buttons and fields by Tab, in order, seen; past the menu and into it."""

from __future__ import annotations

from typing import Any

from tests.web.tab import Tab


async def reached(tab: Tab) -> list[str]:
    """Walk through the open page by Tab; what is left out, out of order, unseen, covered, or holds the focus."""
    stops: list[str] = await tab.run("pageLook.begin()")
    found: list[str] = []
    next_one = 0
    for _ in range(len(stops) + 20):
        await tab.press("Tab")
        at: dict[str, Any] | None = await tab.run("pageLook.focus()")
        if at is None or (at["number"] == 0 and next_one == len(stops)):
            break
        if at["number"] < 0 and at["scrolls"]:
            found += _unseen(at)
            continue
        if at["number"] != next_one:
            wanted = stops[next_one] if next_one < len(stops) else "the end of the page"
            return [*found, f"Tab goes to {at['name']} instead of {wanted}"]
        found += _unseen(at)
        next_one += 1
    if next_one < len(stops):
        found.append(f"Tab never reaches {stops[next_one]}")
    return found


def _unseen(at: dict[str, Any]) -> list[str]:
    """What hides that the focus is there."""
    found = [] if at["shown"] else [f"{at['name']} does not show that it has the focus"]
    return found if at["bare"] else [*found, f"{at['name']} is covered while it has the focus"]


async def skipped(tab: Tab) -> list[str]:
    """Take the first link of the open page, which leads past the menu."""
    stops: list[str] = await tab.run("pageLook.begin()")
    await tab.press("Tab")
    at = await tab.run("pageLook.focus()")
    if at is None or not await tab.run("(document.activeElement.getAttribute('href') || '').startsWith('#')"):
        return [f"the first stop is no way past the menu but {stops[0] if stops else 'nothing'}"]
    await tab.press("Enter")
    await tab.press("Tab")
    return [] if await tab.run("pageLook.isPast()") else ["the first link does not lead past the menu"]


async def unfolded(tab: Tab) -> list[str]:
    """Open the menu of the page that is open on a phone, and step into it."""
    await tab.run("pageLook.begin()")
    menu = await tab.run("pageLook.menu()")
    if menu["seen"] == menu["all"]:
        return []
    if menu["opener"] < 0:
        return [f"{menu['all'] - menu['seen']} places of the menu are hidden on a phone, and nothing opens them"]
    for _ in range(menu["opener"] + 1):
        await tab.press("Tab")
    at = await tab.run("pageLook.focus()")
    if at is None or at["number"] != menu["opener"]:
        return ["Tab does not reach what opens the menu"]
    await tab.press("Enter")
    menu = await tab.run("pageLook.menu()")
    if menu["seen"] < menu["all"]:
        return [f"the menu is open, and {menu['all'] - menu['seen']} of its places are hidden"]
    await tab.press("Tab")
    return [] if await tab.run("pageLook.isInMenu()") else ["Tab does not step into the open menu"]
