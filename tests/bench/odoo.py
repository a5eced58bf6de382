"""A real Odoo: what a leg takes beside the calls that it needs, and a second run of it.

The floor is the sum of the calls themselves, without what our client adds to each over the standard library.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from executors.runner import Ended
from executors.world.odoo.client import Client
from tests.bench.figure import Figure, seconds
from tests.odoo.erp import Erp, company, modules, place, users
from tests.odoo.server import Instance, Server, Unavailable, setup

ROUNDS = 3


def run() -> list[Figure]:
    """Own time of an installation and of a second run; a loud word where no Odoo can be had."""
    with tempfile.TemporaryDirectory(prefix="millwright-bench-") as made:
        try:
            server = Server.start(setup(), Path(made) / "server", bound_to=os.getpid())
        except Unavailable as why:
            return [Figure("Odoo", f"NOT MEASURED: {why}", "", "measured")]
        try:
            return _figures(server, Path(made))
        finally:
            server.stop()


def _figures(server: Server, folder: Path) -> list[Figure]:
    firsts, agains = [], []
    for number in range(ROUNDS):
        erp = _leg(server.fresh(), folder / str(number))
        erp.preview()
        firsts.append(_timed(erp, erp.execute))
        agains.append(_timed(erp, erp.execute))
    ours, bare = _call(server.fresh(), folder)
    wall, calls, count = min(firsts, key=lambda found: found[0] - found[1])
    floor = calls - count * (ours - bare)
    over = wall / floor - 1
    first = Figure(
        "Odoo: company, crm (30 modules), a copy, two accounts",
        f"{wall:.2f} s, {over:.1%} over the calls",
        f"its {count} calls, bare: {floor:.2f} s",
        "≤ 5 % over the calls",
        over <= 0.05,
    )
    wall, calls, count = sorted(agains)[ROUNDS // 2]
    again = Figure(
        "Odoo: a second run, which proposes nothing",
        f"{wall:.2f} s",
        f"its {count} calls, bare: {calls - count * (ours - bare):.2f} s",
        "≤ 5 s",
        wall <= 5,
    )
    one, peer = f"{ours * 1000:.1f} ms", f"bare urllib {bare * 1000:.1f} ms"
    return [first, again, Figure("Odoo: one call, the list of all modules", one, peer, "")]


def _call(odoo: Instance, folder: Path) -> tuple[float, float]:
    """Seconds of one call, the list of all modules: by our client, and with nothing but the standard library."""
    erp = Erp.on(odoo, folder, modules(place(odoo), "crm"))
    asked: dict[str, Any] = {"domain": [], "fields": ["name", "state"], "order": "id"}
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"bearer {odoo.key}", "X-Odoo-Database": odoo.database}
    url = f"{odoo.url}/json/2/ir.module.module/search_read"
    request = urllib.request.Request(url, json.dumps(asked).encode(), headers)

    def bare() -> object:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    client = Client(place(odoo), erp.hidden, erp.plan.legs[0].hosts, lambda _stream, _entry: None)
    ours = seconds(lambda: client.call("ir.module.module", "search_read", **asked), 40)
    return ours, seconds(bare, 40)


def _leg(odoo: Instance, folder: Path) -> Erp:
    folder.mkdir()
    at = place(odoo, snapshot=True)
    steps = (company(at), modules(at, "crm"), users(at, "sales_team.group_sale_salesman", after=["crm"]))
    return Erp.on(odoo, folder, *steps)


def _timed(erp: Erp, work: Callable[[], Ended]) -> tuple[float, float, int]:
    """Return the seconds of a run, the seconds of its calls, and how many there were."""
    erp.calls.clear()
    begun = time.perf_counter()
    ended = work()
    took = time.perf_counter() - begun
    assert ended.outcome == "completed", ended.error
    return took, sum(float(entry["milliseconds"]) for entry in erp.calls) / 1000, len(erp.calls)
