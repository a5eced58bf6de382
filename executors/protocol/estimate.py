"""What a plan takes: minutes, money, and by what that is known. Nobody approves anything by it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from executors.protocol.wire import Json, Text, Wire, without_empty


class Duration(Wire):
    """How long a step takes, in whole seconds, and by what that is known; `runs` counts what was measured."""

    low: Annotated[int, Field(ge=0)]
    high: Annotated[int, Field(ge=0)]
    basis: Literal["measured", "table", "unknown"]
    runs: Annotated[int, Field(ge=0)] = 0

    @property
    def words(self) -> str:
        """The basis, for people."""
        if self.basis == "measured":
            return f"measured over {self.runs} runs"
        return "from the table" if self.basis == "table" else "unknown"


class Estimate(Wire):
    """Minutes and cost; money is a decimal string in the price table's currency, `None` is unknown.

    `basis` says by what the time is known, step by step, in words.
    """

    minutes_low: int
    minutes_high: int
    cost_low: str | None = None
    cost_high: str | None = None
    currency: str = "USD"
    basis: Text = ""

    @model_serializer(mode="wrap")
    def _as_before(self, plain: SerializerFunctionWrapHandler) -> Json:
        return without_empty(plain(self), "basis")
