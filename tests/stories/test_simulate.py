"""What `millwright simulate` foresees is what then happens; and foreseeing it leaves no trace anywhere."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.__main__ import main
from bot.adapters.github.reading import OnlyReads, looking
from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import AppIdentity
from bot.app import TIMEOUT
from bot.cli.demo.scene import Scene
from bot.domain.case import Case
from bot.domain.fold import fold, needed_blobs
from bot.domain.ledger import Line
from bot.domain.people import Repo
from bot.ports import CheckText, GitHub, NewAnchor
from bot.sandbox.people import Participant
from tests.stories.words import bot_comments, carried_out, newcomer, planned, pulls, says
from tests.stories.world import change_policy

Simulate = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def simulate(scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Simulate:
    """The command with the variables of the scene's bot; its exit code and JSON."""
    settings = scene.bot.settings
    for name, value in {
        "GITHUB_API_URL": settings.api_url,
        "GITHUB_APP_ID": settings.app_id,
        "GITHUB_PRIVATE_KEY": settings.private_key,
        "GITHUB_WEBHOOK_SECRET": settings.webhook_secret,
        "MILLWRIGHT_DATABASE": settings.database,
        "MILLWRIGHT_URL": settings.url,
    }.items():
        monkeypatch.setenv(name, value)

    async def call(number: int, actor: str, *more: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        where = ("--issue", f"acme/website#{number}", "--actor", actor, "--json")
        code = await asyncio.to_thread(main, ["simulate", *where, *more])
        said = capsys.readouterr()
        assert not said.err
        return code, json.loads(said.out)

    return call


@dataclass(frozen=True)
class Pair:
    """Somebody, what they say (TOKEN is the plan's), and the reason code that it meets."""

    who: str
    says: str
    code: str | None
    outcome: str = "refused"


PAIRS = (
    Pair("bert", "/approve TOKEN", "counts", "counts"),
    Pair("anna", "/approve TOKEN", "self_approval"),
    Pair("mallory", "/approve TOKEN", "no_role"),
    Pair("wim", "/approve TOKEN", "no_role"),
    Pair("bert", "/approve v1-000000000000", "approval_stale"),
    Pair("bert", "/approve", "token_missing"),
    Pair("bert", "/approve compliance TOKEN", "gate_unknown"),
    Pair("olga", "/override plan the fair opens tomorrow", "override", "counts"),
    Pair("bert", "/override plan I am in a hurry", "no_role"),
    Pair("bert", "/reject the phone number is wrong", None, "done"),
    Pair("wim", "/rollback", "wrong_phase"),
    Pair("anna", "/plan", "same_plan"),
    Pair("bert", "/deploy", None),
    Pair("bert", "Looks good to me.", None, "ignored"),
    Pair("mallory", "/status", None, "done"),
    Pair("bert", "/hold until Monday", None, "done"),
)


def people(scene: Scene) -> dict[str, Participant]:
    """The cast by login, and Wim, who may write and not decide."""
    cast = scene.cast
    return {
        who.login: who for who in (cast.anna, cast.bert, cast.olga, cast.mallory, newcomer(scene, "wim", "write"))
    }


async def lines_of(scene: Scene, key: str) -> list[Line]:
    return await scene.bot.store.lines(key)


async def folded(scene: Scene, key: str, lines: list[Line]) -> Case:
    """The case as so many lines of its ledger tell it."""
    blobs = {digest: await scene.bot.store.blob(digest) for digest in needed_blobs(lines)}
    found = fold(key, lines, blobs.get)
    assert found is not None
    return found


def words(text: str) -> str:
    """A comment without its hidden marker."""
    return re.sub(r"<!-- millwright:\w+ -->", "", text).strip()


async def compare(scene: Scene, foreseen: dict[str, Any], before: int, number: int) -> None:
    """What was foreseen against ledger, phase and comments as they are now."""
    key, recorded = foreseen["simulated"]["case"], foreseen["effects"]["recorded"]
    lines = await lines_of(scene, key)
    decided = lines[before : before + len(recorded)]
    assert [(one["type"], one["actor"], one["reason"]) for one in recorded] == [
        (line.entry.type, line.entry.actor.login, line.entry.reason) for line in decided
    ]
    assert foreseen["phase"]["after"] == (await folded(scene, key, lines[: before + len(recorded)])).phase.value
    if foreseen["outcome"]["name"] == "ignored":
        assert len(lines) == before
    replies = [one for one in foreseen["effects"]["said"] if one["to"] == "reply"]
    for one in replies:
        assert one["text"] in [words(text) for text in await bot_comments(scene, one["number"])]


@pytest.mark.parametrize("nth", range(4))
async def test_what_is_foreseen_is_what_happens_when_it_is_said(
    scene: Scene, simulate: Simulate, nth: int
) -> None:
    known = people(scene)
    for pair in PAIRS[nth::4]:
        number, line = await planned(scene)
        said = pair.says.replace("TOKEN", line.split()[1])
        code, foreseen = await simulate(number, pair.who, "--command", said)
        assert (foreseen["outcome"]["name"], foreseen["outcome"]["code"]) == (pair.outcome, pair.code), pair
        assert code == (0 if pair.outcome in {"counts", "done"} else 1)
        before = len(await lines_of(scene, foreseen["simulated"]["case"]))
        heard = len(await bot_comments(scene, number))
        answer = await says(scene, known[pair.who], number, said)
        await compare(scene, foreseen, before, number)
        if pair.outcome == "refused" and pair.code:
            assert f"`{pair.code}`" in answer
        if pair.outcome == "ignored":
            assert len(await bot_comments(scene, number)) == heard


async def test_a_review_is_foreseen_like_a_comment(scene: Scene, simulate: Simulate) -> None:
    await change_policy(scene, "approval:\n  MEDIUM: {count: 2}\n")
    number, _ = await planned(scene)
    pull = (await pulls(scene))[0]["number"]
    known = people(scene)
    for who, review, code, outcome in (
        ("anna", "approved", "self_approval", "refused"),
        ("wim", "changes_requested", None, "ignored"),
        ("bert", "approved", "counts", "counts"),
        ("bert", "changes_requested", "objected", "counts"),
    ):
        exit_code, foreseen = await simulate(number, who, "--review", review)
        assert (foreseen["outcome"]["name"], foreseen["outcome"]["code"]) == (outcome, code), (who, review)
        assert exit_code == (0 if outcome == "counts" else 1)
        before = len(await lines_of(scene, foreseen["simulated"]["case"]))
        event = {"approved": "APPROVE", "changes_requested": "REQUEST_CHANGES"}[review]
        await known[who].review(scene.cast.product, pull, event, "as I see it")
        await scene.settle()
        await compare(scene, foreseen, before, number)


async def test_the_tree_has_the_word_in_it_beside_what_was_said_before(scene: Scene, simulate: Simulate) -> None:
    await change_policy(scene, "approval:\n  MEDIUM: {count: 2}\n")
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    _, foreseen = await simulate(number, "olga", "--command", line)
    assert foreseen["schema"] == "millwright/decision/v1"
    assert (foreseen["gate"], foreseen["plan"], foreseen["passed"]) == ("plan", line.split()[1], True)
    tree = foreseen["verdict"]
    assert (tree["because"], tree["code"]) == ("2 of 2 approvals", "enough")
    assert [child["because"].split("'")[0] for child in tree["children"]] == ["bert", "olga"]
    assert {child["code"] for child in tree["children"]} == {"counts"}
    assert foreseen["effects"]["dispatched"][0]["verb"] == "execute"
    assert foreseen["effects"]["checks"][0]["conclusion"] == "success"


async def test_supposed_rights_are_asked_of_nobody_and_said_aloud(
    scene: Scene, simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "gates:\n  - name: compliance\n    before: production\n    approvers: {teams: [legal]}\n"
    scene.cast.organisation.team("legal", newcomer(scene, "clara", "read"))
    await change_policy(scene, rule)
    number, line = await planned(scene)
    code, foreseen = await simulate(number, "mallory", "--command", line)
    assert (code, foreseen["outcome"]["code"], foreseen["simulated"]["hypothetical"]) == (1, "no_role", None)
    code, foreseen = await simulate(number, "mallory", "--command", line, "--as-role", "maintain")
    assert (code, foreseen["outcome"]["code"]) == (0, "counts")
    assert foreseen["simulated"]["hypothetical"] == {"role": "maintain", "teams": None}
    code, foreseen = await simulate(number, "bert", "--command", line, "--as-role", "read")
    assert (code, foreseen["outcome"]["code"]) == (1, "no_role"), "less than GitHub says can be supposed too"

    await says(scene, scene.cast.bert, number, line)
    at_gate = line.replace("/approve", "/approve compliance")
    code, foreseen = await simulate(number, "olga", "--command", at_gate)
    assert (code, foreseen["gate"], foreseen["outcome"]["code"]) == (1, "compliance", "no_role")
    code, foreseen = await simulate(number, "olga", "--command", at_gate, "--team", "legal")
    assert (code, foreseen["gate"], foreseen["passed"]) == (0, "compliance", True)
    assert foreseen["verdict"]["code"] == "enough", "the tree is of the gate that was decided at"
    code, foreseen = await simulate(number, "clara", "--command", at_gate, "--team", "sales")
    assert (code, foreseen["outcome"]["code"]) == (1, "no_role"), "of no other team than the supposed ones"

    where = ["--issue", f"acme/website#{number}", "--actor", "olga", "--command", at_gate, "--team", "legal"]
    assert await asyncio.to_thread(main, ["simulate", *where]) == 0
    page = capsys.readouterr().out
    assert page.startswith("HYPOTHETICAL: olga is supposed to have: member of legal")
    assert "It would count (counts)." in page
    assert "olga: approved v1 at the gate compliance" in page
    assert "✓ 1 of 1 approvals [enough]" in page


async def test_an_approval_at_a_later_time_is_judged_at_that_time(scene: Scene, simulate: Simulate) -> None:
    await change_policy(scene, "approval:\n  MEDIUM: {count: 2}\n")
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    _, foreseen = await simulate(number, "olga", "--command", line, "--at", "2199-01-01T00:00:00Z")
    assert [child["code"] for child in foreseen["verdict"]["children"]] == ["expired", "counts"]
    assert foreseen["phase"]["after"] == "validated"


async def test_a_policy_that_cannot_be_read_is_named_with_its_faults(
    scene: Scene, simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    number, line = await planned(scene)
    await change_policy(scene, "moods: sunny\n")
    code, foreseen = await simulate(number, "bert", "--command", line)
    assert (code, foreseen["outcome"]["code"], foreseen["verdict"]["code"]) == (1, "no_policy", "no_policy")
    assert any("moods" in fault for fault in foreseen["policy_faults"])
    where = ["simulate", "--issue", f"acme/website#{number}", "--command", line]
    assert await asyncio.to_thread(main, [*where, "--actor", "bert"]) == 1
    page = capsys.readouterr().out
    assert "It would be refused (no_policy)" in page
    assert ".github/millwright.yml:" in page


async def test_an_id_decides_and_a_name_is_only_shown(
    scene: Scene, simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    number, line = await planned(scene)
    code, foreseen = await simulate(number, f"bert:{scene.cast.bert.id}", "--command", line)
    assert (code, foreseen["outcome"]["code"]) == (0, "counts")
    code, foreseen = await simulate(number, f"bert:{scene.cast.bert.id + 100}", "--command", line)
    assert (code, foreseen["outcome"]["code"]) == (1, "no_role"), "somebody else who bears that name by now"
    code, foreseen = await simulate(number, "millwright[bot]", "--command", line)
    assert (code, foreseen["outcome"]["name"]) == (1, "ignored"), "the bot does not hear itself"
    where = ["simulate", "--issue", f"acme/website#{number}", "--command", line]
    assert await asyncio.to_thread(main, [*where, "--actor", "nobody-at-all"]) == 2
    assert "GitHub knows nobody of that name" in capsys.readouterr().err


def held(scene: Scene) -> dict[str, str]:
    """Every file of the database by its digest, but for the index of the log, which holds locks and no data."""
    found = sorted(path for path in scene.folder.iterdir() if path.is_file() and not path.name.endswith("-shm"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


async def test_foreseeing_leaves_no_trace(scene: Scene, simulate: Simulate) -> None:
    number, line = await planned(scene)
    said = await bot_comments(scene, number)
    files, asked, sent = held(scene), len(scene.story.sandbox.requests), len(scene.story.sandbox.webhooks.log)
    for who, words in (("bert", line), ("anna", line), ("olga", "/override plan now"), ("bert", "/reject no")):
        await simulate(number, who, "--command", words)
    await simulate(number, "bert", "--review", "approved")
    requests = scene.story.sandbox.requests[asked:]
    assert held(scene) == files
    assert len(scene.story.sandbox.webhooks.log) == sent
    assert await bot_comments(scene, number) == said
    tokens = [one for one in requests if one.path.endswith("/access_tokens")]
    assert tokens
    assert {one.method for one in tokens} == {"POST"}
    assert {level for one in tokens for level in json.loads(one.body)["permissions"].values()} == {"read"}
    assert {one.method for one in requests if one not in tokens} == {"GET"}
    await scene.settle()
    assert held(scene) == files, "nor is anything done later"


async def test_a_stopped_bots_database_is_read_and_gets_no_file_beside_it(
    scene: Scene, simulate: Simulate
) -> None:
    number, line = await planned(scene)
    await scene.bot.stop()
    before, names = held(scene), sorted(path.name for path in scene.folder.iterdir())
    code, _ = await simulate(number, "bert", "--command", line)
    assert code == 0
    assert (held(scene), sorted(path.name for path in scene.folder.iterdir())) == (before, names)


READING = {
    *(
        "repository",
        "find_repository",
        "role",
        "teams_of",
        "file",
        "file_in",
        "folder",
        "issue",
        "comment",
        "review",
    ),
    *("find_comment", "pull_files", "find_run", "run", "jobs", "job_of_check", "artifact", "download"),
    *("token", "bot_user", "installation_state", "repository_state", "pull_now", "anchor_now", "look_for"),
    *("look_anew", "installations", "reached", "labelled", "deliveries"),
}


def writing(
    github: GitHubRest, repo: Repo, number: int, head: str, deployment: int
) -> dict[str, Callable[[], Awaitable[object]]]:
    """A call of every method that changes something, each one that GitHub would take."""
    check = CheckText("x", "x", "x", "", "x", "completed", "success")
    return {
        "create_comment": lambda: github.create_comment(repo, number, "hello"),
        "edit_comment": lambda: github.edit_comment(repo, 1, "hello"),
        "react": lambda: github.react(repo, number, None, "+1"),
        "set_state_label": lambda: github.set_state_label(repo, number, "draft"),
        "close_issue": lambda: github.close_issue(repo, number, "completed", "cancelled"),
        "put_branch": lambda: github.put_branch(repo, "x", {"x": b"x"}, "x"),
        "open_pull": lambda: github.open_pull(repo, "x", "x", "x"),
        "close_pull": lambda: github.close_pull(repo, number),
        "put_check": lambda: github.put_check(repo, head, check, None),
        "dispatch": lambda: github.dispatch(repo, "x.yml", "main", {"nonce": "0" * 32}),
        "cancel_run": lambda: github.cancel_run(repo, 1),
        "deployment": lambda: github.deployment(repo, head, "production", "x"),
        "deployment_status": lambda: github.deployment_status(repo, deployment, "failure", ""),
        "publish": lambda: github.publish(repo, "x", "x.zip", b"x"),
        "put_anchor": lambda: github.put_anchor(
            repo, NewAnchor("refs/millwright/1/x", {"x": b"x"}, "x", base=None, parent=None, is_there=False)
        ),
        "redeliver": lambda: github.redeliver(1),
    }


async def test_nothing_that_changes_github_leaves(scene: Scene) -> None:
    number = await carried_out(scene)
    settings, product = scene.bot.settings, scene.cast.product.repository
    case = await scene.bot.store.find(f"issue:{product.id}:{number}")
    assert case is not None
    repo = (await folded(scene, case, await lines_of(scene, case))).repo
    deployment = (await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments"))[0]["id"]
    asked = len(scene.story.sandbox.requests)
    async with looking(AppIdentity(settings.app_id, settings.private_key, settings.api_url), TIMEOUT) as session:
        calls = writing(GitHubRest(session), repo, number, await scene.cast.product.head(), deployment)
        methods = {name for name in vars(GitHub) if not name.startswith("_")}
        assert set(calls) == methods - READING, "every method either reads or is refused here"
        for name, call in calls.items():
            with pytest.raises(OnlyReads, match=r"(POST|PATCH|PUT|DELETE) /"):
                await call()
            assert name not in READING
        for method in ("PATCH", "PUT", "DELETE", "HEAD", "POST"):
            with pytest.raises(OnlyReads):
                await session.http.request(method, f"{settings.api_url}/repos/acme/website")
        url = f"{settings.api_url}/app/installations/{repo.installation}/access_tokens"
        for wide in ({"permissions": {"issues": "write"}}, {"permissions": {}}, {}):
            with pytest.raises(OnlyReads):
                await session.http.post(url, json=wide)
    left = scene.story.sandbox.requests[asked:]
    assert {one.method for one in left if not one.path.endswith("/access_tokens")} <= {"GET"}
