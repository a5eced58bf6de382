"""`millwright template`: the website templates there are; whether one is good; what it makes of a briefing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from executors.render.assembly import Shipped

ONE = "an id, `<id>@<version>`, or a template's folder written with a slash"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `get`, `validate`, `render`, `diff` and `freeze`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every version that can be used, with its digest")
    listed.add_argument("--json", action="store_true", help="one object a line")
    get = actions.add_parser("get", help="the whole of one: its manifest, or with -o all its files")
    get.add_argument("template", metavar="TEMPLATE", help="an id or `<id>@<version>`")
    get.add_argument("-o", "--output", type=Path, metavar="DIR", help="a new folder for its files")
    validate = actions.add_parser("validate", help="every fault of a template's folder, and of its sample's site")
    validate.add_argument("folder", metavar="FOLDER", type=Path)
    validate.add_argument("--briefing", type=Path, metavar="FILE", help="instead of its own sample")
    render = actions.add_parser("render", help="the site that it makes of a briefing")
    render.add_argument("template", metavar="TEMPLATE", help=ONE)
    render.add_argument("--briefing", type=Path, metavar="FILE", required=True)
    render.add_argument("-o", "--output", type=Path, metavar="DIR", required=True, help="a new folder")
    diff = actions.add_parser("diff", help="what changes on a site when one takes another's place")
    diff.add_argument("before", metavar="BEFORE", help=ONE)
    diff.add_argument("after", metavar="AFTER", help=ONE)
    diff.add_argument("--briefing", type=Path, metavar="FILE", required=True)
    diff.add_argument("--lines", type=int, default=20, metavar="N", help="at most so many of each file (20)")
    freeze = actions.add_parser("freeze", help="keep the versions of now for good; part of a release of ours")
    freeze.add_argument("root", metavar="DIR", type=Path, help="templates/website of a checkout")


def run(arguments: argparse.Namespace) -> int:
    """Do it; 0, 1 where a template or a briefing has faults, 2 (an error) where something is not there."""
    match arguments.action:
        case "list":
            return _list(as_json=arguments.json)
        case "get":
            return _get(arguments.template, arguments.output)
        case "validate":
            from bot.cli._template_faults import validate

            return validate(arguments.folder, arguments.briefing)
        case "render":
            return _render(arguments.template, arguments.briefing, arguments.output)
        case "diff":
            return _diff(arguments)
        case _:
            return _freeze(arguments.root)


def _facts(template: Shipped, *, is_current: bool) -> dict[str, Any]:
    manifest = template.manifest
    return {
        "id": manifest.template_id,
        "version": manifest.version,
        "current": is_current,
        "digest": template.digest,
        "groups": sorted({file.partition("/")[0] for file in manifest.words if "/" in file}),
        "languages": manifest.languages,
        "pages": list(manifest.pages),
        "features": list(manifest.features),
    }


def _list(*, as_json: bool) -> int:
    import json

    from executors.render.registry import REGISTRY

    for name in REGISTRY.names():
        template = REGISTRY.find(name)
        template_id = template.manifest.template_id
        is_current = template_id in REGISTRY.ids and REGISTRY.current(template_id).digest == template.digest
        facts = _facts(template, is_current=is_current)
        if as_json:
            print(json.dumps(facts))
            continue
        print(f"{name}  {template.digest[:12]}  {'current' if facts['current'] else 'earlier'}")
        print(f"    {template.manifest.description}")
        for fact in ("groups", "languages", "pages", "features"):
            print(f"    {fact + ':':<11} {', '.join(facts[fact]) or 'none'}")
    return 0


def _get(name: str, output: Path | None) -> int:
    from bot.cli._files import FileFault
    from bot.cli._templates import named

    template = named(name).shipped
    if template is None:
        raise FileFault(f"{name} is a folder already; `get` takes an id")
    manifest = template.manifest.model_dump_json(indent=2, exclude_none=True) + "\n"
    if output is None:
        print(manifest, end="")
        return 0
    whole = {path: text.encode() for path, text in template.sources.items()} | {"manifest.json": manifest.encode()}
    _write(output, whole)
    print(f"Wrote {len(whole)} files of {name} to {output}: digest {template.digest}.")
    return 0


def _render(name: str, briefing: Path, output: Path) -> int:
    from bot.cli import _templates

    made = _made(_templates.named(name), briefing)
    if made is None:
        return 1
    _write(output, made)
    pages = sum(path.endswith(".html") for path in made)
    print(f"Wrote {len(made)} files, {pages} of them pages, to {output}.")
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    from bot.cli import _templates
    from bot.cli._screen import plain

    both = [_made(_templates.named(name), arguments.briefing) for name in (arguments.before, arguments.after)]
    before, after = both
    if before is None or after is None:
        return 1
    found = list(_templates.difference(before, after, lines=max(arguments.lines, 0)))
    for line in found:
        print(plain(line))
    counts = {sign: sum(line.startswith(f"{sign} ") for line in found) for sign in "+-~"}
    sizes = [sum(map(len, site.values())) for site in (before, after)]
    print(
        f"{counts['+']} added, {counts['-']} removed, {counts['~']} changed, "
        f"{len(before.keys() & after.keys()) - counts['~']} the same; {sizes[0]} → {sizes[1]} bytes"
    )
    return 0


def _made(template: Any, briefing: Path) -> dict[str, bytes] | None:
    """The site; None, with the faults shown, where the briefing has some."""
    import sys

    from bot.cli import _templates
    from bot.cli._screen import console, show_faults

    inputs = _templates.inputs_for(template, briefing)
    if isinstance(inputs, tuple):
        show_faults(str(briefing), inputs, console(sys.stderr))
        return None
    return _templates.site_of(template, inputs, _templates.pictures_for(inputs, briefing))


def _freeze(root: Path) -> int:
    from bot.cli._files import FileFault
    from executors.render.registry import DIGESTS, RELEASED, SHARED, Registry, freeze, name_of, pins

    if not (root / SHARED).is_dir():
        raise FileFault(f"{root} is no folder of website templates: it has no {SHARED}/")
    registry = Registry(root)
    if broken := list(registry.broken()):
        raise FileFault("; ".join(broken))
    (root / RELEASED).mkdir(exist_ok=True)
    new = [one for one in map(registry.current, registry.ids) if name_of(one) not in registry.pinned]
    for template in new:
        (root / RELEASED / f"{name_of(template)}.json").write_bytes(freeze(template))
    if new:
        (root / RELEASED / DIGESTS).write_text(pins(registry, new), "utf-8")
    print(f"Kept {', '.join(map(name_of, new)) or 'nothing new'}. Next: commit {root / RELEASED}.")
    return 0


def _write(folder: Path, whole: Mapping[str, bytes]) -> None:
    """Write the files into a new folder; FileFault where something is there already."""
    from bot.cli._files import FileFault

    try:
        folder.mkdir(parents=True)
        for path, data in whole.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    except FileExistsError as error:
        raise FileFault(f"{folder} is there already: name a new folder, nothing is overwritten") from error
    except OSError as error:
        raise FileFault(f"cannot write {folder}: {error.strerror}") from error


SUBCOMMAND = Subcommand(
    "template", "website templates: list, get, validate, render, diff, freeze", add_arguments, run
)
