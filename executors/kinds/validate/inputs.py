"""What the final validation is told: the address that visitors use, the step that built the site, the names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from executors.parts.dns.records import Wanted
from executors.protocol.dns import DnsZone
from executors.protocol.wire import Slug


class Inputs(BaseModel):
    """The promises of a plan, as far as they can be seen from outside."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    url: Annotated[str, Field(max_length=400, pattern=r"^https?://[^/?#]+(/[!-~]*)?$")]
    source: Annotated[
        Slug | None, Field(description="the step of this leg that built the site; None: another leg did")
    ] = None
    at: DnsZone | None = None
    records: Annotated[tuple[Wanted, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _together(self) -> Inputs:
        """Records are asked of a zone."""
        if bool(self.records) != (self.at is not None):
            raise ValueError("records are asked of a zone: give both, `at` and `records`, or neither")
        return self

    @property
    def base(self) -> str:
        """The address that paths are put behind."""
        return f"{self.url.rstrip('/')}/"
