"""Whether the workflow is still the one that the policy gives, and if not, from which line on it differs.

Two things are the workflow's own, for `millwright workflow` was told them: which keys it pins, and which commit of
the actions it uses. They are read from it; all the rest follows from policy and bot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from bot.domain.faults import Fault
from bot.domain.policy import PATH, Policy
from bot.domain.workflow import WorkflowConfig, generate

_ACTIONS = re.compile(r"^ *uses: ([A-Za-z0-9-]+/[A-Za-z0-9._-]+)/actions/setup@([0-9a-f]{40})$", re.MULTILINE)
_KEY = re.compile(r'^ *MILLWRIGHT_KEY: ("[A-Za-z0-9: ]{1,1000}")$', re.MULTILINE)


@dataclass(frozen=True)
class Bot:
    """What of this bot a workflow depends on: its address, its keys with their states, and its template."""

    url: str
    keys: Mapping[str, str]
    """fingerprint → active, retiring, retired or compromised"""
    template: str


def environments(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Each GitHub environment that a job may enter, with the names of its secrets."""
    found = {place.name: tuple(place.secrets) for place in policy.environments if place.secrets}
    apart = [place for place in policy.environments if place.kind in ("odoo", "dns", "ssh")]
    return found | {place.read_name: (place.key,) for place in apart}


def generated(policy: Policy, url: str, key: str, actions: str, template: str) -> str:
    """The workflow of that policy; `actions` is `owner/repo@commit`. ValueError lists what cannot stand in it."""
    where, _, sha = actions.partition("@")
    config = WorkflowConfig(
        bot=url,
        key=key,
        actions=where,
        sha=sha,
        runs_on=tuple(policy.workflow.runs_on),
        foreign_on=tuple(policy.workflow.foreign_on),
        environments=environments(policy),
        attest=policy.workflow.attest,
    )
    return generate(config, template)


def workflow_faults(policy: Policy, text: str | None, bot: Bot) -> tuple[Fault, ...]:
    """What is wrong with the workflow in `text`, None where there is none; `path` is the file's."""
    where = policy.workflow.path
    if text is None:
        return (Fault("", "the workflow is not there", f"write it: `{_command(policy, bot)}`", None, where),)
    actions, key = _ACTIONS.search(text), _KEY.search(text)
    if actions is None or key is None:
        missing = "no commit of the actions" if actions is None else "no key of a bot"
        wrong, advice = f"names {missing}: it was not generated", f"write it anew: `{_command(policy, bot)}`"
        return (Fault("", wrong, advice, 1, where),)
    source = f"{actions[1]}@{actions[2]}"
    pinned = json.loads(key[1])
    faults = tuple(_key_faults(where, pinned, bot, text.count("\n", 0, key.start()) + 1))
    return faults or tuple(_differences(policy, text, pinned, source, bot))


def _key_faults(where: str, pinned: str, bot: Bot, line: int) -> Iterator[Fault]:
    states = {one: bot.keys.get(one) for one in pinned.split()}
    for one, state in states.items():
        if state in (None, "compromised"):
            wrong = "is marked as compromised" if state else "is none of this bot's"
            yield Fault("", f"pins the key {one[:23]}…, which {wrong}", f"pin `{_active(bot)}`", line, where)
    if not {"active", "retiring"} & set(states.values()):
        yield Fault("", "pins no key that signs now: no job would run", f"pin `{_active(bot)}`", line, where)


def _differences(policy: Policy, text: str, pinned: str, source: str, bot: Bot) -> Iterator[Fault]:
    where = policy.workflow.path
    advice = f"write it anew: `{_command(policy, bot, source, pinned)}`"
    try:
        wanted = generated(policy, bot.url, pinned, source, bot.template)
    except ValueError as error:
        yield Fault("", str(error), "correct the policy", None, where)
        return
    if text == wanted:
        return
    rows = zip_longest(text.split("\n"), wanted.split("\n"))
    line, (has, gives) = next((n, row) for n, row in enumerate(rows, 1) if row[0] != row[1])
    gap = "the file ends here" if has is None else "the line is too much" if gives is None else ""
    words = gap or f"the policy gives `{(gives or '').strip()[:120] or 'an empty line'}` here"
    yield Fault("", f"differs from what {PATH} gives: {words}", advice, line, where)


def _active(bot: Bot) -> str:
    return next((key for key, state in bot.keys.items() if state == "active"), "SHA256:…")


def _command(policy: Policy, bot: Bot, source: str = "<owner>/<repository>@<commit>", pinned: str = "") -> str:
    keys = " ".join(f"--key {key}" for key in (pinned or _active(bot)).split())
    return f"millwright workflow {PATH} --url {bot.url} {keys} --actions {source} -o {policy.workflow.path}"
