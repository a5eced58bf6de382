"""The plan: versioned steps in legs, content-addressed by one digest that approvals are pinned to.

Whatever must void an approval when it changes is a field here (product.md section 5, T7).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from executors.protocol.canonical import digest
from executors.protocol.estimate import Duration as Duration
from executors.protocol.estimate import Estimate as Estimate
from executors.protocol.risk import Reason as Reason
from executors.protocol.risk import Risk as Risk
from executors.protocol.risk import RiskLevel as RiskLevel
from executors.protocol.undo import UndoClass
from executors.protocol.wire import GitSha, Hex256, Json, Slug, Text, Wire, without_empty

Lane = Literal["business", "service", "change"]
Verb = Literal["preview", "execute", "rollback"]
FOREIGN = frozenset({"check_foreign"})
"""The executors whose steps run code that we did not ship; a test holds it complete."""


class Limits(Wire):
    """How long a step may take and how often it is tried: 300 s and 3 by default, 3,600 s at most."""

    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    retries: Annotated[int, Field(ge=0, le=10)] = 3


class Step(Wire):
    """One executor with its inputs; `depends_on` names steps that must be complete before."""

    id: Slug
    executor: Slug
    title: Text
    summary: Text
    inputs: Json
    depends_on: tuple[Slug, ...] = ()
    limits: Limits = Field(default_factory=Limits)
    undo: UndoClass = "reversible"
    estimate_seconds: Annotated[int, Field(ge=0)] = 0
    duration: Duration | None = None

    @model_serializer(mode="wrap")
    def _as_before(self, plain: SerializerFunctionWrapHandler) -> Json:
        return without_empty(plain(self), "duration")


class Leg(Wire):
    """The steps between two gates that share environment and runner: one workflow run.

    A `foreign` leg runs code that we did not ship, so there is nothing beside it that could be stolen: no
    environment, no secret, no host of ours (T57).
    """

    id: Slug
    steps: tuple[Slug, ...]
    environment: str | None = None
    secrets: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    foreign: bool = False

    @model_validator(mode="after")
    def _is_bare(self) -> Leg:
        if self.foreign and (self.environment is not None or self.secrets or self.hosts):
            raise ValueError(
                f"leg {self.id} runs foreign code: leave out its environment, secrets and hosts, or move the step "
                "that needs them to a leg of its own"
            )
        return self


class Unavailable(Wire):
    """Something the briefing asks for that this release or edition cannot do, by name."""

    name: Text
    why: Text
    in_scope: bool = False


class WorkflowPin(Wire):
    """The operations repository's workflow file that will run the legs, by blob."""

    repository_id: int
    repository: str
    path: str
    ref: str
    blob: GitSha


class Planned(Wire):
    """One kind of operation on one target, as the preview saw it coming."""

    op: Slug
    target: str
    count: Annotated[int, Field(ge=1)]
    undo: UndoClass
    names: Annotated[tuple[str, ...], Field(description="what else it touches: modules that come along")] = ()

    @property
    def place(self) -> str:
        """The place alone, without what is touched there."""
        return self.target.split("#", 1)[0]


class Seen(Wire):
    """One fact about the world that the preview looked at; `value` is short text or a digest.

    A fact that `holds` must be the same when the leg is carried out; one that does not is for readers, since steps
    before this one may change it.
    """

    target: str
    fact: Slug
    value: Text
    holds: bool = True


class Envelope(Wire):
    """What the preview leg found: operations proposed and the facts they were proposed on."""

    leg: Slug
    planned: tuple[Planned, ...]
    seen: tuple[Seen, ...] = ()
    findings_digest: Hex256 | None = None


class Plan(Wire):
    """A capability's plan; `digest` is what people approve."""

    schema_: Annotated[Literal["millwright/plan/v1"], Field(alias="schema")] = "millwright/plan/v1"
    repository_id: int
    repository: str
    issue_node_id: str
    issue_number: int
    display_id: str
    version: Annotated[int, Field(ge=1)]
    lane: Lane
    title: Text
    vertical: str
    briefing: Hex256
    scope: tuple[str, ...] = ()
    steps: tuple[Step, ...]
    legs: tuple[Leg, ...]
    unavailable: tuple[Unavailable, ...] = ()
    notes: tuple[Text, ...] = ()
    risk: Risk
    estimate: Estimate
    templates: dict[str, Hex256] = Field(default_factory=dict)
    workflow: WorkflowPin | None = None
    prices: Hex256
    policy: Hex256
    mode: Literal["auto", "checkpoints", "final"] = "checkpoints"
    auto_rollback: bool = True
    dry_run: bool = False
    envelopes: tuple[Envelope, ...] = ()

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _is_apart(self) -> Plan:
        foreign = {step.id for step in self.steps if step.executor in FOREIGN}
        for leg in self.legs:
            mixed = [step for step in leg.steps if (step in foreign) != leg.foreign]
            if mixed:
                told = ", ".join(mixed)
                raise ValueError(f"leg {leg.id}: foreign code has a leg of its own (T57); move {told} to another")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything above, 64 hex (RFC 8785)."""
        return digest(self.to_json())

    @property
    def token(self) -> str:
        """What a person types: `v<version>-<first 12 hex of the digest>` (T13, T58)."""
        return f"v{self.version}-{self.digest[:12]}"

    def envelope(self, leg_id: str) -> Envelope | None:
        """What the preview of that leg found, None where it has not been previewed."""
        return next((one for one in self.envelopes if one.leg == leg_id), None)

    @property
    def is_previewed(self) -> bool:
        """Whether every leg has been looked at; what a foreign one runs stands in the plan by digest."""
        return {one.leg for one in self.envelopes} >= {leg.id for leg in self.legs if not leg.foreign}

    def previewed(self, envelope: Envelope) -> Plan:
        """This plan with the envelope of one leg, in the order of the legs, in place of an earlier one."""
        kept = {one.leg: one for one in (*self.envelopes, envelope)}
        ordered = tuple(kept[leg.id] for leg in self.legs if leg.id in kept)
        return self.model_copy(update={"envelopes": ordered})

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
