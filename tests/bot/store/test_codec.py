"""Every effect and every message survives the outbox unchanged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from bot.domain.effects import (
    Anchor,
    Answer,
    CancelRun,
    Check,
    CloseIssue,
    ClosePull,
    Deployment,
    Dispatch,
    Effect,
    Erase,
    Grant,
    OpenPull,
    PolicyReport,
    React,
    Record,
    Redeliver,
    Say,
    Seal,
    SetLabels,
    Tell,
    TemplateReport,
    Timer,
)
from bot.domain.ledger import Entry
from bot.domain.messages import CheckReport, Message, PullText
from bot.domain.people import Actor, Repo
from bot.domain.posting import Message as Posted
from bot.domain.posting import Place, Post, SendMail, SendWebhook
from bot.domain.template_words import TemplateProposal
from bot.errors import StoreError
from bot.store import codec
from executors.protocol.finding import Finding
from executors.protocol.journal import Intent, JournalLine, LegStarted
from executors.protocol.spec import ContentSource, JobSpec
from tests.samples import CASE, MESSAGES, PLAN
from tests.samples_policy import CHECKED

FINDING = Finding(level="warning", code="slow", message="a “quoted” – word", step="deploy", path="a/b", line=3)
STARTED = JournalLine(n=1, at="2026-01-02T03:04:05.000006Z", body=LegStarted(verb="execute"))
INTENT = JournalLine(
    n=2, at=STARTED.at, body=Intent(step="deploy", key="deploy/1/0", operation={"op": "x", "n": 1})
)
SPEC = JobSpec(
    case=CASE.key,
    leg="website",
    nonce="0" * 32,
    verb="execute",
    plan=PLAN,
    digest=PLAN.digest,
    steps=("website", "deploy"),
    run_id=42,
    environment=None,
    content=ContentSource(repository="acme/widgets", commit="a" * 40),
    journal=(STARTED, INTENT),
    issued_at="2026-01-02T03:04:05.000006Z",
    expires_at="2026-01-02T04:04:05.000006Z",
    approved_by=("bert",),
)
REPORT = CheckReport("plan", CASE, PLAN, "success", findings=(FINDING,))
POSTED = Posted(CASE.key, 7, "c" * 64, "https://github.com/a/b.zip", "d" * 64)
EFFECTS: tuple[Effect, ...] = (
    Record(Entry("x.y", {"a": 1}, Actor(1, "anna"), "why", "run:4"), (b"\x00\xff",)),
    Say("s", MESSAGES[0], "reply", 7),
    React("r", None, "eyes"),
    SetLabels("l", "draft"),
    OpenPull("p", "millwright/x", PullText(CASE, PLAN), {"a.json": b"\x00\xff\n", "ü": b""}),
    ClosePull("c"),
    Check("k", REPORT, "completed", "success", (FINDING,), "f" * 40),
    PolicyReport("q", CASE.repo, 7, "f" * 40, CHECKED, "failure", "0" * 8, (FINDING,)),
    TemplateReport("v", TemplateProposal(7, "f" * 40, CASE.repo, (".millwright/templates/a_v1",), 1, fork=True)),
    Dispatch("d", "website", "execute", "0" * 32, PLAN),
    Deployment("e", "production", "success", "https://a.example/", 42),
    Timer("t", "expiry", datetime(2026, 5, 4, 3, 2, 1, 987654, tzinfo=UTC), {"n": 1, "deep": {"x": ["y", None]}}),
    Tell("t2", "env:7:production", "lock", {"n": 1, "deep": {"x": ["y", None]}}),
    Grant("g", SPEC, "1" * 32, "execute", (101, 102)),
    Answer("a", 409, {"code": "spent", "why": "twice", "next": "", "n": 1}),
    Seal("z", "completed", 7),
    Redeliver("redeliver:5", 5),
    CloseIssue("i", "completed"),
    CancelRun("x", 42),
    Erase("erase:9:1", ("a" * 64, "b" * 64)),
    Anchor("anchor:1", Repo(7, "acme/millwright-ops", 1)),
    Post("post:9:completed", "completed", "c" * 64, (Place("mail", "anna@acme.example"),)),
    SendMail("send", "anna@acme.example", POSTED),
    SendWebhook("send", "https://hooks.acme.example/x?y=ü", POSTED),
)


def test_every_effect_has_a_sample() -> None:
    assert {type(effect) for effect in EFFECTS} == set(get_args(Effect))


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_every_effect_comes_back_as_it_was(effect: Effect) -> None:
    name, data = codec.dump(effect)
    assert name == type(effect).__name__
    assert codec.load(name, data) == effect


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_comes_back_as_its_own_class(message: Message) -> None:
    effect = Say("k", message)
    back = codec.load(*codec.dump(effect))
    assert isinstance(back, Say)
    assert type(back.message) is type(message)
    assert back == effect


def test_a_plan_keeps_its_digest() -> None:
    back = codec.load(*codec.dump(Dispatch("d", "website", "execute", "0" * 32, PLAN)))
    assert isinstance(back, Dispatch)
    assert back.plan.digest == PLAN.digest


def test_an_effect_of_another_release_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match="Teleport"):
        codec.load("Teleport", b"{}")


def test_a_record_never_waits() -> None:
    with pytest.raises(StoreError, match="ledger"):
        codec.key_of(EFFECTS[0])


def test_only_what_people_read_has_a_slot_where_the_newest_counts() -> None:
    slots = {type(effect).__name__: codec.slot(effect) for effect in EFFECTS if codec.slot(effect)}
    assert slots == {
        "SetLabels": "labels",
        "Check": f"check:plan:{'f' * 40}",
        "PolicyReport": "policy:7",
        "TemplateReport": "template:7",
    }
    assert codec.slot(Say("s", MESSAGES[0])) == "sticky:"
