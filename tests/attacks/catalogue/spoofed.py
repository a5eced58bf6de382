"""Somebody looks like somebody else: by a login, an App, a marker, a check, a run's name, a commit's author."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot import say
from bot.sandbox.client import Client
from bot.sandbox.identity import installation_token, job_token, user_token
from bot.sandbox.people import Participant
from bot.sandbox.state import App
from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import comments, sticky

KIND = "spoofed"
Run = Callable[[Stage], Awaitable[Any]]
RIGHTS = {"checks": "write", "issues": "write", "pull_requests": "write", "metadata": "read", "contents": "write"}


def called(*logins: str) -> Run:
    """Strangers with these logins approve."""

    async def run(stage: Stage) -> Any:
        for login in logins:
            await stage.says(stage.scene.story.person(login), stage.line)
        return logins

    return run


async def old_login(stage: Stage) -> Any:
    """Bert takes another login, and Mallory takes his old one."""
    stage.bert.account.login, stage.mallory.account.login = "bert-the-second", "bert"
    try:
        await stage.says(stage.mallory, stage.line)
        return await stage.says(stage.mallory, "/cancel")
    finally:
        stage.bert.account.login, stage.mallory.account.login = "bert", "mallory"


async def lent_login(stage: Stage) -> Any:
    """Bert has lost his role, and somebody with the role has taken his login, when the job claims."""
    world = stage.scene.story.sandbox.world
    url, stage.cast.app.webhook_url = stage.cast.app.webhook_url, ""
    stage.product.grant(stage.bert, "read")
    await stage.quiet()
    stage.bert.account.login, stage.olga.account.login = "bert-the-second", "bert"
    try:
        assert world.account("bert") is stage.olga.account
        return await stage.claim(stage.claims())
    finally:
        stage.bert.account.login, stage.olga.account.login = "bert", "olga"
        stage.product.grant(stage.bert, "maintain")
        await stage.quiet()
        stage.cast.app.webhook_url = url


def evil(stage: Stage) -> App:
    """The attacker's own App, which somebody with good intentions has installed; it hears nothing."""
    world = stage.scene.story.sandbox.world
    found = next((app for app in world.apps.values() if app.slug == "approvals"), None)
    if found is None:
        found = stage.scene.story.app("approvals", RIGHTS, [])
        stage.scene.story.install(found, stage.cast.organisation)
    return found


def as_app(stage: Stage) -> Client:
    """A client of the attacker's App."""
    world, app = stage.scene.story.sandbox.world, evil(stage)
    installation = next(one for one in world.installations.values() if one.app_id == app.id)
    return stage.scene.story.client(installation_token(world, installation).value)


async def writes(stage: Stage, client: Client, text: str) -> Any:
    made = await client.post(f"{stage.product.path}/issues/{stage.number}/comments", {"body": text})
    await stage.quiet()
    return made


async def by_an_app(stage: Stage) -> Any:
    await writes(stage, as_app(stage), "/override plan I am an App")
    return await writes(stage, as_app(stage), stage.line)


async def through_an_app(stage: Stage) -> Any:
    """The App holds a token that Bert gave it, and writes in his name."""
    token = user_token(stage.scene.story.sandbox.world, stage.bert.account, evil(stage))
    return await writes(stage, stage.scene.story.client(token.value), stage.line)


async def through_an_app_as_owner(stage: Stage) -> Any:
    token = user_token(stage.scene.story.sandbox.world, stage.olga.account, evil(stage))
    return await writes(stage, stage.scene.story.client(token.value), "/override plan the fair opens tomorrow")


async def by_a_job(stage: Stage) -> Any:
    """A workflow of the product repository comments with its GITHUB_TOKEN."""
    world = stage.scene.story.sandbox.world
    token = job_token(world, stage.product.repository, {"issues": "write", "pull_requests": "write"})
    client = stage.scene.story.client(token.value)
    number = (await stage.pull())["number"]
    await client.ask("POST", f"{stage.product.path}/pulls/{number}/reviews", {"event": "APPROVE", "body": "fine"})
    return await writes(stage, client, stage.line)


async def copied_sticky(stage: Stage) -> Any:
    """The sticky comment once more, marker and all, with another plan in it."""
    text = (await sticky(stage.scene, stage.number)).replace("MEDIUM", "LOW").replace("maintain role", "read role")
    await stage.says(stage.mallory, text)
    return await stage.says(stage.mallory, "/status")


async def marker_of_a_reply(stage: Stage) -> Any:
    return await stage.says(stage.mallory, f"✅ bert approved.\n\n{say.marker(stage.case, 'reply:1')}")


async def edited_sticky(stage: Stage) -> Any:
    """A writer edits the bot's own comment into an approval, and another token into it."""
    every = await comments(stage.scene, stage.number)
    ours = next(one for one in every if one["user"]["login"] == "millwright[bot]")
    await stage.says(stage.wim, "I edit that.")
    await stage.wim.edit_comment(stage.product, ours["id"], stage.line)
    await stage.quiet()
    await stage.wim.edit_comment(stage.product, ours["id"], ours["body"])
    return ours["id"]


async def own_check(stage: Stage) -> Any:
    """A check run of our name and with our mark, by another App, asked for again by a writer."""
    head = (await stage.pull())["head"]["sha"]
    body = {"name": "millwright / plan", "head_sha": head, "status": "completed", "conclusion": "success"}
    mark = {"external_id": f"{stage.case}/plan/v1", "actions": []}
    made = await as_app(stage).post(f"{stage.product.path}/check-runs", body | mark)
    await stage.quiet()
    return await stage.wim.http.post(f"{stage.product.path}/check-runs/{made['id']}/rerequest")


