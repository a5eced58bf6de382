"""The scenes but the last: each does something through GitHub's API and says whether what should follow did."""

from __future__ import annotations

import asyncio
import hashlib
import re
import subprocess
import sys
from typing import Any

from bot.cli.demo.scene import Scene
from bot.cli.demo.stage import Stage
from bot.cli.demo.visit import fetch, names, visit
from bot.domain.case import case_key
from bot.sandbox.people import Participant

ALARM = "#9f1239"
"""The colour that the second capability wants."""
PATIENCE = 300
"""Seconds until what is still at work counts as stuck; a shop's pictures take a slow machine a while."""


def issue_body(briefing: str) -> str:
    """An issue that holds the briefing."""
    return f"Please set up our website.\n\n```yaml\n{briefing}\n```\n"


class Play:
    """The acts, on one scene."""

    def __init__(self, scene: Scene, stage: Stage) -> None:
        self.scene, self.stage, self.cast, self.firm = scene, stage, scene.cast, scene.firm

    async def get(self, path: str, **query: str) -> Any:
        """What anybody with read access sees of the product repository."""
        return await self.cast.bert.http.get(f"{self.cast.product.path}{path}", **query)

    async def comments(self, number: int) -> list[str]:
        """The bot's comments, the sticky one first."""
        found = await self.get(f"/issues/{number}/comments", per_page="100")
        return [one["body"] for one in found if one["user"]["login"] == f"{self.cast.app.slug}[bot]"]

    async def says(self, who: Participant, number: int, text: str) -> str:
        """Somebody comments; the bot's newest comment when all is calm."""
        self.stage.say(f"[bold]{who.login}[/] comments [cyan]{text}[/]")
        await who.comment(self.cast.product, number, text)
        await self.scene.settle(PATIENCE)
        return (await self.comments(number))[-1]

    async def token(self, number: int) -> str:
        """What the sticky comment asks to approve."""
        found = re.search(r"/approve (v\d+-[0-9a-f]{12})", (await self.comments(number))[0])
        return found[1] if found else ""

    # --- the scenes ---

    async def setting(self) -> None:
        """1: who and what there is."""
        stage, cast, scene = self.stage, self.cast, self.scene
        stage.scene(1, "A GitHub of our own, and the bot")
        stage.table(
            "",
            ("what", "where"),
            [
                ("GitHub (sandbox)", scene.story.sandbox.url),
                ("Millwright", scene.bot.url),
                ("web server", scene.site.url),
                ("product repository", cast.product.full_name),
                (
                    "operations repository",
                    f"{cast.operations.full_name}: policy, generated workflow, environment, a secret",
                ),
                ("anna", "write: writes the briefing"),
                ("bert", "maintain: may approve"),
                ("mallory", "no rights here"),
            ],
        )
        ready = await cast.mallory.http.ask("GET", f"{scene.bot.url}/readyz")
        stage.expect("the bot is up", ready.status == 200)

    async def opening(self) -> int:
        """2 and 3: the issue, the plan, the preview; returns the issue's number."""
        stage = self.stage
        stage.scene(2, "An issue with a briefing")
        body = issue_body(self.firm.text)
        title = f"Website for {self.firm.briefing.business_name}"
        stage.say(f"[bold]anna[/] opens “{title}”, label [cyan]capability:business[/]")
        issue = await self.cast.anna.open_issue(self.cast.product, title, body, ["capability:business"])
        number = int(issue["number"])
        stage.scene(3, "Plan, risk and preview")
        case = case_key(self.cast.product.id, issue["node_id"])
        async with stage.watching(self.scene, case, "planning; the preview runs on act") as seen:
            await self.scene.settle(PATIENCE)
        sticky = (await self.comments(number))[0]
        stage.quote("millwright[bot]", sticky, 30)
        stage.expect("the preview looked before anybody could approve", "preview.finished" in seen)
        erp = self.firm.briefing.erp_config
        for module in erp.modules[:1] if erp else []:
            asked = f"Odoo module {module}"
            stage.expect(f"what nothing here can carry out stands there by name: {asked}", asked in sticky)
        pulls = await self.get("/pulls")
        paths = (
            [f["filename"] for f in await self.get(f"/pulls/{pulls[0]['number']}/files", per_page="100")]
            if pulls
            else []
        )
        previewed = sum("/preview/" in path for path in paths)
        stage.expect(
            f"the plan pull request holds plan, briefing and the {previewed} previewed files",
            {path.rsplit("/", 1)[-1] for path in paths} >= {"plan.json", "briefing.json"} and previewed,
        )
        return number

    async def approving(self, number: int) -> None:
        """4: two refusals and an approval."""
        stage = self.stage
        stage.scene(4, "Who may approve")
        line = f"/approve {await self.token(number)}"
        refused = await self.says(self.cast.mallory, number, line)
        stage.expect("the outsider is refused: no_role", "no_role" in refused)
        refused = await self.says(self.cast.anna, number, line)
        stage.expect("the author is refused: self_approval", "self_approval" in refused)
        stage.expect("nothing has been published", not (self.scene.site.root / "current").exists())

    async def running(self, number: int) -> None:
        """4 and 5: the approval that counts, and the run."""
        stage, cast = self.stage, self.cast
        issue = await self.get(f"/issues/{number}")
        case = case_key(cast.product.id, issue["node_id"])
        line = f"/approve {await self.token(number)}"
        stage.say(f"[bold]bert[/] comments [cyan]{line}[/]")
        stage.scene(5, "GitHub Actions carries it out")
        async with stage.watching(self.scene, case, "the real workflow runs on act") as seen:
            await cast.bert.comment(cast.product, number, line)
            await self.scene.settle(PATIENCE)
        stage.expect("the approval counted", "approval.given" in seen)
        stage.expect("two jobs claimed the leg, once each", seen.count("leg.claimed") == 2)
        stage.expect("the journal arrived while it ran", seen.count("leg.journalled") > 3)
        await self._website()

    async def _website(self) -> None:
        """The site as it is served: every page answers, all that the briefing names is there."""
        stage, url, briefing = self.stage, self.scene.site.url, self.firm.briefing
        found = await asyncio.to_thread(visit, url)
        shown = re.search(r"<title>([^<]*)</title>", found.pages.get(url, ""))
        stage.expect(f"{url} answers: “{shown[1] if shown else ''}”", shown)
        stage.expect(
            f"all its {len(found.pages)} pages and {len(found.pictures)} files of pictures answer",
            not found.broken and len(found.pages) >= len(briefing.website_config.pages),
        )
        wanted = names(briefing)
        lacking = found.lacks(wanted)
        stage.expect(
            f"what the briefing offers is named on them: {len(wanted)} things"
            + "".join(f", not {x}" for x in lacking),
            wanted and not lacking,
        )
        drawn = len(self.firm.pictures())
        if drawn:
            stage.expect(f"its {drawn} pictures are shown, in several sizes", len(found.pictures) > drawn)

    async def aftermath(self, number: int) -> None:
        """6: what stands on GitHub, and the evidence."""
        stage = self.stage
        stage.scene(6, "What stands on GitHub, and the evidence")
        sticky = (await self.comments(number))[0]
        stage.quote("millwright[bot]", sticky, 30)
        await self._checks()
        deployments = await self.get("/deployments")
        statuses = await self.get(f"/deployments/{deployments[0]['id']}/statuses") if deployments else []
        stage.expect(
            "the deployment succeeded and names the address",
            statuses
            and (statuses[0]["state"], statuses[0]["environment_url"]) == ("success", self.scene.site.url),
        )
        issue = await self.get(f"/issues/{number}")
        stage.expect("the issue is closed as completed", issue["state_reason"] == "completed")
        await self._evidence()

    async def _checks(self) -> None:
        pulls = await self.get("/pulls", state="all")
        runs = (await self.get(f"/commits/{pulls[0]['head']['sha']}/check-runs"))["check_runs"]
        rows: list[tuple[str, ...]] = []
        for run in runs:
            notes = await self.get(f"/check-runs/{run['id']}/annotations")
            rows.append((run["name"], str(run["conclusion"]), run["output"]["title"], f"{len(notes)} annotations"))
        self.stage.table("", ("check run", "conclusion", "title", ""), rows)
        named = {row[0]: row for row in rows}
        self.stage.expect(
            "the run's check run carries annotations",
            not named.get("millwright / run", ("0 ",))[-1].startswith("0 "),
        )
        self.stage.expect("the cost line is there", "USD" in named.get("millwright / cost", ("", "", ""))[2])

    async def _evidence(self) -> None:
        releases = await self.get("/releases")
        if not releases:
            self.stage.expect("an evidence pack is published", happened=False)
            return
        asset = releases[0]["assets"][0]
        answer = await self.cast.bert.http.ask("GET", asset["url"], Accept="application/octet-stream")
        pack = self.scene.folder / asset["name"]
        _, _, data = await asyncio.to_thread(fetch, answer.headers["Location"])
        pack.write_bytes(data)
        command = [sys.executable, "-m", "bot", "verify", str(pack), "--key", self.scene.keys.fingerprint]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        self.stage.say(f"[dim]$ millwright verify {asset['name']} --key {self.scene.keys.fingerprint[:20]}…[/]")
        for row in done.stdout.strip().splitlines()[:8]:
            self.stage.say(f"  {row}")
        self.stage.expect("the evidence pack is AUTHENTIC", done.returncode == 0 and "AUTHENTIC" in done.stdout)

    async def failing(self) -> None:
        """7: a second capability fails at its last step and is taken back."""
        stage, scene, cast = self.stage, self.scene, self.cast
        stage.scene(7, "A second capability fails at its last step")
        before = state(scene)
        scene.site.break_down()
        stage.say("the web server's configuration breaks: it answers 503")
        changed = re.sub(r'(primary_color: )"#\w+"', rf'\g<1>"{ALARM}"', self.firm.text)
        issue = await cast.anna.open_issue(
            cast.product, "New brand colour", issue_body(changed), ["capability:business"]
        )
        number, case = int(issue["number"]), case_key(cast.product.id, issue["node_id"])
        async with stage.watching(scene, case, "planning, previewing, executing, taking back") as seen:
            await scene.settle(PATIENCE)
            await cast.bert.comment(cast.product, number, f"/approve {await self.token(number)}")
            await scene.settle(PATIENCE)
        scene.site.mend()
        after = state(scene)
        stage.quote("millwright[bot]", (await self.comments(number))[0], 24)
        stage.table("", ("", "before", "after"), [(name, before[name], after[name]) for name in before])
        stage.expect("its last step failed", "step.failed" in seen)
        stage.expect("every operation was taken back", "step.rolled_back" in seen and before == after)
        labels = {label["name"] for label in (await self.get(f"/issues/{number}"))["labels"]}
        stage.expect("the issue says so: state:rolled_back", "state:rolled_back" in labels)


def state(scene: Scene) -> dict[str, str]:
    """What is served: the release, and what its first page is."""
    status, _, page = fetch(scene.site.url)
    root = scene.site.root
    return {
        "release": (root / "current").resolve().name,
        "stored releases": str(len(list((root / "releases").glob("*")))),
        "first page": f"{status} sha256:{hashlib.sha256(page).hexdigest()[:16]}",
    }
