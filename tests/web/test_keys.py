"""Every page without a mouse."""

from __future__ import annotations

from tests.web import keys, sites, walk
from tests.web.tab import PHONE


async def test_every_stop_is_reached_in_order_and_seen_and_the_menu_can_be_passed_and_opened(site, visit, kept):
    files = sites.files(site, kept)
    faults: dict[str, list[str]] = {}
    async with visit(files) as (tab, served):
        for path in sites.pages(files):
            await walk.opened(tab, served, path)
            found = await keys.reached(tab)
            await walk.opened(tab, served, path)
            found += await keys.skipped(tab)
            await walk.opened(tab, served, path, PHONE)
            found += await keys.unfolded(tab)
            faults |= {path: found} if found else {}
    assert faults == {}
