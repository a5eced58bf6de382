"""`millwright plan FILE`: the plan of a briefing or an issue's body, made by the bot's own planner, offline."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.faults import Fault
    from bot.domain.policy import Policy
    from bot.domain.site_place import SiteEnvironment
    from executors.protocol.plan import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what it is planned for, and where the plan goes."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a briefing (.yaml, .json) or an issue's body (.md)"
    )
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="a policy; without one, a folder on this machine"
    )
    parser.add_argument(
        "--default", type=Path, metavar="FILE", help="the organisation's defaults below the policy"
    )
    parser.add_argument("--product", metavar="OWNER/REPO", help="which of the policy's products (the first)")
    parser.add_argument(
        "--site", type=Path, default=Path("site"), metavar="DIR", help="the folder, without --policy (./site)"
    )
    parser.add_argument("--url", metavar="URL", help="where the folder is served, without --policy")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day the plan is made for (today)")
    parser.add_argument("--json", action="store_true", help="print the plan as canonical JSON and nothing else")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the canonical JSON to a file")


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 0, or 1 where the briefing or the policy has faults."""
    from bot.cli import _offline
    from bot.cli._screen import console
    from bot.domain.policy import Policy

    policy = _policy(arguments)
    if not isinstance(policy, Policy):
        return _faulty(arguments.policy, policy)
    product = _offline.product_of(policy, arguments.product)
    plan = _offline.planned(_offline.Wish(arguments.file, policy, product, _day(arguments.date)))
    if isinstance(plan, tuple):
        return _faulty(arguments.file, plan)
    if arguments.output:
        _write(arguments.output, plan)
    if arguments.json:
        print(_text(plan), end="")
        return 0
    from bot.cli import _plan_page

    screen = console()
    _plan_page.show(plan, _where(arguments, policy), screen)
    screen.print(f"\n{_next(arguments, plan)}", soft_wrap=True)
    return 0


def _policy(arguments: argparse.Namespace) -> Policy | tuple[Fault, ...]:
    from bot.cli import _offline
    from bot.cli._files import policy_of

    if arguments.policy is None:
        return _offline.folder_policy(arguments.site.absolute(), arguments.url or _offline.URL)
    return policy_of(arguments.policy, arguments.default)


def _day(date: str | None) -> str:
    """The day that was named, else today in UTC; FileFault for one that is no day."""
    import time
    from datetime import UTC, datetime

    from bot.cli._files import FileFault

    if date is None:
        return datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    try:
        return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise FileFault(f"--date {date}: is no day; write it like 2026-01-31") from error


def _faulty(file: Path, faults: tuple[Fault, ...]) -> int:
    import sys

    from bot.cli._screen import console, show_faults

    show_faults(str(file), faults, console(sys.stderr))
    count = f"{len(faults)} faults" if len(faults) > 1 else "1 fault"
    print(f"No plan: {count} in {file}. Correct them and plan again.", file=sys.stderr)
    return 1


def _text(plan: Plan) -> str:
    from executors.protocol.canonical import canonical

    return canonical(plan.to_json()).decode() + "\n"


def _write(path: Path, plan: Plan) -> None:
    from bot.cli._files import FileFault

    try:
        path.write_text(_text(plan), "utf-8")
    except OSError as error:
        raise FileFault(f"cannot write {path}: {error.strerror}") from error


def _at(place: SiteEnvironment) -> str:
    """Where a website is put, in short."""
    match place.kind:
        case "local":
            return place.path
        case "ssh":
            return f"{place.path} on {place.host}"
        case "pages":
            return f"branch {place.branch}, GitHub Pages"


def _where(arguments: argparse.Namespace, policy: Policy) -> str:
    from bot.cli import _offline

    product = _offline.product_of(policy, arguments.product)
    place = _offline.place_of(policy, product)
    if arguments.policy is None:
        return f"the folder {_at(place)} on this machine, checked at {place.url} (--policy names another place)"
    site = f"{product.repository}, environment {place.name}: {_at(place)}, checked at {place.url}"
    erp = policy.erp_of(product)
    return f"{site}; environment {erp.name}: Odoo at {erp.url}, database {erp.database}" if erp else site


def _next(arguments: argparse.Namespace, plan: Plan) -> str:
    if plan.dry_run or not plan.legs:
        return "Next: nothing to run in this plan; change the briefing and plan again."
    if secrets := sorted({name for leg in plan.legs for name in leg.secrets}):
        where = "open an issue with this briefing in the product's repository"
        return f"Next: {where}; only jobs on GitHub Actions are given {', '.join(secrets)}."
    beside = f" --content {arguments.file.parent}" if _has_pictures(plan) else ""
    if arguments.output:
        return f"Next: millwright run {arguments.output}{beside}"
    return f"Next: millwright plan {arguments.file} -o plan.json, then millwright run plan.json{beside}"


def _has_pictures(plan: Plan) -> bool:
    """Whether the plan's website shows pictures, which lie beside the briefing."""
    from executors.kinds.website.inputs import Website
    from executors.kinds.website.pictures import uses

    return any(uses(Website.model_validate(step.inputs)) for step in plan.steps if step.executor == "website")


SUBCOMMAND = Subcommand("plan", "plan a briefing or an issue's body, offline", add_arguments, run)
