"""The clients that the house uses find their GitHub here."""

import asyncio

import aiohttp
import github
from gidgethub.aiohttp import GitHubAPI
from gidgethub.apps import get_installation_access_token, get_jwt

from tests.sandbox.conftest import World


async def test_gidgethub_gets_a_token_and_walks_pages(world: World) -> None:
    for number in range(3):
        await world.outsider.open_issue(world.widgets, f"Issue {number}")
    async with aiohttp.ClientSession() as session:
        api = GitHubAPI(session, "test", base_url=world.story.sandbox.url)
        made = await get_installation_access_token(
            api,
            installation_id=str(world.installation.id),
            app_id=str(world.app.id),
            private_key=world.app.private_key,
        )
        token = made["token"]
        path = f"{world.widgets.path}/issues?per_page=2"
        found = [issue["number"] async for issue in api.getiter(path, oauth_token=token)]
        assert found == [3, 2, 1]
        app = await api.getitem("/app", jwt=get_jwt(app_id=str(world.app.id), private_key=world.app.private_key))
        assert app["slug"] == "millwright"


async def test_pygithub_reads_files_and_opens_pull_requests(world: World) -> None:
    sha = await world.writer.push(world.widgets, {"images/logo.svg": "<svg/>\n"}, "feature")
    token = world.bot().token

    def with_pygithub() -> tuple[bytes, str]:
        api = github.Github(auth=github.Auth.Token(token), base_url=world.story.sandbox.url)
        place = api.get_repo("acme/widgets")
        file = place.get_contents("images/logo.svg", ref=sha)
        assert not isinstance(file, list)
        pull = place.create_pull(base="main", head="feature", title="Logo", body="")
        api.close()
        return file.decoded_content, pull.head.sha

    assert await asyncio.to_thread(with_pygithub) == (b"<svg/>\n", sha)
