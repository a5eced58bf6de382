"""A foreseen decision as a page for the terminal: whether it counts, the tree, what would be done."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from bot.cli import _foreseen
from bot.cli._foreseen import Said
from bot.cli._outcome import Outcome, outcome, step_of
from bot.cli._screen import show_faults, styled
from bot.cli._simulation import Foreseen
from bot.domain.approval import Verdict
from bot.domain.ledger import Entry

LINES = 12
"""Lines of a comment that are shown; `--json` has all."""
_STYLE = {"counts": "bold green", "done": "bold green", "refused": "bold red", "ignored": "bold yellow"}
_HEADS = {
    "counts": "It would count",
    "done": "It would be done",
    "refused": "It would be refused",
    "ignored": "Nothing would happen",
}


def show(foreseen: Foreseen, screen: Console) -> None:
    """Print the page."""
    for line in _head(foreseen):
        screen.print(line, soft_wrap=True)
    show_faults(".github/millwright.yml", foreseen.known.policy_faults, screen)
    _title(screen, f"The gate `{foreseen.gate}`, with that word")
    screen.print(Padding(_tree(foreseen.verdict), (0, 0, 0, 2)))
    for title, lines in _sections(foreseen):
        found = list(lines)
        _title(screen, title if found else f"{title}: nothing")
        for text in found:
            screen.print(Padding(text, (0, 0, 0, 2)))
    screen.print(Text("\nNext: ", style="bold").append(styled(step_of(foreseen))), soft_wrap=True)
    screen.print(Text("Nothing was stored, said or started.", style="dim"))


def _title(screen: Console, text: str) -> None:
    screen.print(Text(f"\n{text}", style="bold"))


def _head(foreseen: Foreseen) -> Iterator[Text]:
    found, question, case = outcome(foreseen), foreseen.question, foreseen.before
    if question.is_hypothetical:
        yield Text(_supposed(foreseen), style="bold black on yellow")
    what = f"says {question.command}" if question.review is None else f"reviews with {question.review}"
    yield styled(
        f"{foreseen.actor.login} ({foreseen.actor.id}) {what} on {case.repo.name}#{case.number}, {case.title}"
    )
    yield Text(_verdict_line(found), style=_STYLE[found.name])
    if found.meaning:
        yield styled(f"  {found.code} means: {found.meaning}")
    if not found.is_good:
        yield styled(f"  Next: {found.next}")
    if foreseen.after.phase is not case.phase:
        yield styled(f"  The state goes from {case.phase.value} to {foreseen.after.phase.value}.")


def _supposed(foreseen: Foreseen) -> str:
    role, teams = foreseen.question.role, foreseen.question.teams
    parts = [f"role {role.word}"] if role is not None else []
    parts += (
        [f"member of {', '.join(teams)} and of no other team that the policy names"] if teams is not None else []
    )
    return f"HYPOTHETICAL: {foreseen.actor.login} is supposed to have: {'; '.join(parts)}. GitHub was not asked."


def _verdict_line(found: Outcome) -> str:
    head = _HEADS[found.name] + (f" ({found.code})" if found.code else "")
    return styled(f"{head}: {found.why}" if found.why else f"{head}.").plain


def _tree(verdict: Verdict) -> Tree:
    tree = Tree(_node(verdict))
    for child in verdict.children:
        tree.children.append(_tree(child))
    return tree


def _node(verdict: Verdict) -> Text:
    sign, style = ("✓", "green") if verdict.allowed else ("✗", "red")
    return Text(f"{sign} ", style=style).append(styled(verdict.because)).append(f" [{verdict.code}]", style="dim")


def _sections(foreseen: Foreseen) -> Iterator[tuple[str, Iterator[Text]]]:
    yield "Would be recorded", (_entry(*one) for one in _foreseen.recorded(foreseen))
    yield "Would be said", (line for one in _foreseen.comments(foreseen) for line in _comment(one))
    yield (
        "Would be run",
        (styled(f"{one['verb']} {one['leg']}, {one['when']}") for one in _foreseen.runs(foreseen)),
    )
    yield (
        "Check runs",
        (styled(f"{one['name']}: {one['conclusion']}, {one['title']}") for one in _foreseen.checks(foreseen)),
    )
    yield "Besides", (styled(one) for one in _foreseen.others(foreseen))


def _entry(entry: Entry, sentence: str) -> Text:
    text = styled(f"{entry.actor.login}: {sentence}")
    return text.append(styled(f" — {entry.reason}", "dim")) if entry.reason else text


def _comment(said: Said) -> Iterator[Text]:
    where = "the sticky comment" if said.to == "sticky" else f"a reply on #{said.number}"
    yield Text(f"{where}:", style="italic")
    lines = [line for line in said.text.split("\n") if line.strip()]
    for line in lines[:LINES]:
        yield styled(f"│ {line}")
    if len(lines) > LINES:
        yield Text(f"│ … {len(lines) - LINES} more lines (--json has all)", style="dim")
