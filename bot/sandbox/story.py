"""Verbs for tests and demo: `world.person("alice")`, `repo.grant(alice, "write")`, `await alice.comment(…)`."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox import installations
from bot.sandbox.client import Client
from bot.sandbox.git import Person as GitPerson
from bot.sandbox.identity import user_token
from bot.sandbox.keys import new_key_pair
from bot.sandbox.people import Organisation, Participant
from bot.sandbox.places import Place
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Account, App, Installation, Label, Repository


@dataclass(slots=True)
class Story:
    """A world being told: people, organisations, repositories and Apps are set up here, then act over HTTP."""

    sandbox: Sandbox
    _clients: list[Client] = field(default_factory=list)

    def person(self, login: str, name: str | None = None) -> Participant:
        """Somebody with an account and a token."""
        account = self._account(login, "User", name or login.title())
        return Participant(account, self.client(user_token(self.sandbox.world, account).value))

    def organisation(self, login: str) -> Organisation:
        """An organisation without members."""
        return Organisation(self._account(login, "Organization", login.title()), self.sandbox)

    def repository(
        self,
        full_name: str,
        private: bool = False,
        files: Mapping[str, str | bytes] | None = None,
        default_branch: str = "main",
    ) -> Place:
        """A repository of an account that exists, with a first commit of `files` (a README when None)."""
        world = self.sandbox.world
        owner_login, _, name = full_name.partition("/")
        owner = world.account(owner_login)
        if owner is None:
            raise LookupError(f"make the account {owner_login} first")
        now = world.now()
        made = Repository(world.next_id(), owner.id, name, private, now, now, now, default_branch)
        chosen = {"README.md": f"# {name}\n"} if files is None else files
        content = {path: text.encode() if isinstance(text, str) else text for path, text in chosen.items()}
        by = GitPerson(owner_login, "noreply@github.com", str(int(world.clock())))
        self.sandbox.git(made).create(default_branch, content, by)
        for label in ("bug", "documentation", "enhancement", "question"):
            made.labels[label] = Label(world.next_id(), label)
        world.repositories[made.id] = made
        return Place(made, self.sandbox)

    def fork(self, place: Place, owner: Participant) -> Place:
        """A fork of a repository under somebody's account."""
        world, parent = self.sandbox.world, place.repository
        now = world.now()
        made = Repository(
            world.next_id(), owner.id, parent.name, parent.private, now, now, now, parent.default_branch,
            parent_id=parent.id,
        )  # fmt: skip
        git = self.sandbox.git(made)
        git.create(parent.default_branch, {}, GitPerson("", "", ""))
        git.copy_from(self.sandbox.git(parent))
        world.repositories[made.id] = made
        return Place(made, self.sandbox)

    def app(
        self,
        slug: str,
        permissions: Mapping[str, str],
        events: list[str],
        owner: Organisation | None = None,
        keys: tuple[str, str] | None = None,
    ) -> App:
        """A registered App with a secret, a bot account and a key: a new one, or `keys` as private and public PEM.

        Set its `webhook_url` when it is known.
        """
        world = self.sandbox.world
        bot = self._account(f"{slug}[bot]", "Bot", None)
        private_key, public_key = keys or new_key_pair()
        app = App(
            world.next_id(), slug, slug.title(), f"Iv23li{secrets.token_hex(7)}", owner.id if owner else bot.id,
            bot.id,
            private_key, public_key, {"metadata": "read", **permissions}, list(events), world.now(),
            webhook_secret=secrets.token_hex(32),
        )  # fmt: skip
        world.apps[app.id] = app
        return app

    def install(
        self, app: App, on: Organisation | Participant, repositories: list[Place] | None = None
    ) -> Installation:
        """Install an App on an account, for all its repositories or some; fires `installation.created`."""
        world = self.sandbox.world
        ids = None if repositories is None else {place.id for place in repositories}
        made = Installation(
            world.next_id(),
            app.id,
            on.id,
            dict(app.permissions),
            list(app.events),
            world.now(),
            repository_ids=ids,
        )
        installations.installed(self.sandbox, made, on.account)
        return made

    def include(self, installation: Installation, place: Place) -> None:
        """Let an installation on selected repositories reach one more; fires `installation_repositories.added`."""
        installations.reach_changed(
            self.sandbox, installation, "added", place.repository, self._owner(installation)
        )

    def exclude(self, installation: Installation, place: Place) -> None:
        """Take a repository out of an installation; fires `installation_repositories.removed`."""
        installations.reach_changed(
            self.sandbox, installation, "removed", place.repository, self._owner(installation)
        )

    def suspend(self, installation: Installation, by: Participant | None = None) -> None:
        """Suspend an installation, as an owner does on the web; fires `installation.suspend`."""
        installations.suspended(self.sandbox, installation, by.account if by else self._owner(installation))

    def unsuspend(self, installation: Installation, by: Participant | None = None) -> None:
        """Lift a suspension; fires `installation.unsuspend`."""
        installations.unsuspended(self.sandbox, installation, by.account if by else self._owner(installation))

    def uninstall(self, installation: Installation, by: Participant | None = None) -> None:
        """Remove an installation, as an owner does on the web; fires `installation.deleted`."""
        installations.uninstalled(self.sandbox, installation, by.account if by else self._owner(installation))

    def accept(self, installation: Installation, by: Participant | None = None) -> None:
        """Grant what the App's `permissions` and `events` ask for now; `installation.new_permissions_accepted`."""
        installations.accepted(self.sandbox, installation, by.account if by else self._owner(installation))

    def _owner(self, installation: Installation) -> Account:
        return self.sandbox.world.accounts[installation.account_id]

    def client(self, token: str) -> Client:
        """A REST client with any token, closed with the story."""
        made = Client(self.sandbox.url, token)
        self._clients.append(made)
        return made

    async def settle(self) -> None:
        """Wait until all webhooks under way are answered."""
        await self.sandbox.settle()

    async def close(self) -> None:
        """Stop everything."""
        for client in self._clients:
            await client.close()
        await self.sandbox.stop()

    def _account(self, login: str, kind: str, name: str | None) -> Account:
        world = self.sandbox.world
        if world.account(login) is not None:
            raise ValueError(f"there is an account {login} already")
        made = Account(world.next_id(), login, kind, world.now(), name)
        world.accounts[made.id] = made
        return made


async def begin(data: Path, **options: Any) -> Story:
    """A started sandbox; `options` as of `Sandbox`."""
    sandbox = Sandbox(data, **options)
    await sandbox.start()
    return Story(sandbox)


@asynccontextmanager
async def story(data: Path, **options: Any) -> AsyncIterator[Story]:
    """The same, stopped at the end."""
    told = await begin(data, **options)
    try:
        yield told
    finally:
        await told.close()
