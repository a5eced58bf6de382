"""What `millwright keys` says: the ring, what each key is needed for, and what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.cli._screen import plain
from bot.domain.published_keys import public_json, told
from bot.domain.ring import Key, Ring
from bot.errors import BotError
from executors.errors import ProtocolError
from executors.protocol import dsse

PIN = re.compile(r"^ *MILLWRIGHT_KEY: *(.*?) *$", re.MULTILINE)
"""How the generated workflow names the keys that it trusts."""


class RingRefused(BotError):
    """The ring cannot be changed so."""


def needed_for(key: Key) -> str:
    """What would be missed without the key."""
    match key.state:
        case "active":
            return "seals evidence packs and signs specs"
        case "retiring":
            return "co-signs specs for workflows that still pin it; verifies the packs that it sealed"
        case "retired":
            return "verifies the packs that it sealed"
        case "compromised":
            return "nothing: it is published so that nobody believes it"


def as_text(ring: Ring) -> str:
    """Two lines for each key, the newest first."""
    lines = []
    for key in ring.keys:
        span = f"from {told(key.since) or 'before the ring'}"
        span += f" until {told(key.until)}" if key.until else ""
        span += f", compromised {told(key.compromised)}" if key.compromised else ""
        lines += [f"{key.state:<12}{key.fingerprint}", f"{'':<12}{span}; {needed_for(key)}"]
    return "".join(f"{line}\n" for line in lines)


def as_json(ring: Ring) -> str:
    """What is published of each key, and what it is needed for."""
    keys = [public_json(key) | {"needed_for": needed_for(key)} for key in ring.keys]
    return json.dumps({"keys": keys}, indent=2) + "\n"


def after_rotation(ring: Ring) -> str:
    """What comes next, with the lines to type."""
    former = ring.signing[1].fingerprint
    return (
        "\nA running bot signs with the new key from now on; it needs no restart. Nothing stops: the former key\n"
        "co-signs specs. Next, for every operations repository, when nothing there waits for an approval:\n"
        f"  millwright workflow POLICY --key {ring.active.fingerprint} ...\n"
        "and when no workflow pins the former key any more:\n"
        f"  millwright keys retire {former} --workflow FILE\n"
    )


def after_retirement(ring: Ring, fingerprint: str, checked: bool) -> str:
    """What has changed for workflows and packs, said of the key as it is now."""
    said = f"\nThe private half of {fingerprint} is gone from the key file; backups of the file still hold it.\n"
    if not checked:
        said += (
            "The ring does not know who pins it: look for the fingerprint in .github/workflows/millwright.yml of\n"
            "every operations repository. A workflow that pins nothing else refuses its jobs from now on.\n"
        )
    if ring.key(fingerprint).state == "compromised":
        said += (
            "Whoever has it can still sign specs for workflows that pin it: generate all of these anew at once.\n"
            "Tell those who verify packs to fetch /.well-known/millwright-keys.json again.\n"
        )
    return said


@dataclass(frozen=True)
class Pinning:
    """A workflow that pins a key; `alone` where it would trust no key of the ring any more without it."""

    path: Path
    alone: bool

    @property
    def line(self) -> str:
        """The workflow, and whether it can do without."""
        rest = "pins this key alone" if self.alone else "pins this key too, beside another that signs"
        return plain(f"{self.path}: {rest}")


def pinning(files: Iterable[tuple[Path, str]], fingerprint: str, signing: Collection[str]) -> list[Pinning]:
    """The workflows that pin the key; RingRefused for a file that is no generated workflow."""
    found = []
    for path, text in files:
        try:
            pins = {pin for line in PIN.findall(text) for pin in dsse.pins(line.strip('"'))}
        except ProtocolError as error:
            raise RingRefused(f"{path}: MILLWRIGHT_KEY {error}") from error
        if not pins:
            raise RingRefused(f"{path} names no MILLWRIGHT_KEY: it is no workflow of `millwright workflow`")
        if fingerprint in pins:
            found.append(Pinning(path, not (pins & set(signing)) - {fingerprint}))
    return found
