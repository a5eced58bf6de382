"""Operations and facts in plain words, for people who approve them and do not know their names.

What is not in the tables here is shown under its own name: an executor can be added without a word in this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.case import OpenGate
from bot.domain.website_steps import undo_text
from bot.say.encode import Markdown, code, prose, word
from executors.protocol.plan import Envelope, Plan, Planned, Seen, Step

SHORT = 90
"""Characters of a fact that stand in a table; a longer one is a paragraph of its own."""
LONG = 4_000
"""Characters of a fact that are shown."""
OPERATIONS, FACTS = 30, 60
"""How many operations and facts of a leg are shown; `plan.json` has all."""

_DEEDS = {
    "write_file": "build {files}, which nobody sees yet",
    "remove_file": "remove {files} from the build folder",
    "run_foreign": "run a command that we did not ship, in a job without token and secrets",
    "store_release": "store the new release beside the one that is served",
    "switch_release": "serve the new release",
    "remove_release": "remove an old release",
    "retire_release": "put the oldest releases aside, and drop what was put aside before",
    "return_release": "bring a release back that was put aside",
    "push_pages": "commit the site onto the branch that GitHub Pages serves",
    "reset_pages": "put the branch that GitHub Pages serves back",
    "copy_database": "make a copy of the database, before anything else",
    "drop_copy": "drop the copy of the database",
    "restore_copy": "put the copy in the database's place",
    "set_company": "set country, currency or fiscal year of the company",
    "install_module": "install the module {what}",
    "uninstall_modules": "uninstall the modules that were added",
    "reset_modules": "clear the marks that an interrupted operation left on modules",
    "create_user": "create the account of {what}",
    "remove_user": "remove the account of {what}",
    "change_groups": "change the rights of {what}",
    "set_records": "set the records {what}",
}
_UNDONE = {
    "install_module": "it is uninstalled, with what came along; the records in it are lost",
    "create_user": "the account is removed, or archived where records refer to it",
    "reset_modules": "nothing: the marks stay cleared",
    "set_company": "the settings from before are set again",
    "change_groups": "the rights from before are given again",
}
_BACK = {
    "reversible": "exactly",
    "snapshot": "from the copy taken before",
    "compensate": "by another change; traces remain, and it takes a decision of its own",
    "irreversible": "**cannot be taken back**",
}


@dataclass(frozen=True)
class Preview:
    """What the preview of a leg found, sorted for a reader; `more` operations are not shown."""

    places: tuple[Markdown, ...]
    planned: tuple[Planned, ...]
    there: tuple[Seen, ...]
    """what is there already and is left alone"""
    short: tuple[Seen, ...]
    long: tuple[Seen, ...]
    more: int


def preview(envelope: Envelope) -> Preview:
    """The leg's operations in the order in which such things are done, and its facts by their length."""
    order = list(_DEEDS)
    planned = sorted(envelope.planned, key=lambda item: order.index(item.op) if item.op in order else len(order))
    short = [fact for fact in envelope.seen if len(fact.value) <= SHORT]
    long = [fact for fact in envelope.seen if len(fact.value) > SHORT]
    names = dict.fromkeys(_where(item.target) for item in planned if not item.target.startswith("build:"))
    return Preview(
        places=tuple(place(name) for name in list(names)[:5]),
        planned=tuple(planned[:OPERATIONS]),
        there=tuple(fact for fact in envelope.seen if fact.fact == "there-already")[:FACTS],
        short=tuple(short[:FACTS]),
        long=tuple(long[:FACTS]),
        more=max(0, len(planned) - OPERATIONS),
    )


def leg_of(plan: Plan, step: str) -> str:
    """The leg that the step belongs to."""
    return next((leg.id for leg in plan.legs if step in leg.steps), "")


def _where(target: str) -> str:
    return target.partition("#")[0]


def place(target: str) -> Markdown:
    """A target's place in words."""
    kind, _, rest = _where(target).partition(":")
    if kind == "odoo" and "/" in rest:
        host, _, database = rest.rpartition("/")
        return Markdown(f"Odoo database {code(database, 80)} at {code(host, 120)}")
    if kind == "dns" and "/" in rest:
        host, _, zone = rest.rpartition("/")
        return Markdown(f"zone {code(zone, 160)} at {code(host, 120)}")
    if kind == "ssh":
        machine, slash, path = rest.partition("/")
        return Markdown(f"web folder {code(slash + path, 160)} on {code(machine.partition('@')[2], 120)}")
    if kind == "pages":
        repository, _, branch = rest.rpartition("@")
        return Markdown(f"branch {code(branch, 100)} of {code(repository, 140)}, which GitHub Pages serves")
    if kind == "local":
        return Markdown(f"web folder {code(rest, 160)}")
    if kind == "build":
        return Markdown(f"build folder of {code(rest, 60)}")
    return code(target, 160)


def subject(target: str) -> Markdown:
    """What a target names in its place: a module, a person; the place, in short, where it names nothing."""
    where, _, what = target.partition("#")
    if what or not where.startswith("odoo:"):
        return code(what or where.partition(":")[2] or where, 120)
    return Markdown(f"database {code(where.rpartition('/')[2], 80)}")


def deed(op: str, target: str, count: int = 1) -> Markdown:
    """What an operation does, as a phrase."""
    known, what = _DEEDS.get(op), target.partition("#")[2]
    if known is None:
        on, times = f" {code(what, 80)}" if what else "", f" ({count} times)" if count > 1 else ""
        return Markdown(f"{word(op)}{on}{times}")
    named = code(what, 160) if op.endswith(("module", "modules", "records")) else prose(what, 80)
    return Markdown(known.format(files="1 file" if count == 1 else f"{count} files", what=named))


def brings(item: Planned, seen: Iterable[Seen]) -> Markdown:
    """What an operation brings or changes, in brackets: by the facts `comes-with` and `becomes` on its target."""
    change = next((fact.value for fact in seen if fact.target == item.target and fact.fact == "becomes"), "")
    if change:
        before, _, after = change.partition(" → ")
        return Markdown(f" ({code(before, 160)} → {code(after, 160)})")
    told = next((fact.value for fact in seen if fact.target == item.target and fact.fact == "comes-with"), "")
    head = told.partition(":")[0]
    return Markdown(f" ({prose(head, 80)})" if head else "")


def back(undo: str) -> Markdown:
    """How a change of that undo class is taken back."""
    return Markdown(_BACK[undo]) if undo in _BACK else word(undo)


def undone(op: str, undo: str) -> Markdown:
    """What taking that operation back by another change means."""
    if undo == "irreversible":
        return Markdown("**stays: nothing takes it back**")
    return Markdown(_UNDONE.get(op, "it is made up for by another change; traces remain"))


def undo_at(step: Step, gate: OpenGate) -> str:
    """What taking the step back does once people decided: where no copy is to be had, by another change."""
    lossy = any(one.step == step.id for one in gate.lossy)
    return undo_text(step.model_copy(update={"undo": "compensate"}) if lossy else step)


def fact_name(fact: str) -> Markdown:
    """The name of a fact as words."""
    return word(fact.replace("-", " "))
