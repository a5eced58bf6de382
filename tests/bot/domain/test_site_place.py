"""A web root over SSH and a Pages branch in the policy: what is wrong has its line, what is right has its plan."""

from __future__ import annotations

import pytest

from bot.domain.leg import environment_of
from bot.domain.policy import Policy, parse
from bot.domain.workflow_check import environments
from executors.protocol.plan import Plan
from executors.protocol.site import PagesBranch, SshRoot
from tests.bot.domain.acme import acme, plan_inputs

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINubvEPLgrnKNYMoh34y4FJrU9iOUD/0lNpNhsHsGNuk"
HEAD = """\
operations: acme/millwright-ops
products:
  - repository: acme/website
    key: WEB
    environment: live
environments:
  - name: live
"""
SSH = f"""\
    kind: ssh
    host: web1.example.com
    user: deploy
    path: /srv/www/acme
    host_keys: [{KEY} root@web1]
    key: DEPLOY_KEY
    url: https://acme.example
"""
PAGES = """\
    kind: pages
    url: https://www.acme.example
"""


def taken(body: str) -> Policy:
    read = parse(HEAD + body)
    assert isinstance(read, Policy), read
    return read


def refused(body: str) -> list[tuple[str, str, int | None]]:
    read = parse(HEAD + body)
    assert isinstance(read, tuple), "the policy was taken"
    return [(fault.path, fault.message, fault.line) for fault in read]


def planned(policy: Policy) -> Plan:
    from bot.domain.planner import plan_for

    made = plan_for(plan_inputs(acme(), policy))
    assert isinstance(made, Plan), made
    return made


def test_a_key_is_pinned_without_its_comment_and_the_secret_stays_a_name() -> None:
    policy = taken(SSH)
    place = policy.site_of(policy.products[0])
    assert place is not None
    assert place.kind == "ssh"
    assert place.host_keys == [KEY]
    assert place.secrets == ["DEPLOY_KEY"]
    assert place.root == SshRoot(
        host="web1.example.com", user="deploy", path="/srv/www/acme", host_keys=(KEY,), key="DEPLOY_KEY"
    )


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("host: web1.example.com", "host: -oProxyCommand=id", "host"),
        ("host: web1.example.com", "host: web1 example", "host"),
        ("user: deploy", "user: -l", "user"),
        ("user: deploy", "user: de ploy", "user"),
        ("/srv/www/acme", "/srv/../etc", "path"),
        ("/srv/www/acme", "srv/www", "path"),
        ("/srv/www/acme", "/srv/$(id)", "path"),
        ("/srv/www/acme", "/srv/a b", "path"),
        (KEY, KEY[:-9], "host_keys"),
        (KEY, KEY.replace("ssh-ed25519", "ssh-rsa"), "host_keys"),
        (KEY, "SHA256:8/A7X3HLh5nAl+3frus6bLh5gnxFG7edEIg1svbLBqw", "host_keys"),
        (f"[{KEY} root@web1]", "[]", "host_keys"),
        ("key: DEPLOY_KEY", "key: GITHUB_KEY", "key"),
    ],
)
def test_what_is_wrong_has_its_line(old: str, new: str, field: str) -> None:
    text = SSH.replace(old, new)
    [(path, _, line)] = refused(text)
    assert path.startswith(f"environments.0.{field}")
    assert (HEAD + text).splitlines()[(line or 0) - 1].strip().startswith(field)


def test_without_a_host_key_there_is_no_place() -> None:
    text = "".join(line for line in SSH.splitlines(keepends=True) if "host_keys" not in line)
    assert ("environments.0.host_keys", "is missing", 7) in refused(text)


TWO = HEAD.replace("environments:", "  - {repository: acme/shop, key: SHOP, environment: again}\nenvironments:")
AGAIN = "  - name: again\n"


