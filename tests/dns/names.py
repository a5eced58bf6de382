"""The leg of a website's names on a real BIND, run by the real runner: previewed, carried out, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executors import catalog
from executors.protocol.dns import DnsZone
from executors.protocol.envelope import envelope_of
from executors.protocol.journal import JournalLine, Noted
from executors.protocol.plan import Leg, Limits, Plan, Step
from executors.protocol.wire import Json
from executors.runner import Ended, Outlets, run
from executors.world.clock import Clock
from executors.world.secrets import Secrets
from executors.world.world import World
from tests.dns.bind import Bind
from tests.executors import legs

SECRET = "DNS_KEY"


def place(bind: Bind, **changes: Any) -> DnsZone:
    """The zone as a place of operations."""
    values = {"zone": bind.zone, "server": "127.0.0.1", "port": bind.port, "key_name": "millwright"}
    return DnsZone(**(values | {"algorithm": "hmac-sha512", "secret": SECRET} | changes))


def want(name: str, kind: str, *values: str, ttl: int = 300) -> Json:
    """One wish of the step's inputs."""
    return {"name": name, "type": kind, "ttl": ttl, "values": list(values)}


def website(bind: Bind) -> list[Json]:
    """What a website wants: another address, an alias, an issuer, a proof of ownership."""
    return [
        want(bind.zone, "A", "192.0.2.7"),
        want(f"www.{bind.zone}", "CNAME", bind.zone),
        want(bind.zone, "CAA", '0 issue "ca.example"'),
        want(bind.zone, "TXT", "proof=abc; def"),
    ]


@dataclass
class Names:
    """One plan for one zone; `journal` has the lines that a bot would hand to the next run."""

    at: DnsZone
    records: list[Json]
    key: str
    folder: Path
    journal: list[JournalLine] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    decide: Callable[..., Any] = lambda _lines: "go"
    hosts: tuple[str, ...] | None = None
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        inputs = {"at": self.at.to_json(), "records": self.records}
        catalog.executor("dns").inputs.model_validate(inputs)
        limits = Limits(timeout_seconds=30, retries=0)
        step = Step(id="dns", executor="dns", title="Names", summary="Names", inputs=inputs, limits=limits)
        hosts = (self.at.host,) if self.hosts is None else self.hosts
        leg = Leg(id="dns", steps=("dns",), environment="names", secrets=(SECRET,), hosts=hosts)
        self.plan = legs.plan_of(step, legs=(leg,))

    @classmethod
    def on(cls, bind: Bind, folder: Path, *records: Json, **more: Any) -> Names:
        """A leg on that server with its key; a website's records unless told."""
        return cls(place(bind), list(records) or website(bind), bind.key, folder, **more)

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
        """Take back what the journal says was done."""
        return self._again("rollback")

    def seen(self, fact: str) -> dict[str, str]:
        """What the preview says under that name, by the set of records (or the place)."""
        facts = [one for one in self.plan.envelopes[0].seen if one.fact == fact]
        return {one.target.partition("#")[2]: one.value for one in facts}

    def findings(self, level: str) -> list[str]:
        """What the runs so far found."""
        found = [line.body.finding for line in self.journal if isinstance(line.body, Noted)]
        return [one.message for one in found if one.level == level]

    def world(self) -> World:
        """A world as the job makes it."""
        leg = self.plan.legs[0]
        secrets = Secrets(leg.secrets, {SECRET: self.key}, leg.environment)
        return World(self.folder, f"{legs.CASE}/dns", leg.hosts, None, secrets=secrets, log=self._log)

    def _again(self, verb: str) -> Ended:
        told = legs.Told(self.decide)
        try:
            return self._run(verb, told, tuple(self.journal))
        finally:
            self.journal += told.lines

    def _run(self, verb: str, told: legs.Told, journal: tuple[JournalLine, ...]) -> Ended:
        spec = legs.spec_of(self.plan, verb, journal, leg="dns")
        world = self.world()
        outlets = Outlets(redact=world.secrets.redact, file=self.files.__setitem__)
        return run(spec, world, told, Clock(), outlets)

    def _log(self, stream: str, entry: Json) -> None:
        assert stream == "dns"
        self.calls.append(entry)
