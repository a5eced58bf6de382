"""GitHub's REST API in the words of the flow (`ports.GitHub`): each method is one function of a module beside."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from bot.adapters.github import anchors, checks, deliveries, issues, looking, pulls, releases, repos, runs
from bot.adapters.github.session import Session
from bot.adapters.github.tokens import scope
from bot.domain.people import Repo
from bot.errors import GitHubGone
from bot.ports import Started
from executors.protocol.spec import AppToken


class GitHubRest:
    """`ports.GitHub` over HTTP. The functions are bound to the session; their docstrings say what comes back."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bot: tuple[int, str] | None = None
        self._asking = asyncio.Lock()
        self.repository = partial(repos.repository, session)
        self.installation_state = partial(repos.installation_state, session)
        self.repository_state = partial(repos.repository_state, session)
        self.find_repository = partial(repos.find, session)
        self.role = partial(repos.role, session)
        self.teams_of = partial(repos.teams_of, session)
        self.file = partial(repos.file, session)
        self.file_in = partial(repos.file_in, session)
        self.issue = partial(issues.issue, session)
        self.comment = partial(issues.comment, session)
        self.review = partial(pulls.review, session)
        self.create_comment = partial(issues.create_comment, session)
        self.edit_comment = partial(issues.edit_comment, session)
        self.find_comment = partial(issues.find_comment, session)
        self.react = partial(issues.react, session)
        self.set_state_label = partial(issues.set_state_label, session)
        self.close_issue = partial(issues.close_issue, session)
        self.put_branch = partial(pulls.put_branch, session)
        self.open_pull = partial(pulls.open_pull, session)
        self.pull_files = partial(pulls.pull_files, session)
        self.close_pull = partial(pulls.close_pull, session)
        self.put_check = partial(checks.put_check, session)
        self.dispatch = partial(runs.dispatch, session)
        self.look_for = partial(runs.look_for, session)
        self.run = partial(runs.run, session)
        self.jobs = partial(runs.jobs, session)
        self.job_of_check = partial(runs.job_of_check, session)
        self.cancel_run = partial(runs.cancel, session)
        self.artifact = partial(runs.artifact, session)
        self.download = partial(runs.download, session)
        self.deployment = partial(checks.deployment, session)
        self.deployment_status = partial(checks.deployment_status, session)
        self.anchor_now = partial(anchors.anchor_now, session)
        self.put_anchor = partial(anchors.put_anchor, session)
        self.publish = partial(releases.publish, session)
        self._look_around(session)

    def _look_around(self, session: Session) -> None:
        """What sweeps, rounds and looks into folders ask, mostly as the App itself."""
        self.look_anew = session.look_anew
        self.folder = partial(repos.folder, session)
        self.pull_now = partial(looking.pull_now, session)
        self.installations = partial(looking.installations, session)
        self.reached = partial(looking.reached, session)
        self.labelled = partial(looking.labelled, session)
        self.deliveries = partial(deliveries.deliveries, session)
        self.redeliver = partial(deliveries.redeliver, session)

    async def token(
        self, installation: int, repositories: Sequence[int], permissions: Mapping[str, str]
    ) -> AppToken:
        """A fresh installation token, narrowed; stored nowhere."""
        return await self._session.mint(installation, repositories, permissions)

    async def find_run(self, repo: Repo, path: str, nonce: str) -> Started | None:
        """The run that our own bot user dispatched with that nonce, None where none of the last hundred is."""
        bot, _ = await self.bot_user(repo)
        return await runs.find_run(self._session, repo, path, nonce, bot)

    async def bot_user(self, repo: Repo) -> tuple[int, str]:
        """Numeric id and login of the App's bot user, `<slug>[bot]`; asked once, with the token of any repository.

        As the App itself only `/app…` is answered, everything else is a 401. Source:
        https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/about-authentication-with-a-github-app
        """
        async with self._asking:
            if self._bot is None:
                slug = (await self._session.as_app("/app"))["slug"]
                login = f"{slug}[bot]"
                user = await self._session.get(scope(repo, metadata="read"), "/users/{login}", login=login)
                if user is None:
                    raise GitHubGone(f"reading the account {login}: GitHub has none", status=404)
                self._bot = (int(user["id"]), login)
            return self._bot
