"""Forged webhooks: somebody who is not GitHub says that Bert approves, or would have the bot choke on a body."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.attacks.catalogue.attack import Attack
from tests.attacks.catalogue.stage import Stage

KIND = "forged"
Run = Callable[[Stage], Awaitable[Any]]
EVENTS = (
    "issues", "pull_request", "pull_request_review", "check_run", "check_suite", "workflow_run", "push",
    "repository", "member", "installation", "organization", "membership", "team", "deployment_status", "label",
)  # fmt: skip
OF_ANOTHER = "an attacker's own App has a secret too, of this length: 0123456789"


async def seen(stage: Stage) -> tuple[bytes, str]:
    """A comment by Mallory as GitHub delivered it, with GitHub's signature."""
    await stage.says(stage.mallory, "Nice plan.")
    sent = stage.sent("issue_comment", "mallory", "created")
    return sent.body, sent.headers["X-Hub-Signature-256"]


async def forged(stage: Stage, **other: Any) -> bytes:
    """The delivery that GitHub would send if Bert approved what stands, but for `other`."""
    payload = json.loads((await seen(stage))[0])
    bert = await stage.mallory.http.get("/users/bert")
    who = {**payload["sender"], **{name: bert[name] for name in ("id", "login", "node_id", "type")}}
    payload["sender"] = payload["comment"]["user"] = who
    payload["comment"] |= {"body": stage.line, "id": payload["comment"]["id"] + 1_000_000}
    return json.dumps(payload | other).encode()


def headed(**headers: str) -> Run:
    """The forged approval under these headers."""

    return lambda stage: _headed(stage, headers)


async def _headed(stage: Stage, headers: dict[str, str]) -> Any:
    return await stage.deliver(await forged(stage), **headers)


def with_signature(make: Callable[[Stage, bytes], str]) -> Run:
    """The forged approval under a signature that is made of its body."""

    async def run(stage: Stage) -> Any:
        body = await forged(stage)
        return await stage.deliver(body, X_Hub_Signature_256=make(stage, body))

    return run


def naming(**other: Any) -> Run:
    """The forged approval, which names something else, under a signature by somebody without the secret."""

    async def run(stage: Stage) -> Any:
        body = await forged(stage, **other)
        return await stage.deliver(body, X_Hub_Signature_256=stage.signed(body, OF_ANOTHER))

    return run


def really_signed(make: Callable[[dict[str, Any]], bytes], event: str = "issue_comment") -> Run:
    """A body that GitHub is made to sign: Mallory's own comment, in a form that a reader may choke on."""

    async def run(stage: Stage) -> Any:
        body = make(json.loads((await seen(stage))[0]))
        return await stage.deliver(body, event, X_Hub_Signature_256=stage.signed(body))

    return run


async def of_another_body(stage: Stage) -> Any:
    _, signature = await seen(stage)
    return await stage.deliver(await forged(stage), X_Hub_Signature_256=signature)


async def changed_after_signing(stage: Stage) -> Any:
    body, signature = await seen(stage)
    changed = body.replace(b"Nice plan.", stage.line.encode()).replace(b'"mallory"', b'"bert"')
    changed = changed.replace(str(stage.mallory.id).encode(), str(stage.bert.id).encode())
    assert changed != body
    return await stage.deliver(changed, X_Hub_Signature_256=signature)


def head(stage: Stage, body: bytes, *lines: str) -> bytes:
    """A raw request with these header lines and the body behind it."""
    fixed = ("POST /github HTTP/1.1", "Host: bot", "Content-Type: application/json", "Connection: close")
    more = ("X-GitHub-Event: issue_comment", "X-GitHub-Delivery: 7d0f8f9e-0000-4000-8000-000000000001")
    return "\r\n".join([*fixed, *more, *lines, "", ""]).encode("latin-1") + body


async def two_signatures(stage: Stage) -> Any:
    _, signature = await seen(stage)
    body = await forged(stage)
    wrong = stage.signed(body, OF_ANOTHER)
    for first, second in ((signature, wrong), (wrong, signature)):
        lines = (f"X-Hub-Signature-256: {first}", f"X-Hub-Signature-256: {second}", f"Content-Length: {len(body)}")
        await stage.raw(head(stage, body, *lines))
    return stage.heard[-1]


async def not_ascii(stage: Stage) -> Any:
    body = await forged(stage)
    lines = (f"X-Hub-Signature-256: sha256=\xe9{'0' * 63}", f"Content-Length: {len(body)}")
    return await stage.raw(head(stage, body, *lines))


async def smuggled(stage: Stage) -> Any:
    """Two lengths, of which a proxy may believe the one and a server the other."""
    body = await forged(stage)
    lines = ("Content-Length: 5", "Transfer-Encoding: chunked", f"X-Hub-Signature-256: sha256={'0' * 64}")
    return await stage.raw(head(stage, b"0\r\n\r\n" + head(stage, body, f"Content-Length: {len(body)}"), *lines))


async def unpacked_at_the_door(stage: Stage) -> Any:
    bomb = gzip.compress(b'{"a": "' + b"0" * 50_000_000 + b'"}')
    signature = stage.signed(bomb, OF_ANOTHER)
    return await stage.deliver(bomb, Content_Encoding="gzip", X_Hub_Signature_256=signature)


async def packed_approval(stage: Stage) -> Any:
    body = gzip.compress(await forged(stage))
    return await stage.deliver(body, Content_Encoding="gzip", X_Hub_Signature_256=stage.signed(body, OF_ANOTHER))


