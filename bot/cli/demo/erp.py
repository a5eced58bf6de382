"""The act with an Odoo: previewed with a weaker key, approved, really set up, and all of it taken back."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from typing import Any

from bot.cli.demo.acts import Play, issue_body
from bot.cli.demo.operations import Erp
from bot.cli.demo.scene import ACME
from bot.domain.case import case_key

_ERP = """\
erp_config:
  modules: [crm]
  users:
    - name: Johanna Brandt
      email: johanna.brandt@acme-consulting.example
      role: sales
  currency: EUR
"""


def briefing() -> str:
    """Acme's briefing, for the ERP alone: the CRM and one account."""
    text = re.sub(r"^erp_config:\n(?:[ -].*\n)+", _ERP, ACME.text, flags=re.MULTILINE)
    text = re.sub(r"^integrations:\n(?:[ -].*\n)+", "", text, flags=re.MULTILINE)
    return text.replace("scope: [website]", "scope: [erp]")


def ask(erp: Erp, model: str, method: str, **named: Any) -> Any:
    """What Odoo's JSON-2 interface answers to somebody who looks on his own account."""
    request = urllib.request.Request(  # noqa: S310 - the address of the demo's own Odoo
        f"{erp.url}/json/2/{model}/{method}",
        json.dumps(named).encode(),
        {
            "Authorization": f"bearer {erp.key}",
            "X-Odoo-Database": erp.database,
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        return json.load(answer)


def state(erp: Erp) -> dict[str, str]:
    """What of the Odoo the act is about."""
    installed = ask(erp, "ir.module.module", "search_read", domain=[["state", "=", "installed"]], fields=["name"])
    [company] = ask(erp, "res.company", "search_read", domain=[], fields=["country_id", "currency_id"])
    people = ask(erp, "res.users", "search_read", domain=[], fields=["login"])
    names = {row["name"] for row in installed}
    return {
        "modules": f"{len(names)}, crm {'among them' if 'crm' in names else 'not among them'}",
        "country": company["country_id"][1] if company["country_id"] else "none",
        "currency": company["currency_id"][1],
        "accounts": ", ".join(sorted(row["login"] for row in people)),
    }


async def setting_up_an_erp(play: Play, erp: Erp) -> None:
    """9: an ERP is previewed with a key that may only look, set up, and taken back."""
    play.stage.scene(9, "A third capability sets up an Odoo")
    play.stage.say(f"a real Odoo at {erp.url}, database {erp.database}; its keys are in two environments")
    before = await asyncio.to_thread(state, erp)
    number, case = await _foresee(play)
    play.stage.expect("nothing was changed by looking", await asyncio.to_thread(state, erp) == before)
    await _set_up(play, erp, number, case)
    await _take_back(play, number, case)
    play.stage.expect("the copy was restored: all is as it was", await asyncio.to_thread(state, erp) == before)


async def _foresee(play: Play) -> tuple[int, str]:
    """The issue and its preview; its number and its case."""
    stage, cast = play.stage, play.cast
    body = issue_body(briefing())
    issue = await cast.anna.open_issue(cast.product, "CRM for our sales", body, ["capability:business"])
    number, case = int(issue["number"]), case_key(cast.product.id, issue["node_id"])
    async with stage.watching(play.scene, case, "planning; the preview looks at the Odoo") as seen:
        await play.scene.settle()
    sticky = (await play.comments(number))[0]
    stage.quote("millwright[bot]", sticky, 40)
    stage.expect("the preview is back", "preview.finished" in seen)
    stage.expect("it was made in erp-read, which holds the weaker key", _environment(play) == "erp-read")
    brought = re.search(r"\b(\d+) modules", sticky)
    stage.expect(f"the plan says what comes with crm: {brought[1] if brought else 'no'} modules", brought)
    return number, case


def _environment(play: Play) -> str:
    """The GitHub environment in which the newest run did its work."""
    return list(play.scene.story.sandbox.actions.runs.values())[-1].job("execute").environment


async def _set_up(play: Play, erp: Erp, number: int, case: str) -> None:
    stage, before = play.stage, await asyncio.to_thread(state, erp)
    line = f"/approve {await play.token(number)}"
    stage.say(f"[bold]bert[/] comments [cyan]{line}[/]")
    async with stage.watching(play.scene, case, "copying, setting up, installing, on a real Odoo") as seen:
        await play.cast.bert.comment(play.cast.product, number, line)
        await play.scene.settle(300)
    stage.expect("it was carried out in erp", _environment(play) == "erp")
    after = await asyncio.to_thread(state, erp)
    stage.table("", ("", "before", "after"), [(name, before[name], after[name]) for name in before])
    stage.expect("every step is done", "capability.completed" in seen)
    stage.expect("crm is installed", "crm among them" in after["modules"])
    stage.expect("country and currency are set", (after["country"], after["currency"]) == ("Germany", "EUR"))
    stage.expect("the account is there", "johanna.brandt@acme-consulting.example" in after["accounts"])


async def _take_back(play: Play, number: int, case: str) -> None:
    play.stage.say("[bold]bert[/] comments [cyan]/rollback[/]")
    async with play.stage.watching(play.scene, case, "restoring the copy") as seen:
        await play.cast.bert.comment(play.cast.product, number, "/rollback")
        await play.scene.settle(300)
    play.stage.quote("millwright[bot]", (await play.comments(number))[0], 24)
    play.stage.expect("the ledger says that it was taken back", "rollback.completed" in seen)
