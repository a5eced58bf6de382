"""The sites to look at: example briefings through the bot's own planner, and templates without an example."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.cli import _offline
from bot.domain.faults import Fault
from bot.domain.policy import Policy
from executors.kinds.website import EXECUTOR
from executors.kinds.website.build import build
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import drawn
from executors.protocol.canonical import canonical
from executors.render.shipped import template_ids

EXAMPLES = Path(__file__).parents[2] / "templates" / "examples"
_DAY = "2026-03-02"


@dataclass(frozen=True)
class Wanted:
    """A site to be looked at: its name in reports, and what the website step is given."""

    name: str
    inputs: Website

    @property
    def template(self) -> str:
        """The template it is made from."""
        return self.inputs.template


class Shelf:
    """The pictures in the folder of the examples, as in an offline run."""

    def content(self, path: str, sha256: str) -> bytes:
        """The picture, if it is the one that the briefing names."""
        data = (EXAMPLES / path).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise AssertionError(f"{path} has not the digest that its briefing names")
        return data


@cache
def all_wanted() -> tuple[Wanted, ...]:
    """Every site: by the file of its briefing, and the sample on templates that no briefing uses."""
    found = [Wanted(file.stem, _inputs(file)) for file in sorted(EXAMPLES.glob("*.yaml"))]
    used = {one.template for one in found}
    bare = [template for template in template_ids() if template not in used]
    return (*found, *(Wanted(f"sample-{name}", _sample(name)) for name in bare))


def one_each() -> tuple[Wanted, ...]:
    """One site per template."""
    first = {one.template: one for one in reversed(all_wanted())}
    return tuple(first[name] for name in sorted(first))


def wanted(name: str) -> Wanted:
    """The site of that name; StopIteration where there is none."""
    return next(one for one in all_wanted() if one.name == name)


def files(one: Wanted, kept: Path) -> dict[str, bytes]:
    """The site's files; built once for all workers, which share the folder `kept`."""
    place = kept / hashlib.sha256(canonical(one.inputs.model_dump(mode="json"))).hexdigest()
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            place.write_bytes(pickle.dumps(build(one.inputs, drawn(one.inputs, Shelf()))))
    site: dict[str, bytes] = pickle.loads(place.read_bytes())
    return site


def pages(site: Mapping[str, bytes]) -> list[str]:
    """The site's pages by path, home first."""
    return sorted((path for path in site if path.endswith(".html")), key=lambda path: (path != "index.html", path))


def written(site: Mapping[str, bytes], folder: Path) -> Path:
    """Write the site's pages into a folder, for programs that read files."""
    for path in pages(site):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(site[path])
    return folder


def _inputs(file: Path) -> Website:
    """What the bot's planner gives the website step for that briefing."""
    policy = _offline.folder_policy(Path("/srv/site"), _offline.URL)
    assert isinstance(policy, Policy)
    plan = _offline.planned(_offline.Wish(file, policy, _offline.product_of(policy, None), _DAY))
    if isinstance(plan, tuple):
        raise AssertionError(f"{file.name}: {'; '.join(_told(fault) for fault in plan)}")
    step = next(step for step in plan.steps if step.executor == "website")
    return Website.model_validate(step.inputs)


def _told(fault: Fault) -> str:
    return f"{fault.path} {fault.message}"


def _sample(template: str) -> Website:
    return Website.model_validate({**EXECUTOR.sample, "template": template})
