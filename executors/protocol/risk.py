"""The risk of a plan: the rules that fired with their points, and the level that follows from their severities."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from executors.protocol.wire import Json, Slug, Text, Wire, without_empty

RiskLevel = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
_WEIGHT = {"LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}


class Reason(Wire):
    """One risk rule that fired; `impact` says what it comes to where it comes true."""

    code: Slug
    severity: RiskLevel
    probability: Literal["LOW", "MEDIUM", "HIGH"]
    text: Text
    mitigation: Text
    steps: tuple[Slug, ...] = ()
    impact: Text = ""

    @property
    def points(self) -> int:
        """Severity (1 LOW to 4 CRITICAL) times probability (1 LOW to 3 HIGH): 1 to 12."""
        return _WEIGHT[self.severity] * _WEIGHT[self.probability]

    @model_serializer(mode="wrap")
    def _as_before(self, plain: SerializerFunctionWrapHandler) -> Json:
        return without_empty(plain(self), "impact")


class Risk(Wire):
    """The level of what this plan does, with the rules that fired; `general` are the trade's, for the reader."""

    level: RiskLevel
    reasons: tuple[Reason, ...] = ()
    general: tuple[Reason, ...] = ()
    warnings: Annotated[tuple[Text, ...], Field(description="what an approver must have read")] = ()
    recommendations: Annotated[tuple[Text, ...], Field(description="what to do first, the weightiest first")] = ()

    @property
    def points(self) -> int:
        """The points of the rules that fired, together. They order; the level follows from the severities."""
        return sum(reason.points for reason in self.reasons)

    @model_serializer(mode="wrap")
    def _as_before(self, plain: SerializerFunctionWrapHandler) -> Json:
        return without_empty(plain(self), "warnings", "recommendations")
