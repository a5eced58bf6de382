"""`millwright inbox`: what failed too often and was put aside, and what a person decides about it.

It works beside a bot that runs, which takes up what is tried again within seconds.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.store.aside import Item


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `show`, `retry` and `drop`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="rows that are parked (r…) and effects that were given up (e…)")
    listed.add_argument("--dropped", action="store_true", help="what was dropped, with the reason, instead")
    listed.add_argument("--json", action="store_true", help="one object a line")
    show = actions.add_parser("show", help="one of them in full")
    show.add_argument("id", metavar="ID", help="r12 or e7, as `list` shows it")
    show.add_argument("--body", action="store_true", help="with the words in it, which may be personal")
    retry = actions.add_parser("retry", help="try them again, as if for the first time")
    retry.add_argument("ids", nargs="+", metavar="ID")
    drop = actions.add_parser("drop", help="leave them undone for good; the reason is kept")
    drop.add_argument("ids", nargs="+", metavar="ID")
    drop.add_argument("--reason", required=True, type=_reason, help="why, for those who ask later")


def run(arguments: argparse.Namespace) -> int:
    """Do it; 0, and 2 (an error) where one of the ids is not put aside: then none is changed."""
    import os

    from bot.settings import database

    url = database(os.environ)
    match arguments.action:
        case "list":
            return _list(url, dropped=arguments.dropped, as_json=arguments.json)
        case "show":
            return _show(url, arguments.id, with_body=arguments.body)
        case _:
            return _change(url, arguments)


def _reason(text: str) -> str:
    if not 3 <= len(text.strip()) <= 500:
        raise argparse.ArgumentTypeError("say why, in 3 to 500 characters")
    return text.strip()


def _list(url: str, *, dropped: bool, as_json: bool) -> int:
    import json

    from bot.store import aside
    from bot.store.reading import snapshot

    with snapshot(url) as connection:
        found = aside.items(connection, dropped=dropped)
    for item in found:
        print(json.dumps(_facts(item)) if as_json else _line(item))
    if not found and not as_json:
        print("nothing was dropped" if dropped else "nothing is put aside")
    return 0


def _show(url: str, name: str, *, with_body: bool) -> int:
    from bot.store import aside
    from bot.store.reading import snapshot

    with snapshot(url) as connection:
        item = aside.item(connection, name)
    for fact, value in _facts(item).items():
        print(f"{fact + ':':<10} {value}")
    if with_body:
        print(f"\n{item.body.decode('utf-8', 'replace') or '(its words were erased)'}")
    else:
        print(f"{'body:':<10} {len(item.body)} bytes; --body shows them")
    return 0


def _change(url: str, arguments: argparse.Namespace) -> int:
    from bot.store import aside

    with aside.beside(url) as connection:
        for name in dict.fromkeys(arguments.ids):
            if arguments.action == "retry":
                item = aside.retry(connection, name)
                print(f"{name}: {item.kind} of {item.case or 'nobody'} is tried again within seconds")
            else:
                item = aside.drop(connection, name, arguments.reason)
                print(f"{name}: {item.kind} of {item.case or 'nobody'} is dropped")
    return 0


def _facts(item: Item) -> dict[str, str | int]:
    return {
        "id": item.id,
        "since": item.since.isoformat(timespec="seconds") if item.since else "",
        "case": item.case,
        "kind": item.kind,
        "delivery": item.delivery,
        "attempts": item.attempts,
        "error": item.error,
    }


def _line(item: Item) -> str:
    """One line; the error's first, for it may be long."""
    facts = _facts(item)
    error = item.error.partition("\n")[0]
    shown = f"{error[:117]}..." if len(error) > 120 else error
    return "  ".join(
        [*(str(facts[name]) for name in ("id", "since", "case", "kind", "delivery", "attempts")), shown]
    )


SUBCOMMAND = Subcommand(
    "inbox", "what failed too often and was put aside: list, show, retry, drop", add_arguments, run
)
