"""The scene of demo and stories: a GitHub organisation, its people and repositories, the App, and the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.adapters.key_file import make_ring, read_ring
from bot.adapters.keys import SigningKeys
from bot.app import Running, now, start
from bot.cli._local_site import LocalSite
from bot.cli.demo.firms import Firm, every_firm
from bot.cli.demo.operations import Erp, environments, policy, workflow
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.people import Organisation, Participant
from bot.sandbox.places import Place
from bot.sandbox.state import App
from bot.sandbox.story import Story, begin
from bot.sandbox.web.shown import Shown
from bot.settings import Settings

SOURCE = Path(__file__).parents[3]
"""The checkout: `actions/` is not part of the installed packages."""

PERMISSIONS = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
}
EVENTS = [
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "member",
    "membership",
    "organization",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "team",
    "workflow_run",
]

RING = "millwright.key"
"""The file of the bot's key ring in the scene's folder."""


@dataclass(frozen=True)
class Cast:
    """People with different rights, the repositories, and the installed App."""

    organisation: Organisation
    anna: Participant
    """writes issues: role write"""
    bert: Participant
    """may approve: role maintain"""
    olga: Participant
    """the organisation's owner"""
    mallory: Participant
    """an outsider"""
    product: Place
    operations: Place
    app: App


@dataclass(frozen=True)
class Pace:
    """How the bot's time runs."""

    spacing: float = 0.0
    """seconds between its writes to GitHub"""
    scale: float = 1.0
    """the factor on all its waits, which the sandbox's limits may share"""


ACME = Firm("acme_briefing.yaml", "service_business_v1")
"""Whose scene it is where nothing else is said."""


@dataclass(frozen=True)
class Setting:
    """Whose scene it is; `erp` is an Odoo that its policy names, `defaults` the policy of its organisation."""

    firm: Firm = ACME
    erp: Erp | None = None
    defaults: str = ""
    shown: Shown | None = None
    """GitHub has pages for a browser, and this is on them"""


@dataclass
class Scene:
    """Everything that runs."""

    folder: Path
    story: Story
    cast: Cast
    firm: Firm
    site: LocalSite
    bot: Running
    keys: SigningKeys

    async def settle(self, seconds: float = 90) -> None:
        """Returns when neither GitHub nor the bot nor a runner has anything left to do.

        Raises TimeoutError that names what is still at work after `seconds`.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._calm()
        except TimeoutError:
            runs = [(run.id, run.status) for run in self.story.sandbox.actions.runs.values() if not run.is_over]
            parked = await self.bot.engine.parked()
            raise TimeoutError(f"still busy: {self.bot.engine.busy}, runs {runs}, parked {parked}") from None

    async def _calm(self) -> None:
        calm = 0
        while calm < 2:
            before = len(self.story.sandbox.requests)
            await self.story.sandbox.actions.settle()
            await self.story.settle()
            await self.bot.settle()
            calm = calm + 1 if len(self.story.sandbox.requests) == before else 0


async def _repositories(
    story: Story, anna: Participant, bert: Participant, text: str, setting: Setting
) -> tuple[Place, Place]:
    house, firms = setting.firm.login, every_firm() if setting.shown else [setting.firm]
    pictures = {path: data for firm in firms for path, data in firm.pictures().items()}
    product = story.repository(f"{house}/website", files={"README.md": "# website\n", **pictures})
    product.grant(anna, "write")
    product.grant(bert, "maintain")
    product.label("capability:business", "capability:service", "capability:change")
    operations = story.repository(f"{house}/millwright-ops", private=True, files={".github/millwright.yml": text})
    for name, values in environments(setting.erp).items():
        operations.environment(name, values, branch_policy="protected")
    return product, operations


def actions_source() -> dict[str, str | bytes]:
    """What the actions repository holds: the composite actions and the packages that they install."""
    found: dict[str, str | bytes] = {}
    for name in ("actions", "executors", "templates"):
        for path in sorted((SOURCE / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found[str(path.relative_to(SOURCE))] = path.read_bytes()
    return found


async def open_scene(
    folder: Path,
    *,
    runner: str = "inline",
    pace: Pace = Pace(),
    tools: Path | None = None,
    setting: Setting = Setting(),
) -> Scene:
    """A running scene.

    `runner` is how the sandbox runs workflows, `tools` the folder that self-hosted runners keep tools in.
    """
    story = await begin(folder / "github", shown=setting.shown)
    house, erp = setting.firm.login, setting.erp
    story.sandbox.actions.runner = runner
    story.sandbox.actions.workshop.tool_cache = tools
    web_root = folder / "www" / house
    web_root.parent.mkdir(parents=True)
    site = LocalSite(web_root)
    organisation = story.organisation(house)
    anna, bert, olga, mallory = (story.person(name) for name in ("anna", "bert", "olga", "mallory"))
    organisation.admit(olga, "admin")
    text = policy(site, web_root, erp, house=house)
    product, operations = await _repositories(story, anna, bert, text, setting)
    if setting.defaults:
        story.repository(f"{house}/.github", files={".github/millwright.yml": setting.defaults})
    story.organisation("millwright-dev")
    actions = story.repository("millwright-dev/millwright", files=actions_source())
    app = story.app("millwright", PERMISSIONS, EVENTS, organisation)
    make_ring(folder / RING, now())
    keys = SigningKeys(read_ring(folder / RING))
    bot = await start(settings(folder, story, app, pace))
    app.webhook_url = f"{bot.url}/github"
    generated = workflow(bot.url, keys, await actions.head(), erp)
    await olga.push(operations, {WORKFLOW: generated}, message="Add the workflow")
    story.install(app, organisation)
    cast = Cast(organisation, anna, bert, olga, mallory, product, operations, app)
    return Scene(folder, story, cast, setting.firm, site, bot, keys)


def settings(
    folder: Path, story: Story, app: App, pace: Pace, more: Mapping[str, str] = MappingProxyType({})
) -> Settings:
    """The bot's settings, read the way the server reads them; `more` are further variables."""
    key_file = folder / "app.pem"
    key_file.write_text(app.private_key)
    return Settings.read(
        {
            "GITHUB_API_URL": story.sandbox.url,
            "GITHUB_APP_ID": str(app.id),
            "GITHUB_PRIVATE_KEY_FILE": str(key_file),
            "GITHUB_WEBHOOK_SECRET": app.webhook_secret,
            "MILLWRIGHT_KEY_FILE": str(folder / RING),
            "MILLWRIGHT_DATABASE": f"sqlite:///{folder / 'millwright.db'}",
            "MILLWRIGHT_URL": "http://127.0.0.1:0",
            "MILLWRIGHT_LISTEN": "127.0.0.1:0",
            "MILLWRIGHT_METRICS": "127.0.0.1:0",
            "MILLWRIGHT_OIDC_ISSUER": story.sandbox.actions.issuer.url,
            "MILLWRIGHT_PACING": str(pace.spacing),
            "MILLWRIGHT_TIME_SCALE": str(pace.scale),
            **more,
        }
    )


async def close_scene(scene: Scene) -> None:
    """Stops everything, the bot last but one: GitHub stays until nobody asks it any more."""
    await scene.bot.stop()
    await scene.story.close()
    scene.site.stop()


@asynccontextmanager
async def on_stage(
    folder: Path, *, runner: str = "inline", pacing: float = 0.0, scale: float = 1.0
) -> AsyncIterator[Scene]:
    """A scene for the length of a block."""
    scene = await open_scene(folder, runner=runner, pace=Pace(pacing, scale))
    try:
        yield scene
    finally:
        await close_scene(scene)
