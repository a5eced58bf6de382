"""Google's measure of a page: performance, accessibility, best practices, search, each of 100.

Source: https://github.com/GoogleChrome/lighthouse (a phone with a slow network, simulated)
"""

from __future__ import annotations

import asyncio
import json
import statistics
from typing import Any
from urllib.parse import urlsplit

from tests.odoo.server.place import Unavailable
from tests.web.tools import LOADING, javascript, module

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
_SECONDS = 180


Report = dict[str, Any]


async def scores(address: str, url: str, runs: int) -> tuple[dict[str, int], list[str]]:
    """The median of each category over that many runs, and what kept the last run from more.

    `address` is that of Chromium's DevTools; the runs come one after the other. Raises Unavailable.
    """
    found = [await _run(address, url) for _ in range(runs)]
    return {name: _median(name, found) for name in CATEGORIES}, _lost(found[-1])


def _median(name: str, reports: list[Report]) -> int:
    return round(100 * statistics.median(one["categories"][name]["score"] for one in reports))


def _lost(report: Report) -> list[str]:
    """The audits that count and did not reach 0.9, by category."""
    busy = f"this machine's speed was {report['environment']['benchmarkIndex']:.0f}; 1,000 and more is usual"
    counted = [
        (name, report["audits"][audit["id"]])
        for name in CATEGORIES
        for audit in report["categories"][name]["auditRefs"]
        if audit["weight"]
    ]
    return [
        busy,
        *(
            f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip()
            for name, audit in counted
            if audit["score"] is not None and audit["score"] < 0.9
        ),
    ]


async def _run(address: str, url: str) -> Report:
    program = module("lighthouse/cli/index.js", LOADING)
    command = [
        str(javascript()), str(program), url, f"--port={urlsplit(address).port}", "--output=json", "--quiet",
        f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, said = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Unavailable(f"Lighthouse said nothing in {_SECONDS} s") from None
    if process.returncode:
        raise Unavailable(f"Lighthouse does not run: {said.decode().strip()[-300:]}")
    report: Report = json.loads(out)
    if error := report.get("runtimeError"):
        raise Unavailable(f"Lighthouse could not measure: {error['message']}")
    return report
