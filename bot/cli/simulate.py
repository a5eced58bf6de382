"""`millwright simulate`: what a command by somebody would do now, and why; it touches nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from datetime import datetime

    from bot.cli._question import Question
    from executors.protocol.plan import RiskLevel

REVIEWS = ("approved", "changes_requested")
RISKS: tuple[RiskLevel, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
ONLINE = ("actor", "command", "review", "issue", "case", "as-role", "team", "at", "json")
"""What goes with a question to the bot's own database."""
ROLES = ("none", "read", "triage", "write", "maintain", "admin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who says what where; what is supposed of them; and when. Or a policy alone."""
    parser.add_argument(
        "--actor", metavar="LOGIN[:ID]", help="who says it; GitHub tells the id where it is left out"
    )
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--command", metavar="TEXT", help='the comment, like "/approve v1-1a2b3c4d5e6f"')
    words.add_argument("--review", choices=REVIEWS, help="a review of the plan pull request's newest commit")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--issue", metavar="OWNER/REPO#N", help="the issue that it is said on")
    place.add_argument("--case", metavar="KEY", help="the same by the key in ledger and evidence, `case:…`")
    parser.add_argument("--as-role", choices=ROLES, help="suppose this role, whatever GitHub says (hypothetical)")
    parser.add_argument(
        "--team", action="append", metavar="SLUG", help="suppose membership of just these teams (hypothetical)"
    )
    parser.add_argument("--at", metavar="RFC3339", help="decide at this time (now); GitHub is read as it is now")
    parser.add_argument(
        "--json", action="store_true", help="print millwright/decision/v1 with the effects as JSON"
    )
    alone = parser.add_argument_group("without database and GitHub, who decides at which gate")
    alone.add_argument("--policy", type=Path, metavar="FILE", help="by this policy")
    alone.add_argument("--risk", choices=RISKS, help="for plans of that risk (of every one)")


def run(arguments: argparse.Namespace) -> int:
    """Print what would happen; 0 it would count or be done, 1 it would be refused or not be heard.

    The environment is that of `millwright serve`. SettingsError, StoreError, BadQuestion and GitHubError for what
    cannot be answered.
    """
    if arguments.policy is not None or arguments.risk:
        return _offline(arguments)
    import asyncio
    import json
    import os

    from bot.cli import _foreseen, _foreseen_page, _outcome, _simulation
    from bot.cli._screen import console
    from bot.settings import Settings

    foreseen = asyncio.run(_simulation.foresee(_question(arguments), Settings.read(os.environ)))
    if arguments.json:
        print(json.dumps(_foreseen.as_json(foreseen), indent=2))
    else:
        _foreseen_page.show(foreseen, console())
    return 0 if _outcome.outcome(foreseen).is_good else 1


def _offline(arguments: argparse.Namespace) -> int:
    """Who decides where by the policy alone, as for `validate --gates`; BadQuestion for one with faults."""
    import sys

    from bot.cli._files import policy_of
    from bot.cli._question import BadQuestion
    from bot.cli._screen import console, show_faults, styled
    from bot.cli.validate import gate_lines

    given = [name for name in ONLINE if getattr(arguments, name.replace("-", "_"))]
    if arguments.policy is None or given:
        alone = f"--{given[0]} asks the bot's database" if given else "--risk goes with --policy FILE"
        raise BadQuestion(f"{alone}: `--policy FILE --risk LEVEL` is a question of its own")
    policy = policy_of(arguments.policy)
    if isinstance(policy, tuple):
        show_faults(str(arguments.policy), policy, console(sys.stderr))
        raise BadQuestion(f"{arguments.policy} cannot be read as a policy; put right what is named above")
    for line in gate_lines(policy, (arguments.risk,) if arguments.risk else RISKS):
        console().print(styled(line), soft_wrap=True)
    return 0


def _question(arguments: argparse.Namespace) -> Question:
    from bot.cli._question import BadQuestion, Question
    from bot.domain.people import Role

    words, place = arguments.command is not None or arguments.review, arguments.issue or arguments.case
    if not (arguments.actor and words and place):
        raise BadQuestion("say who (--actor), what (--command or --review) and where (--issue or --case)")
    return Question(
        actor=arguments.actor,
        command=arguments.command,
        review=arguments.review,
        issue=arguments.issue,
        case=arguments.case,
        at=_moment(arguments.at),
        role=Role[arguments.as_role.upper()] if arguments.as_role else None,
        teams=tuple(arguments.team) if arguments.team else None,
    )


def _moment(text: str | None) -> datetime:
    """The moment that was named, else now; BadQuestion for one without a zone or of no such form."""
    from datetime import datetime

    from bot.app import now
    from bot.cli._question import BadQuestion

    if text is None:
        return now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise BadQuestion(f"--at {text}: is no moment; write it like 2026-01-31T09:00:00Z")
    return moment


SUBCOMMAND = Subcommand(
    "simulate", "what a command by somebody would do now; it touches nothing", add_arguments, run
)
