"""The leg of an ERP on a real Odoo, run by the real runner: previewed, carried out, taken back, and told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from executors import catalog
from executors.protocol.envelope import envelope_of
from executors.protocol.journal import JournalLine
from executors.protocol.odoo import OdooDatabase
from executors.protocol.plan import Leg, Limits, Plan, Step
from executors.protocol.wire import Json
from executors.runner import Ended, Outlets, run
from executors.world.clock import Clock
from executors.world.odoo import Odoo
from executors.world.odoo.client import WireName
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets
from executors.world.world import World
from tests.executors import legs
from tests.odoo.server import Instance

KEY, MASTER = "ODOO_KEY", "ODOO_MASTER"
# As in the field, but that what is stuck is taken for dead sooner.
IMPATIENT = Patience(stuck=3.0, quiet=1.0, total=120.0)


def place(odoo: Instance, *, url: str | None = None, snapshot: bool = False, **changes: Any) -> OdooDatabase:
    """The instance as a place of operations, through another door if one is given."""
    copy = f"{odoo.database}-copy" if snapshot else None
    values = {"url": url or odoo.url, "database": odoo.database, "login": odoo.login, "key": KEY, "master": MASTER}
    return OdooDatabase(**{**values, "snapshot": copy, **changes})


def company(at: OdooDatabase, country: str | None = "DE", currency: str | None = "EUR") -> Step:
    """The step that gives the company its settings."""
    return _step("erp-company", "odoo_configure_fiscal", at, country=country, currency=currency)


def modules(at: OdooDatabase, *names: str, country: str | None = "DE", edition: str = "community") -> Step:
    """The step that installs these modules."""
    inputs: Json = {"modules": list(names), "edition": edition, "country": country}
    return _step("erp-modules", "odoo_install_modules", at, **inputs)


def fiscal_year(at: OdooDatabase, end: str) -> Step:
    """The step that sets the fiscal year."""
    return _step("erp-fiscal-year", "odoo_configure_fiscal", at, fiscal_year_end=end)


def users(at: OdooDatabase, *groups: str, after: Iterable[str] = ()) -> Step:
    """The step that makes two accounts, the first with these groups."""
    people = [
        {"login": "anna@acme.example", "name": "Anna Arndt", "groups": list(groups)},
        {"login": "bert@acme.example", "name": "Bert Brandt", "groups": ["base.group_user"]},
    ]
    return _step("erp-users", "odoo_create_users", at, users=people, after=list(after))


def plan_of(*steps: Step, hosts: tuple[str, ...]) -> Plan:
    """A plan whose only leg is the ERP's, each step after the one before."""
    chained = [
        step.model_copy(update={"depends_on": (steps[number - 1].id,) if number else ()})
        for number, step in enumerate(steps)
    ]
    leg = Leg(id="erp", steps=tuple(step.id for step in steps), secrets=(KEY, MASTER), hosts=hosts)
    return legs.plan_of(*chained, legs=(leg,))


@dataclass
class Erp:
    """One plan for one database; `journal` has the lines that a bot would hand to the next run."""

    steps: tuple[Step, ...]
    secrets: dict[str, str]
    folder: Path
    patience: Patience = IMPATIENT
    wire: WireName | None = None
    journal: list[JournalLine] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    decide: Callable[..., Any] = lambda _lines: "go"
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        at = OdooDatabase.model_validate(self.steps[0].inputs["at"])
        self.plan = plan_of(*self.steps, hosts=(urlsplit(at.url).netloc,))

    @classmethod
    def on(cls, odoo: Instance, folder: Path, *steps: Step, **more: Any) -> Erp:
        """A leg of these steps with the instance's own key and master password."""
        return cls(steps, {KEY: odoo.key, MASTER: odoo.master}, folder, **more)

    @cached_property
    def hidden(self) -> Secrets:
        """The secrets of the leg's environment."""
        return Secrets(self.plan.legs[0].secrets, self.secrets)

    def preview(self) -> Ended:
        """Look only; what was seen becomes the envelope that was approved."""
        told = legs.Told(self.decide)
        ended = self._run("preview", told, ())
        self.plan = self.plan.previewed(envelope_of(told.lines, self.plan.legs[0]))
        return ended

    def execute(self) -> Ended:
        """Carry the leg out, or go on with it."""
        return self._again("execute")

    def rollback(self) -> Ended:
        """Take back what the journal says was done, as a person decided."""
        return self._again("rollback")

    def _again(self, verb: str) -> Ended:
        told = legs.Told(self.decide)
        try:
            return self._run(verb, told, tuple(self.journal))
        finally:
            self.journal += told.lines

    def _run(self, verb: str, told: legs.Told, journal: tuple[JournalLine, ...]) -> Ended:
        spec = legs.spec_of(self.plan, verb, journal, leg="erp")
        outlets = Outlets(redact=self.hidden.redact, file=self.files.__setitem__)
        return run(spec, self._world(), told, Clock(), outlets)

    def _world(self) -> World:
        """A world as the job makes it, but for patience and wire."""
        leg = self.plan.legs[0]
        at = OdooDatabase.model_validate(self.steps[0].inputs["at"])
        odoo = Odoo(at, self.hidden, leg.hosts, self._log, self.patience)
        odoo._client = replace(odoo._client, wire=self.wire)
        told = {"secrets": self.hidden, "log": self._log, "_databases": {at: odoo}}
        return World(self.folder, f"{legs.CASE}/erp", leg.hosts, None, **told)

    def _log(self, stream: str, entry: Json) -> None:
        assert stream == "odoo"
        self.calls.append(entry)

    def called(self, method: str) -> int:
        """How often the leg called this method, by its own log."""
        return sum(method in str(entry) for entry in self.calls)

    def foretold(self) -> set[str]:
        """Every module that the preview said will come."""
        facts = [one.value for one in self.plan.envelopes[0].seen if one.fact in ("comes-with", "country-brings")]
        return {name for text in facts if ": " in text for name in text.split(": ", 1)[1].split(", ")}

    def proposed(self) -> list[str]:
        """What the approved envelope holds, as `operation target`."""
        return [f"{item.op} {item.target.rpartition('/')[2]}" for item in self.plan.envelopes[0].planned]


def _step(name: str, executor: str, at: OdooDatabase, **inputs: Any) -> Step:
    catalog.executor(executor).inputs.model_validate({"at": at.to_json(), **inputs})
    return Step(
        id=name,
        executor=executor,
        title=name,
        summary=name,
        inputs={"at": at.to_json(), **inputs},
        limits=Limits(timeout_seconds=900, retries=1),
    )