@pytest.mark.parametrize("account", ["user: deploy", "user: web", "user: deploy\n    port: 2222"])
def test_two_products_do_not_share_a_folder_on_a_machine(account: str) -> None:
    read = parse(TWO + SSH + AGAIN + SSH.replace("user: deploy", account))
    assert isinstance(read, tuple)
    assert (read[0].path, read[0].line) == ("products.1.environment", 6)
    assert (
        read[0].message
        == "names `again`: `/srv/www/acme` on web1.example.com has the website of `acme/website` already"
    )
    assert read[0].next == "add an environment with a `path` of its own on that machine and name it"


def test_two_products_do_not_share_a_folder_here_by_whatever_name() -> None:
    here = "    path: /srv/www/acme\n    url: http://127.0.0.1:8080\n"
    for first, second in ((here, here), (here, SSH.replace("web1.example.com", "localhost"))):
        read = parse(TWO + first + AGAIN + second)
        assert isinstance(read, tuple)
        assert [one.message for one in read] == [
            "names `again`: `/srv/www/acme` has the website of `acme/website` already"
        ]
    one = TWO.replace("environment: again", "environment: live") + here
    assert isinstance(parse(one), tuple), "one environment for both is one folder too"


def test_products_with_places_of_their_own_are_taken() -> None:
    other = SSH.replace("/srv/www/acme", "/srv/www/shop")
    for second in (other, SSH.replace("web1", "web2"), PAGES):
        assert isinstance(parse(TWO + SSH + AGAIN + second), Policy)
    assert isinstance(parse(TWO + PAGES + AGAIN + PAGES), Policy), "a branch is one of the product's repository"


def test_both_work_on_hosted_runners_and_a_machine_on_loopback_does_not() -> None:
    hosted = "    runner: hosted\nworkflow: {runs_on: [ubuntu-latest]}\n"
    assert taken(SSH + hosted)
    assert taken(PAGES + hosted)
    [(path, message, _)] = refused(SSH.replace("web1.example.com", "127.0.0.1") + hosted)
    assert (path, "your own machine" in message) == ("environments.0.runner", True)


def test_a_plan_over_ssh_names_place_host_and_secret() -> None:
    policy = taken(SSH + "    keep: 3\n")
    plan = planned(policy)
    deploy, leg = plan.step("deploy"), plan.legs[-1]
    assert SshRoot.model_validate(deploy.inputs["target"]).path == "/srv/www/acme"
    assert deploy.inputs["keep"] == 3
    assert "/srv/www/acme on web1.example.com" in deploy.summary
    assert (leg.environment, leg.secrets) == ("live", ("DEPLOY_KEY",))
    assert {"web1.example.com:22", "acme.example"} <= set(leg.hosts)


def test_its_preview_has_a_key_of_its_own_that_may_only_look() -> None:
    policy = taken(SSH)
    leg = planned(policy).legs[-1]
    assert environment_of(leg, "preview", policy) == "live-read"
    assert environment_of(leg, "execute", policy) == "live"
    assert environments(policy) == {"live": ("DEPLOY_KEY",), "live-read": ("DEPLOY_KEY",)}


def test_pages_are_a_branch_of_the_products_own_repository_and_need_no_secret() -> None:
    policy = taken(PAGES)
    plan = planned(policy)
    deploy, leg = plan.step("deploy"), plan.legs[-1]
    at = PagesBranch.model_validate(deploy.inputs["target"])
    assert at == PagesBranch(repository=plan.repository, branch="gh-pages")
    assert (leg.environment, leg.secrets) == (None, ())
    assert environments(policy) == {}
    assert deploy.limits.timeout_seconds == 900


@pytest.mark.parametrize("branch", ["../x", "a..b", "-f", "a b", "refs/heads/x.lock", "a/"])
def test_a_branch_has_a_plain_name(branch: str) -> None:
    [(path, _, _)] = refused(PAGES + f'    branch: "{branch}"\n')
    assert path == "environments.0.branch"
