"""The policy's `checks`: commands of the organisation's own that look at the built website before it is published.

They are code that we did not ship, so a plan runs them in a leg of their own, beside nothing of ours (T57).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.domain.faults import Fault
from bot.domain.fields import unlike, wrong
from bot.domain.rules import Rule
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Leg, Limits, Step

EXECUTOR, LEG = "check_foreign", "checks"
CHECK_SECONDS = 60
"""What a check is taken to last, for the estimate."""
_PATH = re.compile(r"[A-Za-z0-9._-]{1,100}(/[A-Za-z0-9._-]{1,100}){0,10}")


def _path(path: str) -> str:
    parts = path.split("/")
    if not _PATH.fullmatch(path) or {".", "..", ".git"} & set(parts) or parts[0] == "site":
        raise wrong(
            "is no path of a file in the product repository", "write one like `checks/links.py`, not below `site/`"
        )
    return path


def _word(text: str) -> str:
    if not text.isprintable():
        raise wrong("holds a control character", "write plain text")
    return text


Word = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_word)]


class Check(Rule):
    """One command: it runs in a folder with its `files` and the built site below `site/`; exit code 0 is a yes."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]
    """what the step of the plan and its findings are called by"""
    run: Annotated[list[Word], Field(min_length=1, max_length=50)]
    """the command, word by word; no shell reads it"""
    files: Annotated[
        list[Annotated[str, AfterValidator(_path)]],
        Field(default_factory=list, max_length=20),
        AfterValidator(unlike),
    ]
    """files of the product repository that it needs, by path; their content is part of what is approved"""
    outputs: Annotated[list[Word], Field(default_factory=list, max_length=10)]
    """globs of files that it writes and that belong into the evidence"""
    timeout_seconds: Annotated[int, Field(ge=1, le=3_600)] = 300
    """seconds after which it is stopped and counts as a no"""


@dataclass(frozen=True)
class CheckFiles:
    """The need for the files that the policy's checks run on; answers `Knowledge.check_files`: path → sha256."""


@dataclass(frozen=True)
class Checks:
    """What of the policy's checks goes into a plan; `files` is None where nobody can look at the repository."""

    rules: tuple[Check, ...]
    files: Mapping[str, str] | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: what such a command can reach, or that none is planned here."""
        names = ", ".join(rule.name for rule in self.rules)
        if not names:
            return ()
        if self.files is None:
            return (f"Left out, for they run on GitHub only: the checks {names} of the policy.",)
        return (
            f"Checks {names} run code of yours, in a job without environment, token and secrets. Its runner's "
            "network is open to it.",
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The files that are not there."""
        return tuple(self._missing()) if self.files is not None else ()

    def _missing(self) -> Iterator[Fault]:
        for rule in self.rules:
            for path in rule.files:
                if path not in (self.files or {}):
                    message = f"{rule.name}: {path} is not on the default branch of the product repository"
                    yield Fault("checks", message, "commit it there, or correct `checks` in the policy")


def check_steps(checks: Checks, steps: tuple[Step, ...], cards: Mapping[str, ExecutorCard]) -> tuple[Step, ...]:
    """The steps with one per check before the site is built, and the deployment after all of them.

    Nothing is added where no site is published, or nobody can look at the files.
    """
    deploy = next((step for step in steps if step.executor == "deploy"), None)
    if deploy is None or checks.files is None or not checks.rules or EXECUTOR not in cards:
        return steps
    made = tuple(_step(rule, checks.files, str(deploy.inputs["source"]), cards[EXECUTOR]) for rule in checks.rules)
    after = (*deploy.depends_on, *(step.id for step in made))
    later = deploy.model_copy(update={"depends_on": after})
    return (*made, *(later if step is deploy else step for step in steps))


def check_leg(steps: tuple[Step, ...]) -> Leg | None:
    """The leg of the checks, which comes before every other; None where there are none."""
    ids = tuple(step.id for step in steps if step.executor == EXECUTOR)
    return Leg(id=LEG, steps=ids, foreign=True) if ids else None


def _step(rule: Check, files: Mapping[str, str], site: str, card: ExecutorCard) -> Step:
    return Step(
        id=f"check-{rule.name}",
        executor=EXECUTOR,
        title=f"Check {rule.name}",
        summary=f"Run {' '.join(rule.run)[:200]} on the built site; nothing is published unless it ends with 0",
        inputs={
            "name": rule.name,
            "command": list(rule.run),
            "files": [{"path": path, "sha256": files[path]} for path in sorted(rule.files)],
            "site": site,
            "outputs": list(rule.outputs),
            "timeout_seconds": rule.timeout_seconds,
        },
        limits=Limits(timeout_seconds=card.limits.timeout_seconds, retries=0),
        undo=card.undo,
        estimate_seconds=CHECK_SECONDS,
    )
