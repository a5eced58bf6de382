"""`millwright nginx POLICY ENVIRONMENT`: the web server's configuration of a site."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.policy import Policy
    from bot.domain.site_place import SiteEnvironment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The policy and its environment, and what it says nothing of: the certificate."""
    parser.add_argument("policy", metavar="POLICY", type=Path, help="the operations repository's policy")
    parser.add_argument("environment", metavar="ENVIRONMENT", help="the environment of kind `local` or `ssh`")
    parser.add_argument(
        "--default", type=Path, metavar="FILE", help="the organisation's defaults below the policy"
    )
    parser.add_argument("--certificate", metavar="PATH", help="the certificate on the web server (certbot's)")
    parser.add_argument("--key", metavar="PATH", help="and its private key (certbot's)")
    parser.add_argument("--headers", type=Path, metavar="FILE", help="the built site's own `_headers` (ours)")
    parser.add_argument(
        "--no-alias", action="store_true", help="do not answer for the name with or without `www.`"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there instead of printing it")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the configuration; 1 where the policy has faults, 2 where the arguments do not fit."""
    import sys

    from bot.cli._files import FileFault, policy_of, text_of
    from bot.cli._screen import console, show_faults
    from bot.domain.faults import Fault
    from bot.domain.site_server import Certificate, host_of, read_headers, site_conf

    policy = policy_of(arguments.policy, arguments.default)
    if isinstance(policy, tuple):
        show_faults(str(arguments.policy), policy, console(sys.stderr))
        return 1
    place = _place(policy, arguments.environment)
    host = host_of(place)
    if isinstance(host, Fault):
        raise FileFault(f"environment {place.name}: `{host.path}` {host.message}; {host.next}")
    headers = read_headers(text_of(arguments.headers) if arguments.headers else _ours(place))
    if isinstance(headers, Fault):
        raise FileFault(f"{arguments.headers}:{headers.line}: {headers.message}; {headers.next}")
    usual = Certificate.of(host)
    certificate = Certificate(arguments.certificate or usual.chain, arguments.key or usual.key)
    made = site_conf(place, headers, certificate, _template("site.conf.in"), alias=not arguments.no_alias)
    if isinstance(made, Fault):
        raise FileFault(f"{made.message}; {made.next}")
    if arguments.output is None:
        print(made, end="")
        return 0
    try:
        arguments.output.write_text(made, "utf-8")
    except OSError as error:
        raise FileFault(f"cannot write {arguments.output}: {error.strerror}") from error
    print(f"Wrote {arguments.output}. Next: copy it to /etc/nginx/conf.d/ on the web server, then `nginx -t`.")
    return 0


def _place(policy: Policy, name: str) -> SiteEnvironment:
    from bot.cli._files import FileFault
    from bot.domain.site_place import SITES, SiteEnvironment

    place = policy.environment(name)
    if isinstance(place, SiteEnvironment):
        return place
    known = ", ".join(one.name for one in policy.environments if one.kind in SITES)
    raise FileFault(f"the policy has no environment {name} for websites; it has {known}")


def _ours(place: SiteEnvironment) -> str:
    """What our own templates ask of the server: the policy's `form` is where forms may be sent."""
    from types import SimpleNamespace
    from urllib.parse import urlsplit

    from jinja2 import Environment, StrictUndefined

    parts = urlsplit(str(place.form)) if place.form else None
    form = SimpleNamespace(host=parts.hostname, port=parts.port) if parts else None
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - headers, not HTML
    return environment.from_string(_template("headers.txt", "website", "shared", "base")).render(form=form)


def _template(name: str, *folders: str) -> str:
    from importlib.resources import files

    place = files("templates")
    for folder in folders or ("operations",):
        place = place / folder
    return (place / name).read_text("utf-8")


SUBCOMMAND = Subcommand("nginx", "write the web server's configuration of a site", add_arguments, run)
