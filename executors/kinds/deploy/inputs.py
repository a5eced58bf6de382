"""What deploy is told: where the site comes from, where it goes, and what is asked afterwards."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from executors.protocol.site import PagesBranch, SshRoot, WebRoot
from executors.protocol.wire import Slug

LocalPath = Annotated[str, Field(min_length=2, max_length=400, pattern=r"^/")]


class Inputs(BaseModel):
    """Where the site comes from and where it goes."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    source: Annotated[Slug, Field(description="the step whose build folder is the site")]
    target: Annotated[
        LocalPath | SshRoot | PagesBranch,
        Field(description="the web root's path on this machine, one on another machine, or a Pages branch"),
    ]
    url: Annotated[str | None, Field(max_length=400, pattern=r"^https?://", description="asked for the site")] = (
        None
    )
    keep: Annotated[
        int, Field(ge=2, le=100, description="releases that stay: the one that is served, the one before, …")
    ] = 5

    @property
    def place(self) -> WebRoot | SshRoot | PagesBranch:
        """Where the site goes, as a place."""
        return WebRoot(path=self.target) if isinstance(self.target, str) else self.target
