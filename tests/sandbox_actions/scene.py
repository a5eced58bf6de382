"""A small organisation with an operations repository and an actions repository, for tests of the runners."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.actions.model import Run
from bot.sandbox.git import Git, Person
from bot.sandbox.identity import installation_token, user_token
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Account, App, Environment, Installation, Repository

WORKFLOW = ".github/workflows/millwright.yml"
UPLOAD = "actions/upload-artifact@" + "2" * 40
HEAD = """\
name: Millwright
run-name: "millwright ${{ inputs.case }} ${{ inputs.leg }} ${{ inputs.nonce }}"
on:
  workflow_dispatch:
    inputs:
      case: {required: true, type: string}
      leg: {required: true, type: string}
      nonce: {required: true, type: string}
permissions: {}
"""
INPUTS = {"case": "C1", "leg": "L1", "nonce": "N1"}
# Asks for an OIDC token as a client does; curl is not on every machine.
ASK = (
    'python3 -I -c \'import json,os,sys,urllib.request as u;r=u.Request(os.environ["ACTIONS_ID_TOKEN_REQUEST_URL"]'
    '+"&audience=millwright",headers={"Authorization":"Bearer "+os.environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]});'
    'print("token="+json.load(u.urlopen(r))["value"])\''
)


@dataclass
class Scene:
    """A running sandbox with its people and repositories."""

    sandbox: Sandbox
    org: Account
    alice: Account
    reader: Account
    app: App
    installation: Installation
    ops: Repository
    tools: Repository
    tools_sha: str = ""
    session: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    async def commit(self, repository: Repository, branch: str, files: Mapping[str, str]) -> str:
        """Put files onto a branch, made from the default branch where it is new."""
        git: Git = self.sandbox.git(repository)
        base = await git.sha(branch) or await git.sha(repository.default_branch)
        changes = [(path, "100644", await git.create_blob(text.encode())) for path, text in files.items()]
        assert base is not None
        person = (await git.commit(base)).author
        sha = await git.create_commit(await git.create_tree(base, changes), [base], "change", person, person)
        await git.update_ref(f"refs/heads/{branch}", sha)
        return sha

    async def workflow(self, jobs: str, branch: str = "main") -> str:
        """Put a workflow of our shape with these jobs onto a branch."""
        return await self.commit(self.ops, branch, {WORKFLOW: HEAD + jobs.replace("TOOLS_SHA", self.tools_sha)})

    async def run(self, jobs: str, **inputs: str) -> Run:
        """Dispatch these jobs as the App's bot and wait until they are over."""
        await self.workflow(jobs)
        run = await self.dispatch(**inputs)
        await asyncio.wait_for(self.sandbox.actions.settle(), 60)
        return run

    async def dispatch(self, ref: str = "main", **inputs: str) -> Run:
        """Dispatch as the App's bot."""
        bot = self.sandbox.world.accounts[self.app.bot_id]
        return await self.sandbox.actions.dispatch(self.ops, "millwright.yml", ref, INPUTS | inputs, bot)

    async def call(self, method: str, path: str, by: Account | None = None, **body: Any) -> tuple[int, Any]:
        """Ask the operations repository's API as a person, or as the App's installation."""
        world = self.sandbox.world
        token = user_token(world, by) if by else installation_token(world, self.installation)
        headers = {"Authorization": f"Bearer {token.value}"}
        url = f"{self.sandbox.url}/repos/acme/ops/actions{path}"
        async with self.session.request(
            method, url, headers=headers, json=body or None, allow_redirects=False
        ) as answer:
            if answer.status == 302:
                return 302, answer.headers["Location"]
            text = await answer.text()
            return answer.status, await answer.json() if text else None


def _account(sandbox: Sandbox, login: str, kind: str = "User") -> Account:
    account = Account(sandbox.world.next_id(), login, kind, sandbox.world.now())
    sandbox.world.accounts[account.id] = account
    return account


async def _repository(
    sandbox: Sandbox, owner: Account, name: str, files: Mapping[str, str]
) -> tuple[Repository, str]:
    now = sandbox.world.now()
    made = Repository(sandbox.world.next_id(), owner.id, name, True, now, now, now)
    sandbox.world.repositories[made.id] = made
    git = sandbox.git(made)
    git.path.mkdir(parents=True)
    await git.run("init", "-q", "--bare", "--initial-branch=main")
    changes = [(path, "100644", await git.create_blob(text.encode())) for path, text in files.items()]
    person = Person("a", "a@example.com", "2026-01-02T03:04:05Z")
    sha = await git.create_commit(await git.create_tree(None, changes), [], "first", person, person)
    await git.update_ref("refs/heads/main", sha)
    return made, sha


async def build(data: Path, tools: Mapping[str, str]) -> Scene:
    """Start a sandbox with one of everything that a run needs."""
    sandbox = Sandbox(data)
    world = sandbox.world
    org = _account(sandbox, "acme", "Organization")
    alice, reader, bot = (
        _account(sandbox, n, k) for n, k in [("alice", "User"), ("rita", "User"), ("millwright[bot]", "Bot")]
    )
    org.members = {alice.id: "member", reader.id: "member"}
    permissions = {
        "actions": "write",
        "checks": "write",
        "contents": "read",
        "deployments": "write",
        "metadata": "read",
    }
    events = ["workflow_run", "workflow_job", "check_run", "deployment", "deployment_status"]
    app = App(
        world.next_id(),
        "millwright",
        "Millwright",
        "Iv1.x",
        org.id,
        bot.id,
        "",
        "",
        permissions,
        events,
        world.now(),
    )
    world.apps[app.id] = app
    installation = Installation(world.next_id(), app.id, org.id, permissions, events, world.now())
    world.installations[installation.id] = installation
    ops, _ = await _repository(sandbox, org, "ops", {"README.md": "operations\n"})
    ops.roles[alice.id] = "write"
    ops.environments["prod"] = Environment(
        world.next_id(), "prod", world.now(), secrets={"DEPLOY_KEY": "s3cr3t-value"}, branch_policy=["main"]
    )
    mill, sha = await _repository(sandbox, org, "millwright", tools)
    await sandbox.start()
    return Scene(sandbox, org, alice, reader, app, installation, ops, mill, sha)
