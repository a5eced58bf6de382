"""What the preflight is told: the place of the site, its address, its material, the domain to ask about."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from executors.protocol.site import Domain, PagesBranch, SshRoot, WebRoot
from executors.protocol.wire import Hex256

LocalPath = Annotated[str, Field(min_length=2, max_length=400, pattern=r"^/")]


class File(BaseModel):
    """A file of the product repository, by path and digest."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: Annotated[str, Field(min_length=1, max_length=300)]
    sha256: Hex256


class Inputs(BaseModel):
    """What has to be there before anything is changed. No host is asked that does not stand here."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    target: LocalPath | SshRoot | PagesBranch
    url: Annotated[str | None, Field(max_length=400, pattern=r"^https?://")] = None
    template: Annotated[str, Field(max_length=100, description="its id, or `<id>@<version>`")]
    template_digest: Hex256 | None = None
    own_template: Annotated[
        tuple[File, ...], Field(max_length=100, description="the files of a template that is none of ours")
    ] = ()
    pictures: Annotated[tuple[File, ...], Field(max_length=500)] = ()
    domain: Annotated[
        Domain | None, Field(description="what its registry is asked about, over RDAP; None: nobody is asked")
    ] = None

    @property
    def place(self) -> WebRoot | SshRoot | PagesBranch:
        """Where the site goes, as a place."""
        return WebRoot(path=self.target) if isinstance(self.target, str) else self.target
