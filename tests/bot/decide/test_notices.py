"""Who is told of what: decided with the event, once, of what holds in the end and of nothing in between."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.decide import decide
from bot.domain.effects import Effect, Record, Seal
from bot.domain.knowledge import Knowledge
from bot.domain.notice import WRITTEN
from bot.domain.notifications import in_words
from bot.domain.policy import LEVELS, Policy, parse
from bot.domain.posting import Place, Post, SendMail, SendWebhook, post_key
from bot.domain.weaker import rule_changes
from bot.events.model import Told
from tests.bot.decide.people import BOSS, of
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import BARE, COPIED, ONE, erp_back, halfway, whole_run
from tests.bot.domain.acme import POLICY

TOLD = """\
notifications:
  - {kind: mail, to: [boss@acme.example, ops@acme.example], on: [completed, failed, rolled_back, cancelled]}
  - {kind: webhook, url: "https://hooks.acme.example/x"}
"""
MAILS = (Place("mail", "boss@acme.example"), Place("mail", "ops@acme.example"))
HOOK = Place("webhook", "https://hooks.acme.example/x")


def scene(more: str = TOLD, policy: str = POLICY) -> Scene:
    return Scene(policy_text=f"{policy}{more}").to_approved()


def policy(more: str) -> Policy:
    found = parse(f"{POLICY}{more}")
    assert isinstance(found, Policy), found
    return found


def notices(case: Scene) -> list[dict[str, object]]:
    lines = [line.entry.data for line in case.lines if line.entry.type == WRITTEN]
    return [json.loads(case.blobs[str(data["notice"])]) for data in lines]


def test_what_is_completed_is_handed_over_behind_the_evidence_and_once() -> None:
    case = scene()
    effects = case.executes()
    kinds = [type(one) for one in effects]
    [post] = of(Post, effects)
    assert post.places == (*MAILS, HOOK)
    assert kinds.index(Seal) < kinds.index(Post)
    [notice] = notices(case)
    assert (notice["news"], notice["outcome"], notice["residue"]) == ("completed", "completed", [])
    assert not of(Post, case.says(BOSS, "/status"))


def test_no_word_of_the_briefing_and_no_person_is_in_a_notice() -> None:
    case = scene()
    case.executes()
    told = json.dumps(notices(case))
    assert "anna" not in told
    assert "mail" not in told
    lines = [line.raw for line in case.lines]
    assert not any(b"@acme.example" in raw for raw in lines), "the ledger is anchored, and holds no address"


def test_a_failure_that_is_taken_back_is_told_as_what_it_became() -> None:
    case = halfway(COPIED + ONE + TOLD)
    assert not of(Post, whole_run(case, outcome="failed"))
    assert case.case.phase.value == "rolling_back"
    [post] = of(Post, whole_run(case, *erp_back(case), outcome="rolled_back"))
    assert post.news == "rolled_back"
    assert [one["outcome"] for one in notices(case)] == ["rolled_back"]


def test_a_gate_that_opens_names_itself() -> None:
    case = halfway(BARE + ONE + TOLD)
    posts = of(Post, whole_run(case, outcome="failed"))
    assert [(one.news, one.places) for one in posts] == [("failed", (*MAILS, HOOK)), ("gate.opened", (HOOK,))]
    assert notices(case)[-1]["gate"] == "rollback"


def test_a_failure_that_stays_is_told() -> None:
    case = scene(f"{TOLD}auto_rollback: false\n")
    [post] = of(Post, case.executes("failed"))
    assert post.news == "failed"
    assert [one["news"] for one in notices(case)] == ["failed"]


def test_only_who_wants_to_hear_of_it_is_told() -> None:
    case = scene()
    [post] = of(Post, case.says(BOSS, "/cancel not now"))
    assert (post.news, post.places) == ("cancelled", MAILS)


def test_without_the_list_nothing_is_written() -> None:
    case = scene("")
    assert not of(Post, case.executes())
    assert not notices(case)


def test_an_address_that_stands_in_two_rules_gets_one_message() -> None:
    case = scene("notifications:\n  - {kind: mail, to: [a@b.example]}\n  - {kind: mail, to: [a@b.example]}\n")
    [post] = of(Post, case.executes())
    assert post.places == (Place("mail", "a@b.example"),)


def test_the_list_is_in_no_plans_digest() -> None:
    one, other = policy(""), policy(TOLD)
    for product in one.products:
        for level in LEVELS:
            assert one.slice(product, level) == other.slice(product, level)


def test_the_check_run_of_a_policy_says_who_is_told_and_names_no_address() -> None:
    [change] = rule_changes(policy(""), policy(TOLD))
    assert (change.name, change.weaker) == ("notifications", False)
    assert "mail to 2 addresses on completed" in change.now
    assert "webhook to hooks.acme.example on" in change.now
    assert "boss" not in change.now


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("{kind: mail, to: []}", "notifications.0.to"),
        ("{kind: mail, to: [nobody]}", "notifications.0.to.0"),
        ('{kind: mail, to: ["a@b.example\\r\\nBcc: x@y.example"]}', "notifications.0.to.0"),
        ("{kind: mail, to: [a@b.example], on: []}", "notifications.0.on"),
        ("{kind: mail, to: [a@b.example], on: [done]}", "notifications.0.on.0"),
        ("{kind: webhook, url: http://hooks.acme.example}", "notifications.0.url"),
        ("{kind: webhook, url: https://a:b@hooks.acme.example}", "notifications.0.url"),
        ("{kind: webhook, url: 'https://hooks.acme.example/#x'}", "notifications.0.url"),
        ("{kind: webhook, url: 'https://hooks.acme.example:65536/x'}", "notifications.0.url"),
        ("{kind: webhook, url: https://hooks.acme.example, secret: X}", "notifications.0.secret"),
        ("{kind: pigeon, to: [a@b.example]}", "notifications.0.kind"),
    ],
)
def test_a_rule_that_cannot_be_is_named_with_its_field(rule: str, wrong: str) -> None:
    found = parse(f"{POLICY}notifications:\n  - {rule}\n")
    assert isinstance(found, tuple)
    assert [one.path for one in found] == [wrong]
    assert all(one.next for one in found)


def test_a_rule_in_words() -> None:
    [mail, hook] = policy(TOLD).notifications
    assert in_words(mail).startswith("mail to 2 addresses on completed, failed")
    assert in_words(hook) == "webhook to hooks.acme.example on completed, failed, rolled_back, gate.opened"


def test_a_message_is_sent_by_a_case_of_its_own_and_a_capability_sends_nothing() -> None:
    case = scene()
    [post] = of(Post, case.executes())
    data = {"case": case.key, "operations": 7, "notice": post.notice, "evidence_url": "", "evidence_sha256": ""}
    for place, kind in ((MAILS[0], SendMail), (HOOK, SendWebhook)):
        word = Told(post_key(case.key, post.key, place), "post.wanted", data | {"way": place.way, "to": place.to})
        [send] = [one for one in sent(word) if not isinstance(one, Record)]
        assert isinstance(send, kind)
        assert send.to == place.to
    assert not case.hears(Told(case.key, "post.wanted", data | {"way": "mail", "to": "x@y.example"}))


def sent(word: Told) -> list[Effect]:
    return decide(word, None, Knowledge(case=None), datetime(2026, 1, 1, tzinfo=UTC))


def test_what_nobody_took_stands_in_the_ledger_and_in_status() -> None:
    case = scene()
    case.executes()
    case.hears(Told(case.key, "post.failed", {"place": "mail to acme.example", "why": "no mail server"}))
    assert case.case.untold == (("mail to acme.example", "no mail server"),)
    assert case.types()[-1] == "notice.failed"
