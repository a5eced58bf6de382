"""Rate limits, as GitHub words them, and the log of requests."""

from pathlib import Path

from bot.sandbox.limits import Allowance
from bot.sandbox.story import story
from tests.sandbox.conftest import Clock, World


async def test_the_81st_comment_of_a_minute_is_refused_with_retry_after(tmp_path: Path) -> None:
    clock = Clock()
    async with story(tmp_path, clock=clock, allowance=Allowance(is_secondary_on=True)) as told:
        alice = told.person("alice")
        place = told.repository("alice/site")
        for number in range(80):
            await alice.open_issue(place, f"Issue {number}")
        answer = await alice.http.ask("POST", f"{place.path}/issues", {"title": "one too many"})
        assert answer.status == 403
        assert answer.body["message"].startswith("You have exceeded a secondary rate limit")
        clock.now += int(answer.headers["Retry-After"])
        assert (await alice.http.ask("POST", f"{place.path}/issues", {"title": "later"})).status == 201


async def test_900_points_a_minute_are_the_most(tmp_path: Path) -> None:
    allowance = Allowance(is_secondary_on=True, points_per_minute=7)
    async with story(tmp_path, clock=Clock(), allowance=allowance) as told:
        alice = told.person("alice")
        place = told.repository("alice/site")
        statuses = [(await alice.http.ask("GET", place.path)).status for _ in range(3)]
        statuses.append((await alice.http.ask("POST", f"{place.path}/issues", {"title": "x"})).status)
        assert statuses == [200, 200, 200, 429]


async def test_the_hourly_limit_counts_down_and_ends(tmp_path: Path) -> None:
    clock = Clock()
    async with story(tmp_path, clock=clock, allowance=Allowance(per_hour=2)) as told:
        alice = told.person("alice")
        left = [(await alice.http.ask("GET", "/user")).headers["X-RateLimit-Remaining"] for _ in range(2)]
        assert left == ["1", "0"]
        answer = await alice.http.ask("GET", "/user")
        assert (answer.status, answer.headers["X-RateLimit-Remaining"]) == (403, "0")
        clock.now += 3601
        assert (await alice.http.ask("GET", "/user")).status == 200


async def test_every_request_is_in_the_log(world: World) -> None:
    await world.bot().get(f"{world.widgets.path}/issues", state="all")
    await world.outsider.http.ask("POST", f"{world.vault.path}/issues", {"title": "x"})
    first, second = world.story.sandbox.requests
    assert (first.method, first.path, first.query, first.status) == (
        "GET",
        "/repos/acme/widgets/issues",
        "state=all",
        200,
    )
    assert first.identity == "installation:millwright[bot]"
    assert (second.status, second.identity, second.body) == (404, "user:outsider", b'{"title": "x"}')