async def without_length(stage: Stage) -> Any:
    piece = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    lines = ("Transfer-Encoding: chunked", f"X-Hub-Signature-256: sha256={'0' * 64}")
    return await stage.raw(head(stage, piece * 128 + b"0\r\n\r\n", *lines))


async def under_another_name(stage: Stage) -> Any:
    """The event's name is a header, and GitHub's signature does not cover it."""
    body, signature = await seen(stage)
    for event in EVENTS:
        await stage.deliver(body, event, X_Hub_Signature_256=signature)
    return EVENTS


async def deleted_under_another_name(stage: Stage) -> Any:
    await stage.mallory.delete_comment(stage.product, (await stage.says(stage.mallory, "Hm."))["id"])
    await stage.quiet()
    sent = stage.sent("issue_comment", "mallory", "deleted")
    for event in ("repository", "installation", "issues", "label", "team", "organization", "member"):
        await stage.deliver(sent.body, event, X_Hub_Signature_256=sent.headers["X-Hub-Signature-256"])
    return sent.guid


async def other_ways_in(stage: Stage) -> Any:
    body = await forged(stage)
    signature = {"X-GitHub-Event": "issue_comment", "X-Hub-Signature-256": stage.signed(body, OF_ANOTHER)}
    for path in (
        "/github/",
        "//github",
        "/GITHUB",
        "/github/../github",
        "/github?signature=none",
        "/runs/../github",
    ):
        await stage.knock(path, body, signature)
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        await stage.knock("/github", body, signature, method)
    return stage.heard[-1]


async def as_a_form(stage: Stage) -> Any:
    body = b"payload=" + await forged(stage)
    headers = {"Content_Type": "application/x-www-form-urlencoded"}
    return await stage.deliver(body, X_Hub_Signature_256=stage.signed(body, OF_ANOTHER), **headers)


def doubled(payload: dict[str, Any]) -> bytes:
    return f'{{"sender": {{"id": "1"}}, "sender": [], {json.dumps(payload)[1:]}'.encode()


def enormous(payload: dict[str, Any]) -> bytes:
    payload["comment"]["id"] = payload["issue"]["number"] = 10**300
    payload["sender"]["id"] = -(10**30)
    return json.dumps(payload).encode()


async def only_sha1(stage: Stage) -> Any:
    """The right SHA-1 signature, which GitHub sends beside the other one, in either header."""
    body = await forged(stage)
    sha1 = "sha1=" + hmac.new(stage.cast.app.webhook_secret.encode(), body, hashlib.sha1).hexdigest()
    await stage.deliver(body, X_Hub_Signature_256=sha1)
    return await stage.deliver(body, X_Hub_Signature=sha1)


async def large(stage: Stage) -> Any:
    body = await forged(stage, padding="x" * 1_100_000)
    return await stage.deliver(body, X_Hub_Signature_256=stage.signed(body))


WEBHOOKS = tuple(
    Attack(name, "T16", KIND, run)
    for name, run in (
        ("an approval without a signature", headed()),
        ("an empty signature", headed(X_Hub_Signature_256="")),
        ("a signature of 63 digits", with_signature(lambda stage, body: stage.signed(body)[:-1])),
        (
            "a signature in upper case",
            with_signature(lambda stage, body: "sha256=" + stage.signed(body)[7:].upper()),
        ),
        ("a signature without its algorithm", with_signature(lambda stage, body: stage.signed(body)[7:])),
        ("a signature by SHA-1 alone", only_sha1),
        ("a signature that is not ASCII", not_ascii),
        ("two signatures, one of them GitHub's", two_signatures),
        ("GitHub's signature of another body", of_another_body),
        ("a body that was changed after GitHub signed it", changed_after_signing),
        ("a signature with an empty secret", with_signature(lambda stage, body: stage.signed(body, ""))),
        ("a signature with another App's secret", with_signature(lambda s, body: s.signed(body, OF_ANOTHER))),
        ("an installation that GitHub would not name", naming(installation={"id": 1})),
        ("a sender who is the bot itself", naming(sender={"id": 1, "login": "millwright[bot]", "type": "Bot"})),
        ("a repository by another number", naming(repository={"id": 1, "full_name": "acme/website"})),
        ("an approval as a form", as_a_form),
        ("an approval that is packed", packed_approval),
        ("two requests in one, by two lengths", smuggled),
        ("other paths and methods", other_ways_in),
    )
)
BODIES = tuple(
    Attack(name, "T21", KIND, run)
    for name, run in (
        ("a body beyond a megabyte", large),
        ("two megabytes without a length", without_length),
        ("fifty megabytes in fifty packed kilobytes", unpacked_at_the_door),
        ("a hundred thousand brackets", really_signed(lambda _: b'{"a":' + b"[" * 100_000)),
        ("a key that stands there twice", really_signed(doubled)),
        ("numbers of three hundred digits", really_signed(enormous)),
        ("something that is no JSON", really_signed(lambda _: b"\xff\xfe{", "issues")),
        ("a list in place of an object", really_signed(lambda _: b"[[]]", "pull_request_review")),
        (
            "half a surrogate in a comment",
            really_signed(lambda p: json.dumps(p).replace("Nice", "\\ud800").encode()),
        ),
        ("a delivery under the names of fifteen other events", under_another_name),
        ("a deleted comment under the name of what would be deleted then", deleted_under_another_name),
    )
)
ATTACKS = (*WEBHOOKS, *BODIES)
