"""Rate limits, as GitHub words them, and the log of requests."""

from pathlib import Path

from bot.sandbox.identity import installation_token
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
            clock.now += 0.5
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


async def test_a_burst_of_writes_is_refused_until_its_time_is_over(tmp_path: Path) -> None:
    clock = Clock()
    async with story(tmp_path, clock=clock, allowance=Allowance(is_secondary_on=True, scale=0.1)) as told:
        alice = told.person("alice")
        place = told.repository("alice/site")
        asked = [await alice.http.ask("POST", f"{place.path}/labels", {"name": f"l{n}"}) for n in range(4)]
        assert [answer.status for answer in asked] == [201, 201, 201, 403]
        wait = int(asked[3].headers["Retry-After"])  # in GitHub's seconds, of which each is a tenth here
        assert wait == 61
        clock.now += 5.9
        assert (await alice.http.ask("POST", f"{place.path}/labels", {"name": "x"})).status == 403
        assert (await alice.http.ask("GET", place.path)).status == 200
        clock.now += 0.2
        assert (await alice.http.ask("POST", f"{place.path}/labels", {"name": "x"})).status == 201
        assert told.sandbox.limits.of("user:alice").hits == 2


async def test_all_tokens_of_an_installation_share_its_limits_and_another_has_its_own(tmp_path: Path) -> None:
    async with story(tmp_path, clock=Clock(), allowance=Allowance(per_hour=3)) as told:
        app = told.app("tester", {"issues": "write"}, [])
        made = []
        for name in ("acme", "other"):
            owner = told.organisation(name)
            made.append((told.install(app, owner), told.repository(f"{name}/www")))
        world = told.sandbox.world
        clients = [told.client(installation_token(world, made[n][0]).value) for n in (0, 0, 1)]
        left = [(await client.ask("GET", "/rate_limit")).body["rate"]["remaining"] for client in clients]
        assert left == [3, 3, 3]  # which costs nothing
        left = [(await client.ask("GET", made[0][1].path)).headers["X-RateLimit-Remaining"] for client in clients]
        assert left == ["2", "1", "2"]


async def test_what_has_not_changed_costs_nothing_of_the_hour(tmp_path: Path) -> None:
    async with story(tmp_path, clock=Clock()) as told:
        alice = told.person("alice")
        place = told.repository("alice/site")
        first = await alice.http.ask("GET", place.path)
        again = await alice.http.ask("GET", place.path, If_None_Match=first.headers["ETag"])
        assert (again.status, told.sandbox.limits.of("user:alice").used) == (304, 1)
        assert told.sandbox.limits.of("user:alice").all_unchanged == 1


async def test_writes_are_counted_with_the_seconds_that_they_should_take(tmp_path: Path) -> None:
    async with story(tmp_path, clock=Clock()) as told:
        alice = told.person("alice")
        place = told.repository("alice/site")
        issue = await alice.open_issue(place, "Issue")
        await alice.http.ask("PUT", f"{place.path}/issues/{issue['number']}/labels", {"labels": ["bug"]})
        head = await place.head()
        await alice.http.ask("POST", f"{place.path}/git/refs", {"ref": "refs/heads/x", "sha": head})
        spent = told.sandbox.limits.of("user:alice")
        assert (spent.all_writes, spent.all_content, spent.spacing) == (3, 2, 5.0)


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
