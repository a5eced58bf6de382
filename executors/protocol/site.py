"""Where a website is put, as places, and the operations on them: a local web root, one over SSH, a Pages branch.

A place over SSH names the secret that holds its key, never the key itself, and pins what the host must prove to be
(T26). Both kinds of web root look alike on disk, so one release is stored, served and put aside in the same way.

Sources: host keys https://www.rfc-editor.org/rfc/rfc4253#section-6.6, Pages
https://docs.github.com/en/pages/getting-started-with-github-pages/configuring-a-publishing-source-for-your-github-pages-site.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from executors.protocol.odoo import SecretName
from executors.protocol.wire import GitSha, Hex256, Slug, Wire

RemotePath = Annotated[
    str, Field(max_length=400, pattern=r"^(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+$", description="absolute; no `..`")
]
SshHost = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
SshUser = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
HostKey = Annotated[
    str,
    Field(
        max_length=2_000,
        pattern=r"^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) AAAA[A-Za-z0-9+/]+={0,2}$",
        description="as `ssh-keyscan` prints it, without the host's name and without a comment",
    ),
]
RepositoryName = Annotated[
    str, Field(max_length=140, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$")
]
BranchName = Annotated[
    str, Field(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*$")
]
Domain = Annotated[str, Field(max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}$")]


class Scratch(Wire):
    """The leg's own build folder of one step. It is no part of the world: a preview may write to it."""

    kind: Literal["scratch"] = "scratch"
    step: Slug

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"build:{self.step}"


class WebRoot(Wire):
    """A local web root: `<path>/releases/<id>/` with `<path>/current` pointing at the one that is served."""

    kind: Literal["web_root"] = "web_root"
    path: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^/")]

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"local:{self.path}"


class SshRoot(Wire):
    """A web root on another machine: which host keys it must prove to hold, and the secret that opens it."""

    kind: Literal["ssh_root"] = "ssh_root"
    host: SshHost
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    user: SshUser
    path: RemotePath
    host_keys: Annotated[tuple[HostKey, ...], Field(min_length=1, max_length=8)]
    key: SecretName

    @property
    def address(self) -> str:
        """Host and port, as a leg names its hosts."""
        return f"{self.host}:{self.port}"

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"ssh:{self.user}@{self.address}{self.path}"


class PagesBranch(Wire):
    """The branch of a repository that GitHub Pages serves."""

    kind: Literal["pages"] = "pages"
    repository: RepositoryName
    branch: BranchName

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"pages:{self.repository}@{self.branch}"


AnyRoot = Annotated[WebRoot | SshRoot, Field(discriminator="kind")]
"""A web root, here or on another machine."""


class StoreRelease(Wire):
    """Copy a step's build folder to `releases/<release>` of a web root, complete or not at all."""

    op: Literal["store_release"] = "store_release"
    at: AnyRoot
    source: Scratch
    release: Slug
    tree: Hex256


class SwitchRelease(Wire):
    """Point the web root atomically at `release`; None takes the site off the air."""

    op: Literal["switch_release"] = "switch_release"
    at: AnyRoot
    release: Slug | None
    expected: Annotated[Slug | None, Field(description="the release that is served before")] = None


class RemoveRelease(Wire):
    """Remove a stored release that is not being served."""

    op: Literal["remove_release"] = "remove_release"
    at: AnyRoot
    release: Slug


class RetireRelease(Wire):
    """Put an old release aside because of a new one, `newer`; `drops` were put aside before, and go for good.

    Taking it back brings `release` back. What goes for good was superseded two deployments ago: nothing that is
    still to be taken back needs it, for each deployment expects what the one before it left.
    """

    op: Literal["retire_release"] = "retire_release"
    at: AnyRoot
    release: Slug
    newer: Slug
    drops: tuple[Slug, ...] = ()


class ReturnRelease(Wire):
    """Bring a release back that was put aside because of `newer`."""

    op: Literal["return_release"] = "return_release"
    at: AnyRoot
    release: Slug
    newer: Slug


class PushPages(Wire):
    """Commit a step's build folder, with `.nojekyll` and the domain's `CNAME`, onto the branch as all it holds.

    `expected` is the commit that the branch is at, None where there is no branch; `git_tree` is what git calls the
    folder, so that an equal one is known without reading it.
    """

    op: Literal["push_pages"] = "push_pages"
    at: PagesBranch
    source: Scratch
    tree: Hex256
    git_tree: GitSha
    domain: Domain | None = None
    expected: GitSha | None = None


class ResetPages(Wire):
    """Put the branch back to `commit`, None: remove it. Refused where it is not at `expected` any more."""

    op: Literal["reset_pages"] = "reset_pages"
    at: PagesBranch
    commit: GitSha | None
    expected: GitSha | None


RootOperation = StoreRelease | SwitchRelease | RemoveRelease | RetireRelease | ReturnRelease
"""Everything that can be done to a web root, wherever it is."""
PagesOperation = PushPages | ResetPages
"""Everything that can be done to a Pages branch."""
SiteOperation = RootOperation | PagesOperation
"""Everything that can be done where websites are put."""
