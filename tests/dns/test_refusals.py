"""What goes wrong with names is said in words, with what to do, and changes nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from executors import catalog
from executors.errors import OperationTimeout, WorldError
from executors.protocol.dns import RecordSet, SetRecords
from executors.world.dns import Zone, problems
from executors.world.secrets import Secrets
from tests.dns.bind import Bind
from tests.dns.names import SECRET, Names, place, want

APEX = RecordSet(ttl=3600, values=("192.0.2.1",))
NEW = RecordSet(ttl=300, values=("192.0.2.7",))


def hands(bind: Bind, key: str | None = None, **changes: object) -> Zone:
    at = place(bind, **changes)
    return Zone(at, Secrets((SECRET,), {SECRET: key or bind.key}), (at.host,), lambda _s, _e: None, seconds=2)


def change(bind: Bind, name: str, kind: str, records: RecordSet | None, before: RecordSet | None) -> SetRecords:
    values = {"name": name, "type": kind, "records": records, "before": before}
    return SetRecords.model_validate({"at": place(bind), **values})


def why(bind: Bind, folder: Path, *records: dict[str, object], **more: object) -> str:
    """Why a preview of these records fails."""
    names = Names.on(bind, folder, *records)
    for name, value in more.items():
        setattr(names, name, value)
    ended = names.preview()
    assert ended.outcome != "completed"
    return str(ended.error)


def test_an_alias_at_the_top_of_a_zone_is_refused_by_name(bind: Bind) -> None:
    wish = want("acme.example", "CNAME", "elsewhere.example")
    with pytest.raises(ValidationError, match=r"acme\.example is the zone's own name, which can be no alias"):
        catalog.executor("dns").inputs.model_validate({"at": place(bind), "records": [wish]})


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (
            [want("www.acme.example", "A", "192.0.2.1"), want("www.acme.example", "CNAME", "a.example")],
            "and have A",
        ),
        ([want("www.acme.example", "A", "192.0.2.1"), want("www.acme.example", "A", "192.0.2.2")], "wanted twice"),
        ([want("www.other.example", "A", "192.0.2.1")], "outside of the zone acme.example"),
        ([want("www.acme.example", "CNAME", "a.example", "b.example")], "one name only"),
        ([want("Acme.example", "A", "192.0.2.1")], "pattern"),
    ],
)
def test_wishes_that_no_zone_can_hold_are_refused(bind: Bind, records: list[object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        catalog.executor("dns").inputs.model_validate({"at": place(bind), "records": records})


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (want("alias.acme.example", "A", "192.0.2.7"), "alias.acme.example is an alias of old.acme.example."),
        (
            want("old.acme.example", "CNAME", "acme.example"),
            "nothing may stand beside one and there is A 192.0.2.2",
        ),
        (want("a.shop.acme.example", "A", "192.0.2.7"), "from shop.acme.example on, other name servers"),
        (want("www.acme.example", "A", "192.0.2.777"), 'www.acme.example A: invalid IPv4 address "192.0.2.777"'),
        (want("acme.example", "CAA", "0 issue"), "acme.example CAA:"),
        (want("www.acme.example", "AAAA", "192.0.2.7"), "invalid IPv6 address"),
    ],
)
def test_what_stands_in_the_way_is_named(bind: Bind, tmp_path: Path, wish: dict[str, object], said: str) -> None:
    before = bind.holds()
    assert said in why(bind, tmp_path, wish)
    assert bind.holds() == before


def test_an_alias_beside_other_data_is_refused_without_a_transfer_too(bind: Bind, tmp_path: Path) -> None:
    wish = want("old.acme.example", "CNAME", "acme.example")
    assert "there is A 192.0.2.2" in why(bind, tmp_path, wish, key=f"stranger:{bind.read_key}")


def test_a_wildcard_without_a_transfer_is_refused(bind: Bind, tmp_path: Path) -> None:
    bind.change("*.acme.example", "A", "192.0.2.3")
    wish = want("www.acme.example", "A", "192.0.2.7")
    assert "*.acme.example answers for every name" in why(bind, tmp_path, wish, key=f"stranger:{bind.read_key}")
    names = Names.on(bind, tmp_path, wish)
    names.preview()
    assert names.seen("records") == {"www.acme.example A": "none"}


def test_keys_that_the_server_does_not_take_are_told_apart(bind: Bind) -> None:
    one = [bind.zone]
    with pytest.raises(problems.WrongKey, match=r"the value of the key millwright is not the server's \(BADSIG\)"):
        hands(bind, bind.read_key).records(one)
    with pytest.raises(problems.WrongKey, match=r"knows no key unknown of this algorithm \(BADKEY\)"):
        hands(bind, key_name="unknown").records(one)
    with pytest.raises(problems.WrongKey, match=r"BADKEY.*compare `key_name` and `algorithm`"):
        hands(bind, algorithm="hmac-sha256").records(one)
    with pytest.raises(problems.WrongKey, match="the secret DNS_KEY holds no key"):
        hands(bind, "not base64!").records(one)
    with pytest.raises(WorldError, match="secret DNS_KEY: the environment does not hold it"):
        Zone(place(bind), Secrets((), {}), (place(bind).host,), lambda _s, _e: None).records(one)


@pytest.mark.parametrize(
    "name", ["a..b", "x" * 64, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "hmac-sha512:key"]
)
def test_what_is_no_name_of_a_key_is_said_and_not_repeated(bind: Bind, name: str) -> None:
    """Who has written `base64:name` the wrong way round reads that, and nobody reads the key."""
    with pytest.raises(problems.WrongKey, match="the secret DNS_KEY holds no key") as raised:
        hands(bind, f"{name}:{bind.key}").records([bind.zone])
    assert name not in str(raised.value)


def test_a_set_that_is_too_large_to_be_kept_is_left_alone(bind: Bind, tmp_path: Path) -> None:
    bind.change("big.acme.example", "TXT", " ".join(["\\200" * 250] * 5))
    said = why(bind, tmp_path, want("big.acme.example", "TXT", "proof"))
    assert "set these records by hand" in said, said


def test_a_wrong_key_changes_nothing_and_is_no_open_end(bind: Bind) -> None:
    before = bind.holds()
    operation = change(bind, "acme.example", "A", NEW, APEX)
    with pytest.raises(problems.WrongKey):
        hands(bind, bind.read_key)._send(operation)
    with pytest.raises(problems.Refused, match="allow-update"):
        hands(bind, f"millwright-reads:{bind.read_key}").apply(operation)
    assert bind.holds() == before


def test_a_zone_that_is_not_there_is_said_so(bind: Bind) -> None:
    with pytest.raises(
        problems.NotHere, match=r"not in charge of other\.example \(NOTAUTH\); make the zone there"
    ):
        hands(bind, zone="other.example").records(["other.example"])
    with pytest.raises(problems.NotHere):
        hands(bind, zone="other.example")._send(
            change(bind, "acme.example", "A", NEW, APEX).model_copy(
                update={"at": place(bind, zone="other.example"), "name": "other.example"}
            )
        )


def test_a_server_that_is_down_is_asked_again_later(bind: Bind) -> None:
    zone = hands(bind)
    bind.stop()
    with pytest.raises(problems.Silent, match="is it running and reachable over TCP") as raised:
        zone.records(["acme.example"])
    assert raised.value.again
    with pytest.raises(problems.Silent):
        zone._send(change(bind, "acme.example", "A", NEW, APEX))


def test_a_server_that_the_plan_does_not_name_is_not_asked(bind: Bind) -> None:
    zone = Zone(place(bind), Secrets((SECRET,), {SECRET: bind.key}), ("ns.acme.example",), lambda _s, _e: None)
    with pytest.raises(problems.Unsafe):
        zone.records(["acme.example"])


@pytest.mark.parametrize(
    ("name", "kind", "before"),
    [
        ("acme.example", "A", RecordSet(ttl=3600, values=("192.0.2.9",))),
        ("acme.example", "A", None),
        ("www.acme.example", "A", APEX),
        ("alias.acme.example", "A", None),
        ("old.acme.example", "CNAME", None),
    ],
)
def test_the_server_itself_refuses_what_others_changed_a_moment_ago(
    bind: Bind, name: str, kind: str, before: RecordSet | None
) -> None:
    """What is sent after the last look, as in a race: the look that comes first is left out here."""
    held = bind.holds()
    records = RecordSet(ttl=300, values=("acme.example.",)) if kind == "CNAME" else NEW
    with pytest.raises(problems.Changed, match="nothing was changed"):
        hands(bind)._send(change(bind, name, kind, records, before))
    assert bind.holds() == held


def test_a_time_to_live_that_is_not_the_one_from_before_is_seen_before_anything_is_sent(bind: Bind) -> None:
    other = RecordSet(ttl=60, values=APEX.values)
    with pytest.raises(problems.Changed, match=r"there is 192\.0\.2\.1 \(TTL 3600\), and there was .* \(TTL 60\)"):
        hands(bind).apply(change(bind, "acme.example", "A", NEW, other))


def test_a_second_time_does_nothing(bind: Bind) -> None:
    operation = change(bind, "acme.example", "A", NEW, APEX)
    assert hands(bind).apply(operation) == operation.inverse
    assert hands(bind).apply(operation) is None


@contextmanager
def cut_off(bind: Bind, *, deaf: bool) -> Iterator[int]:
    """The port of a way to the server that loses its answers to updates, or the updates themselves."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_carry, args=(door, bind.port, deaf), daemon=True).start()
        yield int(door.getsockname()[1])


def _carry(door: socket.socket, port: int, deaf: bool) -> None:
    while True:
        try:
            visitor, _ = door.accept()
        except OSError:
            return
        with visitor, socket.create_connection(("127.0.0.1", port)) as server:
            question = visitor.recv(65_536)
            is_update = len(question) > 4 and (question[4] >> 3) & 15 == 5
            if is_update and deaf:
                continue
            server.sendall(question)
            answer = server.recv(65_536)
            if not is_update:
                visitor.sendall(answer)


@pytest.mark.parametrize("deaf", [True, False], ids=["before the server", "after the server"])
def test_an_update_without_an_answer_is_settled_by_looking(bind: Bind, *, deaf: bool) -> None:
    operation = change(bind, "acme.example", "A", NEW, APEX)
    with cut_off(bind, deaf=deaf) as port, pytest.raises(OperationTimeout, match="looks before it does anything"):
        hands(bind, port=port)._send(operation)
    done, undo = hands(bind).settle(operation)
    assert done is not deaf
    assert undo == (None if deaf else operation.inverse)
