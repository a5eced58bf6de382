"""One firm's plan by the bot's planner, its legs by the real runner, its places real: sshd, a web server, BIND."""

from __future__ import annotations

import http.server
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from bot.cli import _offline
from bot.domain.policy import Policy, parse
from executors.parts.tree import tree_digest
from executors.protocol.envelope import envelope_of
from executors.protocol.history import outstanding, unsettled
from executors.protocol.journal import JournalLine
from executors.protocol.operation import Scratch, StoreRelease, SwitchRelease, WriteFile
from executors.protocol.plan import Leg, Plan
from executors.protocol.site import RetireRelease, SshRoot
from executors.runner import Ended, Outlets, run
from executors.world.secrets import Secrets
from executors.world.world import World
from tests.dns.bind import Bind, running
from tests.executors import legs
from tests.programs import program
from tests.sshd import KEY, Machine, machine
from tests.web.sites import EXAMPLES

DNS_KEY = "DNS_KEY"
BRIEFINGS = {
    "service_business_v1": "acme_briefing",
    "subscription_saas_v1": "taskflow_saas",
    "local_business_v1": "bella_vista_salon",
    "ecommerce_v1": "roesterei_nordlicht",
}
"""The briefing that stands for each vertical."""
_OLD = ("r-old", "r-now")
"""What the web root holds before: with two releases kept, the older one is put aside."""


@dataclass
class Firm:
    """The places, the plan with what its previews saw, and a journal for each leg."""

    folder: Path
    target: Machine
    bind: Bind
    web: type[Web]
    plan: Plan
    journals: dict[str, list[JournalLine]] = field(default_factory=dict)
    runs: int = 0

    @property
    def at(self) -> SshRoot:
        """The web root."""
        return SshRoot.model_validate(self.plan.step("deploy").inputs["target"])

    def state(self) -> dict[str, Any]:
        """What there is: the web root file by file with its links, and the zone but for its serial."""
        root = Path(self.at.path)
        found: dict[str, Any] = {}
        for path in sorted(root.rglob("*")):
            name = str(path.relative_to(root))
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                found[name] = path.read_bytes()
        return found | {"zone": self.bind.holds()}

    def execute(self, hands: Callable[[World], Any] = lambda world: world) -> Ended:
        """Carry the legs out in order until one does not complete; returns how the last of them ended."""
        for leg in self.plan.legs:
            ended = self._leg(leg, "execute", hands)
            if ended.outcome != "completed":
                break
        return ended

    def rollback(self, to: str | None = None, hands: Callable[[World], Any] = lambda world: world) -> list[str]:
        """Take back what stands, the last leg first, as the bot does; returns the residue."""
        found: list[str] = []
        order = [step for leg in self.plan.legs for step in leg.steps]
        kept = set(order[: order.index(to) + 1]) if to else set()
        for leg in reversed(self.plan.legs):
            if self.standing(leg) - kept:
                found += self._leg(leg, "rollback", hands, rollback_to=to).residue
        return found

    def standing(self, leg: Leg) -> set[str]:
        """The steps of the leg of which something stands at a place, or may."""
        lines = self.journals.get(leg.id, [])
        done = [
            one for one in outstanding(lines) if one.undo is not None and one.operation["at"]["kind"] != "scratch"
        ]
        return {one.step for one in done} | {one.step for one in unsettled(lines)}

    def _leg(self, leg: Leg, verb: str, hands: Callable[[World], Any], **more: Any) -> Ended:
        told, earlier = legs.Told(), self.journals.setdefault(leg.id, [])
        spec = legs.spec_of(
            self.plan, verb, earlier, leg=leg.id, steps=leg.steps, environment=leg.environment, **more
        )
        world = self.world(leg)
        ended = run(spec, hands(world), told, legs.clock(), Outlets(redact=world.secrets.redact))
        if verb != "preview":
            earlier += told.lines
        return ended

    def world(self, leg: Leg) -> World:
        """The world of one job."""
        self.runs += 1  # each job has a folder of its own: what was built dies with it
        values = {KEY: self.target.private_key, DNS_KEY: self.bind.key}
        secrets = Secrets(leg.secrets, values, leg.environment)
        return World(
            self.folder / f"job-{self.runs}", f"{legs.CASE}/{leg.id}", leg.hosts, Shelf(), secrets=secrets
        )

    def puts_aside(self, release: str) -> None:
        """A release was put aside long ago: the next deployment removes it for good, and its preview says so."""
        world, site = (
            self.world(next(leg for leg in self.plan.legs if leg.id == "website")),
            Scratch(step="website"),
        )
        world.apply(WriteFile.of(site, "index.html", release.encode()))
        tree = tree_digest(world.files(site))
        world.apply(StoreRelease(at=self.at, source=site, release=release, tree=tree))
        world.apply(RetireRelease(at=self.at, release=release, newer=_OLD[-1]))
        self.previewed()

    def announced(self) -> tuple[str, ...]:
        """The releases that people were told go for good, before they approved."""
        planned = [item for envelope in self.plan.envelopes for item in envelope.planned]
        return tuple(name for item in planned if item.op == "retire_release" for name in item.names)

    def previewed(self) -> None:
        """Preview each leg; what they see is what people approve."""
        for leg in self.plan.legs:
            ended = self._leg(leg, "preview", lambda world: world)
            assert ended.outcome == "completed", ended.error
            self.plan = self.plan.previewed(envelope_of(ended.lines, leg))


