"""The town of chaos: firms on one sandbox GitHub, each with its installation, its repositories and its web root.

Bots are not part of it: they run in processes of their own and share the one listening socket that is opened here,
so that their address outlives each of them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.key_file import make_ring, read_ring
from bot.adapters.keys import SigningKeys
from bot.app import now
from bot.cli._local_site import LocalSite
from bot.cli.demo.operations import environments, policy, workflow
from bot.cli.demo.scene import EVENTS, PERMISSIONS, RING, actions_source
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.limits import Allowance
from bot.sandbox.people import Participant
from bot.sandbox.places import Place
from bot.sandbox.state import App
from bot.sandbox.story import Story, begin

BACKLOG = 512


@dataclass(frozen=True)
class Firm:
    """An organisation with its product's repository and the site that it deploys to."""

    name: str
    product: Place
    site: LocalSite


@dataclass
class Town:
    """Everything but the bots; `doors` is the socket that they accept from."""

    folder: Path
    story: Story
    app: App
    anna: Participant
    """writes issues"""
    bert: Participant
    """may approve"""
    mallory: Participant
    """an outsider who talks"""
    keys: SigningKeys
    doors: socket.socket
    firms: tuple[Firm, ...] = ()

    @property
    def url(self) -> str:
        """The bots' public address."""
        return f"http://127.0.0.1:{self.doors.getsockname()[1]}"

    def environ(self, database: str, replica: str, scale: float, pacing: float) -> dict[str, str]:
        """What a bot's environment says."""
        return {
            "GITHUB_API_URL": self.story.sandbox.url,
            "GITHUB_APP_ID": str(self.app.id),
            "GITHUB_PRIVATE_KEY_FILE": str(self.folder / "app.pem"),
            "GITHUB_WEBHOOK_SECRET": self.app.webhook_secret,
            "MILLWRIGHT_KEY_FILE": str(self.folder / RING),
            "MILLWRIGHT_DATABASE": database,
            "MILLWRIGHT_URL": self.url,
            "MILLWRIGHT_OIDC_ISSUER": self.story.sandbox.actions.issuer.url,
            "MILLWRIGHT_PACING": f"{pacing:.4f}",
            "MILLWRIGHT_TIME_SCALE": f"{scale:.4f}",
            "MILLWRIGHT_SWEEP": "4",
            "MILLWRIGHT_REPLICA": replica,
        }


@asynccontextmanager
async def town(folder: Path, firms: int, scale: float) -> AsyncIterator[Town]:
    """A town for the length of a block, with every limit of GitHub's, its windows shortened by `scale`."""
    story = await begin(folder / "github", allowance=Allowance(is_secondary_on=True, scale=scale))
    built = await _found(folder, story)
    try:
        source = story.repository("millwright-dev/millwright", files=actions_source())
        text = workflow(built.url, built.keys, await source.head())
        built.firms = tuple([_firm(built, f"firm{number}", text) for number in range(firms)])
        yield built
    finally:
        built.doors.close()
        await story.close()
        await asyncio.gather(*(asyncio.to_thread(firm.site.stop) for firm in built.firms))


async def _found(folder: Path, story: Story) -> Town:
    house = story.organisation("millwright-dev")
    app = story.app("millwright", PERMISSIONS, EVENTS, house)
    (folder / "app.pem").write_text(app.private_key)
    make_ring(folder / RING, now())
    (folder / "www").mkdir()
    anna, bert, mallory = (story.person(name) for name in ("anna", "bert", "mallory"))
    doors = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    doors.setblocking(False)
    made = Town(folder, story, app, anna, bert, mallory, SigningKeys(read_ring(folder / RING)), doors)
    app.webhook_url = f"{made.url}/github"
    return made


def _firm(town: Town, name: str, text: str) -> Firm:
    story, root = town.story, town.folder / "www" / name
    organisation = story.organisation(name)
    product = story.repository(f"{name}/website")
    product.grant(town.anna, "write")
    product.grant(town.bert, "maintain")
    product.label("capability:business")
    site = LocalSite(root)
    rules = policy(site, root).replace("acme/", f"{name}/")
    files: dict[str, str | bytes] = {".github/millwright.yml": rules, WORKFLOW: text}
    operations = story.repository(f"{name}/millwright-ops", private=True, files=files)
    for place, values in environments(None).items():
        operations.environment(place, values, branch_policy="protected")
    story.install(town.app, organisation)
    return Firm(name, product, site)
