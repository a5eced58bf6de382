"""Lighthouse gives at least 95 of 100 in each of its four categories: the median of three runs.

Home pages, or every page with `MILLWRIGHT_NIGHTLY=1`. Run it alone (`-n 0`): it measures time.
"""

from __future__ import annotations

import os
import re

from tests.odoo.server.place import Unavailable
from tests.programs import absent
from tests.web import lighthouse, sites
from tests.web.lighthouse import LEAST
from tests.web.serving import serving

NIGHTLY = os.environ.get("MILLWRIGHT_NIGHTLY") == "1"
RUNS = 3


async def test_lighthouse_gives_at_least_95(home, devtools, kept, record_property):
    files = sites.files(home, kept)
    paths = [path for path in sites.pages(files) if path != "404.html"] if NIGHTLY else ["index.html"]
    faults: dict[str, object] = {}
    async with serving(files) as served:
        for path in paths:
            try:
                scores, lost = await lighthouse.scores(devtools, f"{served.url}/{path}", RUNS)
            except Unavailable as why:
                absent(f"Lighthouse: {why}")
                raise
            record_property(f"{home.template} {path}", " ".join(map(str, scores.values())))
            faults |= {} if min(scores.values()) >= LEAST else {path: (scores, lost)}
    assert faults == {}


async def test_a_page_without_title_language_and_description_is_found(devtools, kept):
    files = sites.files(sites.one_each()[0], kept)
    page = files["index.html"]
    for planted in (rb"<title>.*?</title>", rb'<meta name="description"[^>]*>', rb' lang="\w+"'):
        page = re.sub(planted, b"", page)
    async with serving(files | {"index.html": page}) as served:
        scores, lost = await lighthouse.scores(devtools, f"{served.url}/", 1)
    assert max(scores["seo"], scores["accessibility"]) < LEAST
    assert len(lost) > 3, lost
