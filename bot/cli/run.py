"""`millwright run PLAN`: preview, execute or take back a plan on this machine, without GitHub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from rich.console import Console

    from bot.cli._local_run import Bench
    from executors.protocol.plan import Leg, Plan
    from executors.runner import Ended

VERBS = ("preview", "execute", "rollback")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The plan, what to do with it, and where."""
    parser.add_argument("plan", metavar="PLAN", type=Path, help="what `millwright plan -o` wrote")
    parser.add_argument("--verb", choices=VERBS, default="execute", help="execute, unless another is named")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="build folder and journal (./.millwright/<token of the plan>)"
    )
    parser.add_argument("--content", type=Path, metavar="DIR", help="the folder with the briefing's pictures")
    parser.add_argument("--yes", action="store_true", help="do not ask for the plan's token first")
    parser.add_argument("--serve", action="store_true", help="afterwards, serve the site until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    """Carry the plan out; 0 where everything succeeded, 1 where not, 2 where it did not begin."""
    from bot.cli import _local_run
    from bot.cli._files import plan_of
    from bot.cli._screen import console

    plan, screen = plan_of(arguments.plan), console()
    work: Path = arguments.work or Path(".millwright") / plan.token
    if refusal := _refusal(plan, arguments.verb, work):
        print(f"millwright run: {refusal}", file=sys.stderr)
        return 2
    if arguments.verb != "preview" and not arguments.yes and not _agreed(plan, arguments.verb, screen):
        print("Nothing was done.", file=sys.stderr)
        return 2
    bench = _local_run.Bench(work, arguments.content, screen)
    if arguments.verb == "rollback":
        return _told(plan, arguments, bench)
    with _local_run.serving(plan) as server:
        place = _local_run.site_of(plan)
        if server is None and place is not None:
            screen.print(f"Another web server is expected at {place[1]}; this run starts none.", soft_wrap=True)
        code = _told(plan, arguments, bench)
        if arguments.serve and code == 0:
            _keep_serving(plan, server is not None, screen)
    return code


def _refusal(plan: Plan, verb: str, work: Path) -> str:
    """Why the verb cannot begin, in a sentence; empty where it can."""
    from bot.cli import _local_run

    if not plan.legs:
        return "this plan has nothing to run; it is a dry run, or nothing of its scope is available"
    if plan.dry_run and verb != "preview":
        return "this plan is a dry run, which is never carried out"
    if secrets := [name for leg in plan.legs for name in leg.secrets]:
        return f"this plan needs the secrets {', '.join(secrets)}; only a job on GitHub Actions is given secrets"
    if verb == "rollback" and not _local_run.has_journal(plan, work):
        return f"there is nothing to take back: {work} holds no journal of this plan"
    return ""


def _agreed(plan: Plan, verb: str, screen: Console) -> bool:
    """Whether the person at the terminal typed the plan's token."""
    from bot.cli._screen import styled

    what = "Execute" if verb == "execute" else "Take back what was done for"
    screen.print(styled(f"{what} {plan.title} (risk {plan.risk.level})"))
    for step in plan.steps:
        screen.print(styled(f"  {step.title}: {step.summary}"))
    try:
        typed = screen.input(f"Type {plan.token} to go on: ")
    except EOFError:
        print("\nNobody is there to answer; --yes goes on without asking.", file=sys.stderr)
        return False
    return typed.strip() == plan.token


def _told(plan: Plan, arguments: argparse.Namespace, bench: Bench) -> int:
    """Carry the plan out, say how it ended and what comes next; returns the exit code."""
    from bot.cli import _local_run
    from bot.cli._screen import styled

    legs = _local_run.carry_out(plan, arguments.verb, bench)
    ended = legs[-1][1]
    good = ended.succeeded(arguments.verb)
    bench.screen.print(styled(_ending(plan, arguments.verb, legs), "bold green" if good else "bold red"))
    for line in filter(None, (ended.error if not good else None, *ended.residue)):
        bench.screen.print(styled(f"  {line}"), soft_wrap=True)
    bench.screen.print(styled(f"Journal: {bench.work}"), soft_wrap=True)
    if follows := _next(arguments, ended):
        bench.screen.print(styled(follows), soft_wrap=True)
    return 0 if good else 1


def _ending(plan: Plan, verb: str, legs: list[tuple[Leg, Ended, int]]) -> str:
    from bot.cli import _local_run

    outcome, changed = legs[-1][1].outcome, sum(count for _, _, count in legs)
    place = _local_run.site_of(plan)
    match outcome:
        case "completed" if verb == "preview":
            return "Previewed: nothing outside the build folder was touched."
        case "completed" if not changed:
            return "Everything is as it should be: nothing had to be changed."
        case "completed":
            return f"Done: the site is in {place[0] / 'current'}." if place else "Done."
        case "rolled_back" if verb == "rollback":
            return "Taken back." if changed else "There was nothing left to take back."
        case "rolled_back":
            return "Failed, and taken back: everything is as it was before."
        case "stopped":
            return "Stopped: what was done is kept."
        case _:
            return "Failed."


def _next(arguments: argparse.Namespace, ended: Ended) -> str:
    again = f"millwright run {arguments.plan}" + (f" --work {arguments.work}" if arguments.work else "")
    match arguments.verb, ended.outcome:
        case "preview", "completed":
            return f"Next: {again}"
        case "execute", "completed" if not arguments.serve:
            return f"Next: {again} --yes --serve shows the site; {again} --verb rollback takes it back"
        case _, "stopped":
            return f"Next: {again} goes on; {again} --verb rollback takes it back"
        case _, "failed":
            return f"Next: {again} --verb {arguments.verb} tries again, once the cause is gone"
        case _:
            return ""


def _keep_serving(plan: Plan, is_ours: bool, screen: Console) -> None:
    import signal
    import threading

    from bot.cli import _local_run

    place = _local_run.site_of(plan)
    if place is None or not is_ours:
        screen.print("Nothing to serve here: something else answers at the plan's URL, or it names none.")
        return
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    screen.print(f"Serving {place[0] / 'current'} at {place[1]} until Ctrl-C", soft_wrap=True)
    told.wait()
    for number, handler in before.items():
        signal.signal(number, handler)


SUBCOMMAND = Subcommand("run", "run a plan on this machine: preview, execute or roll back", add_arguments, run)
