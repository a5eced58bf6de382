"""The job believes the pinned key only, is patient with a bot that is away, and takes no for no."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError, Unconfirmed
from executors.protocol import dsse
from executors.protocol.journal import JournalLine, LegStarted
from executors.world.job import Job, JobError
from executors.world.runs import Session, claim
from tests.executors.door import Door, open_door, refusal
from tests.executors.legs import answering, clock, plan_of, site, spec_of

LINE = JournalLine(n=1, at="2026-03-02T09:00:00Z", body=LegStarted(verb="execute"))


@pytest.fixture
def spec():
    return spec_of(plan_of(site()))


def job(door: Door, tmp_path: Path) -> Job:
    return Job.read(door.environ(tmp_path))


def test_a_claim_brings_the_signed_spec_and_for_execute_session_and_token(spec, tmp_path):
    with open_door(spec) as door:
        admitted = claim(job(door, tmp_path), "admit", "a" * 32, clock())
        claimed = claim(job(door, tmp_path), "execute", "b" * 32, clock())
    assert admitted.spec == claimed.spec == spec
    assert (admitted.session, admitted.token) == (None, None)
    assert claimed.session == "session-key"
    assert claimed.token is not None
    assert "audience=http%3A%2F%2F127.0.0.1" in door.audiences[0]
    assert door.tokens == ["Bearer jwt-1", "Bearer jwt-2"]


def test_a_spec_signed_by_another_key_is_refused(spec, tmp_path):
    with open_door(spec) as door:
        mine = job(door, tmp_path)
        door.key = Ed25519PrivateKey.generate()
        with pytest.raises(ProtocolError, match="none is pinned"):
            claim(mine, "admit", "a" * 32, clock())


def test_a_foreign_signature_beside_the_pinned_key_is_refused(spec, tmp_path):
    with open_door(spec) as door:
        mine, true_key = job(door, tmp_path), dsse.public_b64(door.key)
        door.key = Ed25519PrivateKey.generate()
        door.changed = {"public_keys": [true_key]}
        with pytest.raises(ProtocolError, match="no trusted key"):
            claim(mine, "admit", "a" * 32, clock())


def test_while_keys_are_rotated_old_and_new_workflows_are_served(spec, tmp_path):
    new, old = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    pins = {name: dsse.fingerprint(dsse.public_raw(key)) for name, key in (("new", new), ("old", old))}
    with open_door(spec) as door:
        door.key, door.others = new, (old,)
        for pinned in (pins["new"], pins["old"], f"{pins['old']} {pins['new']}"):
            mine = Job.read(door.environ(tmp_path, MILLWRIGHT_KEY=pinned))
            assert claim(mine, "admit", "a" * 32, clock()).spec == spec


def test_a_spec_signed_by_a_key_that_was_retired_is_refused(spec, tmp_path):
    """The workflow was generated anew; whoever still holds the old key signs in vain (T36)."""
    new, old = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    with open_door(spec) as door:
        door.key = new
        mine = job(door, tmp_path)
        door.key = old
        with pytest.raises(ProtocolError, match="none is pinned"):
            claim(mine, "admit", "a" * 32, clock())
        # The public half of the pinned key beside it helps nobody who cannot sign with it.
        door.changed = {"public_keys": [dsse.public_b64(old), dsse.public_b64(new)]}
        with pytest.raises(ProtocolError, match="no trusted key"):
            claim(mine, "admit", "a" * 32, clock())


@pytest.mark.parametrize("keys", [[], ["AAAA"], "", None, [5]])
def test_public_keys_that_are_none_are_refused(spec, tmp_path, keys):
    with open_door(spec) as door:
        door.changed = {"public_keys": keys}
        with pytest.raises(ProtocolError):
            claim(job(door, tmp_path), "admit", "a" * 32, clock())


def test_a_bot_that_is_away_is_asked_again_with_the_same_client_key_and_a_fresh_token(spec, tmp_path):
    pauses: list[float] = []

    def away(path, nth):
        return refusal(503, "busy", **{"Retry-After": "7"}) if path == "/runs/claim" and nth < 3 else None

    with open_door(spec, away) as door:
        claim(job(door, tmp_path), "admit", "a" * 32, clock(pauses))
    assert [one.client_key for one in door.claims] == ["a" * 32]
    assert door.tokens == ["Bearer jwt-3"]
    assert pauses == [7.0, 7.0]


def test_a_no_is_said_in_the_bots_own_words_and_not_asked_again(spec, tmp_path):
    asked = []

    def no(path, nth):
        asked.append(path)
        return refusal(409, "claimed_already") if path == "/runs/claim" else None

    with open_door(spec, no) as door, pytest.raises(Unconfirmed, match=r"claimed_already: Because\. Say /status"):
        claim(job(door, tmp_path), "admit", "a" * 32, clock())
    assert asked.count("/runs/claim") == 1


def test_patience_ends_after_five_minutes(spec, tmp_path):
    def away(_path, _nth):
        return refusal(503, "busy", **{"Retry-After": "301"})

    with open_door(spec, away) as door, pytest.raises(Unconfirmed, match="503"):
        claim(job(door, tmp_path), "admit", "a" * 32, clock())


def test_a_redirect_gets_no_token(spec, tmp_path):
    stolen = []

    def thief(_method, _path, headers, _body):
        stolen.append(headers.get("authorization"))
        return 200, {}, b"{}"

    with (
        answering(thief) as elsewhere,
        open_door(spec, lambda _p, _n: (307, {"Location": elsewhere}, b"")) as door,
        pytest.raises(Unconfirmed),
    ):
        claim(job(door, tmp_path), "admit", "a" * 32, clock())
    assert stolen == []


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"spec": 1.5}', b'{"a": 1, "a": 2}', b"[" * 30 + b"]" * 30])
def test_an_answer_that_is_not_what_the_protocol_says_is_refused(spec, tmp_path, body):
    def odd(path, _nth):
        return (200, {}, body) if path == "/runs/claim" else None

    with open_door(spec, odd) as door, pytest.raises(ProtocolError):
        claim(job(door, tmp_path), "admit", "a" * 32, clock())


def test_journal_lines_are_acknowledged_or_nothing_may_happen(spec):
    with open_door(spec) as door:
        assert Session(door.url, "session-key", clock()).post([LINE]) == "go"
        with pytest.raises(Unconfirmed, match="no_session"):
            Session(door.url, "another", clock()).post([LINE])
    assert door.lines == [LINE]


def test_a_renewed_token_is_used_from_then_on_and_told(spec):
    renewed = b'{"decision": "stop", "token": {"token": "fresh", "expires_at": "2026-03-02T11:00:00Z"}}'
    told = []
    with open_door(spec, lambda _p, _n: (200, {}, renewed)) as door:
        session = Session(door.url, "session-key", clock(), on_token=told.append)
        assert session.post([LINE]) == "stop"
    assert session.token() == "fresh"
    assert told == ["fresh"]


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example",
        "http://127.0.0.1.example/",
        "ftp://127.0.0.1/",
        "https://user@bot.example/",
        "http://10.0.0.1/",
    ],
)
def test_a_bot_over_plain_http_is_refused_unless_it_is_this_machine(spec, tmp_path, url):
    with open_door(spec) as door, pytest.raises(JobError, match="must be https"):
        Job.read(door.environ(tmp_path, MILLWRIGHT_URL=url))


@pytest.mark.parametrize(
    "change", [lambda pin: f"{pin} {pin}", lambda pin: f"{pin}\n", lambda pin: f" {pin}", str.upper]
)
def test_pins_of_another_form_than_the_generated_ones_are_refused(spec, tmp_path, change):
    environ = Door(spec, url="https://bot.example").environ(tmp_path, ACTIONS_ID_TOKEN_REQUEST_URL="https://x")
    assert len(Job.read(environ).keys) == 1
    with pytest.raises(JobError, match="MILLWRIGHT_KEY wants 1 to 8 fingerprints"):
        Job.read(environ | {"MILLWRIGHT_KEY": change(environ["MILLWRIGHT_KEY"])})


def test_everything_that_is_missing_is_listed_at_once_without_values(spec, tmp_path):
    environ = Door(spec).environ(
        tmp_path, MILLWRIGHT_URL="https://bot.example", ACTIONS_ID_TOKEN_REQUEST_URL="https://x"
    )
    environ |= {"MILLWRIGHT_KEY": "SHA256:short", "MILLWRIGHT_NONCE": "odd-nonce", "GITHUB_RUN_ID": "x"}
    with pytest.raises(JobError) as caught:
        Job.read(environ)
    said = str(caught.value)
    assert all(name in said for name in ("MILLWRIGHT_KEY", "MILLWRIGHT_NONCE", "GITHUB_RUN_ID"))
    assert "odd-nonce" not in said
