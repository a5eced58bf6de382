"""What every value that crosses the wire has in common: frozen, strict, nothing extra."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from executors.errors import ProtocolError

Hex256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
GitSha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=4_000)]

Json = dict[str, Any]
"""A JSON object as Python values; what is inside is checked by whoever reads it."""


class Wire(BaseModel):
    """A frozen pydantic model that refuses unknown fields; ``to_json`` gives plain JSON values."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def to_json(self) -> Json:
        """Plain JSON values, defaults included, so that equal values give equal canonical bytes."""
        return self.model_dump(mode="json")


def without_empty(value: Json, *names: str) -> Json:
    """The value without those members where they are empty: so plans from before they were keep their digests."""
    return {name: one for name, one in value.items() if name not in names or one}


W = TypeVar("W", bound=Wire)


def read(model: type[W], value: object) -> W:
    """The value as `model`; raises ProtocolError that names each wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}" for fault in error.errors()[:5]
        )
        raise ProtocolError(f"not a {model.__name__}: {faults}") from None