class Shelf:
    """The pictures of the examples."""

    def read(self, path: str, sha256: str) -> bytes:
        """The picture."""
        del sha256
        return (EXAMPLES / path).read_bytes()


class Web(http.server.SimpleHTTPRequestHandler):
    """The web server of the root; `broken` is a server that fails."""

    broken = False

    def do_GET(self) -> None:
        if type(self).broken:
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def firm(folder: Path, vertical: str) -> Iterator[Firm]:
    """The firm before anything was done: an older website is served, and its zone holds records of its own."""
    text = (EXAMPLES / f"{BRIEFINGS[vertical]}.yaml").read_text()
    (folder / "briefing.yaml").write_text(text.replace("scope: [website]", "scope: [website, dns]"))
    zone = yaml.safe_load(text)["website_config"]["domain"]
    records = '@ A 192.0.2.1\n@ TXT "v=spf1 -all"\n@ MX 10 mail\nmail A 192.0.2.25\n'

    class Here(Web):
        """The server of this firm."""

    root = folder / "machine" / "www" / "acme"
    with (
        machine(folder / "machine") as target,
        running(program("named"), folder / "bind", zone=zone, records=records) as bind,
        legs.running(partial(Here, directory=str(root / "current"))) as url,
    ):
        made = _planned(folder / "briefing.yaml", policy(target, bind, url))
        found = Firm(folder, target, bind, Here, made)
        _served_before(found)
        found.previewed()
        yield found


def policy(target: Machine, bind: Bind, url: str) -> Policy:
    """The firm's policy: a web root over SSH that keeps two releases, and the zone."""
    at = target.root()
    site = {"name": "www", "kind": "ssh", "keep": 2, "url": url, "host_keys": list(at.host_keys)}
    site |= {"host": at.host, "port": at.port, "user": at.user, "path": at.path, "key": at.key}
    zone = {"name": "names", "kind": "dns", "zone": bind.zone, "server": f"127.0.0.1:{bind.port}"}
    zone |= {"key_name": "millwright", "algorithm": "hmac-sha512", "key": DNS_KEY, "address4": "192.0.2.7"}
    product = {"repository": "acme/website", "key": "ACME", "environment": "www", "dns": "names"}
    read = parse(json.dumps({"operations": "acme/ops", "products": [product], "environments": [site, zone]}))
    assert isinstance(read, Policy), read
    return read


def _planned(file: Path, rules: Policy) -> Plan:
    plan = _offline.planned(_offline.Wish(file, rules, rules.products[0], "2026-03-02"))
    assert isinstance(plan, Plan), plan
    return plan


def _served_before(made: Firm) -> None:
    """Two releases of somebody else's run; the newer one is served."""
    world, site, before = (
        made.world(next(leg for leg in made.plan.legs if leg.id == "website")),
        Scratch(step="website"),
        None,
    )
    for name in _OLD:
        world.apply(WriteFile.of(site, "index.html", f"<title>{name}</title>".encode()))
        tree = tree_digest(world.files(site))
        world.apply(StoreRelease(at=made.at, source=site, release=name, tree=tree))
        world.apply(SwitchRelease(at=made.at, release=name, expected=before))
        before = name