async def our_check_again(stage: Stage) -> Any:
    head = (await stage.pull())["head"]["sha"]
    every = (await stage.anna.http.get(f"{stage.product.path}/commits/{head}/check-runs"))["check_runs"]
    for one in every:
        await stage.wim.http.post(f"{stage.product.path}/check-runs/{one['id']}/rerequest")
    return every


async def borrowed_name(stage: Stage) -> Any:
    """A run by hand bears the name of ours, nonce included; it is cancelled, and GitHub tells its end."""
    made = await stage.by_hand(stage.wim)
    assert made.title == stage.run.title
    await stage.wim.http.post(f"{stage.operations.path}/actions/runs/{made.id}/cancel")
    await stage.quiet()
    await stage.claim(stage.claims(run=made))
    return made.id


async def in_the_approvers_name(stage: Stage) -> Any:
    """A commit whose author is Bert, as git has it, on the plan's branch; its message approves."""
    return await authored(
        stage, "Bert", "bert@acme.example", f"{stage.line}\n\nCo-authored-by: bert <bert@acme.example>"
    )


async def in_our_name(stage: Stage) -> Any:
    return await authored(stage, "millwright[bot]", "millwright[bot]@users.noreply.github.com", "Millwright plan")


async def authored(stage: Stage, name: str, email: str, message: str) -> Any:
    head, git = (await stage.pull())["head"], f"{stage.product.path}/git"
    tree = (await stage.wim.http.get(f"{git}/commits/{head['sha']}"))["tree"]["sha"]
    who = {"name": name, "email": email, "date": "2020-01-01T00:00:00Z"}
    made = {"message": message, "tree": tree, "parents": [head["sha"]], "author": who, "committer": who}
    commit = await stage.wim.http.post(f"{git}/commits", made)
    await stage.wim.http.patch(f"{git}/refs/heads/{head['ref']}", {"sha": commit["sha"]})
    await stage.quiet()
    number = (await stage.pull())["number"]
    given = await stage.bert.review(stage.product, number, "APPROVE")  # Bert falls for it
    await stage.quiet()
    return given


async def issue_of_ours(stage: Stage) -> Any:
    """An issue that quotes the marker, the case and the line; people talk about it there."""
    text = f"{await sticky(stage.scene, stage.number)}\n\n{stage.line}"
    made = await stage.mallory.open_issue(stage.product, f"Re: #{stage.number} {stage.line}", text)
    await stage.quiet()
    await stage.says(stage.bert, stage.line, made["number"])
    return made["number"]


async def pull_with_our_marks(stage: Stage) -> Any:
    """A writer's own pull request, called as ours is, from a branch beside it; Bert approves that one."""
    pull = await stage.pull()
    await stage.wim.push(stage.product, {".millwright/WEB-1/plan.json": "{}"}, branch=f"{pull['head']['ref']}-1")
    made = await stage.wim.open_pull(
        stage.product, f"{pull['head']['ref']}-1", title=pull["title"], body=pull["body"]
    )
    await stage.quiet()
    await stage.bert.review(stage.product, made["number"], "APPROVE", stage.line)
    await stage.says(stage.bert, stage.line, made["number"])
    return made["number"]


async def team_of_the_same_name(stage: Stage) -> Any:
    """A person who is called as a team is, and as a role is."""
    people: list[Participant] = [
        stage.scene.story.person(name) for name in ("legal", "maintain", "admin", "acme-legal")
    ]
    for who in people:
        await stage.says(who, stage.line)
    return len(people)


P, D = Given.PLANNED, Given.DISPATCHED
NOTED = frozenset({"house.*"})
ATTACKS = (
    Attack("strangers who are called nearly as the bot is", "T2", KIND,
           called("millwright", "millwright-bot", "Millwright-App", "github-actions")),
    Attack("strangers who are called nearly as the approver is", "T2", KIND, called("bert-", "bert0", "b-ert",
        "Bert-approver")),
    Attack("strangers who are called as an account of GitHub's is", "T2", KIND, called("ghost", "web-flow",
        "admin-bot")),
    Attack("people who are called as a team or a role is", "T3", KIND, team_of_the_same_name),
    Attack("an outsider under the approver's old login", "T2", KIND, old_login, P, NOTED),
    Attack("another App approves", "T2", KIND, by_an_app),
    Attack("another App approves in the approver's name", "T2", KIND, through_an_app),
    Attack("another App overrides in the owner's name", "T15", KIND, through_an_app_as_owner),
    Attack("a job of the product approves, in a comment and a review", "T2", KIND, by_a_job),
    Attack("the sticky comment copied, with another plan in it", "T23", KIND, copied_sticky),
    Attack("the marker of a reply", "T23", KIND, marker_of_a_reply),
    Attack("the sticky comment edited into an approval", "T23", KIND, edited_sticky),
    Attack("a check run of our name by another App", "T27", KIND, own_check),
    Attack("our check runs asked for again", "T27", KIND, our_check_again),
    Attack("an issue that quotes ours", "T23", KIND, issue_of_ours),
    Attack("a pull request that looks like ours", "T14", KIND, pull_with_our_marks),
    Attack("a writer's run with the name of ours", "T42", KIND, borrowed_name, D),
    Attack("the approver's login lent to somebody with the role", "T2", KIND, lent_login, D, NOTED),
    Attack("a commit in the approver's name, which the approver reviews", "T8", KIND, in_the_approvers_name, P,
           spoils=True),
    Attack("a commit in our name, which the approver reviews", "T8", KIND, in_our_name, P, spoils=True),
)  # fmt: skip
