"""A website's names are previewed, set as foretold, and taken back record for record."""

from __future__ import annotations

import json
from pathlib import Path

from executors.protocol.journal import Intent, JournalLine, Result
from tests.dns.bind import Bind, differs
from tests.dns.names import Names, place, want

CAME = [
    '+ acme.example. 300 CAA 0 issue "ca.example"',
    '+ acme.example. 3600 TXT "proof=abc; def"',
    "+ acme.example. 300 A 192.0.2.7",
    "+ www.acme.example. 300 CNAME acme.example.",
]


def test_the_preview_shows_each_difference_and_changes_nothing(bind: Bind, tmp_path: Path) -> None:
    names, before = Names.on(bind, tmp_path), bind.holds()
    assert names.preview().outcome == "completed"
    assert bind.holds() == before
    assert names.seen("becomes") == {
        "acme.example A": "192.0.2.1 (TTL 3600) → 192.0.2.7 (TTL 300)",
        "acme.example CAA": 'none → 0 issue "ca.example" (TTL 300)',
        "acme.example TXT": '"v=spf1 -all; x" "y" (TTL 3600) → "proof=abc; def", "v=spf1 -all; x" "y" (TTL 3600)',
        "www.acme.example CNAME": "none → acme.example. (TTL 300)",
    }
    assert names.seen("read-by") == {"": "zone transfer"}
    assert "3600 seconds" in names.seen("remembered")["acme.example A"]
    planned = {item.target.partition("#")[2]: item.names for item in names.plan.envelopes[0].planned}
    assert planned["acme.example A"] == ("acme.example A: 192.0.2.7 (TTL 300)",)


def test_exactly_what_was_foretold_is_set_and_a_second_run_proposes_nothing(bind: Bind, tmp_path: Path) -> None:
    names, before = Names.on(bind, tmp_path), bind.holds()
    names.preview()
    ended = names.execute()
    assert (ended.outcome, ended.error) == ("completed", None)
    assert sorted(differs(before, bind.holds())) == sorted([*CAME, "- acme.example. 3600 A 192.0.2.1"])
    assert bind.asked("www.acme.example", "A") == ["300 192.0.2.7", "300 acme.example."]
    assert any("for up to 3600 seconds" in text for text in names.findings("notice")), names.findings("notice")

    first = len(names.journal)
    assert names.execute().outcome == "completed"
    assert not any(isinstance(line.body, Intent) for line in names.journal[first:])


def test_taking_back_leaves_the_zone_as_it_was_record_for_record(bind: Bind, tmp_path: Path) -> None:
    names, before = Names.on(bind, tmp_path), bind.holds()
    names.preview()
    names.execute()
    assert bind.holds() != before
    ended = names.rollback()
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert bind.holds() == before


def test_a_record_that_others_changed_since_the_preview_stops_the_run(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path)
    names.preview()
    bind.change("acme.example", "A", "203.0.113.9")
    before = bind.holds()
    ended = names.execute()
    assert ended.outcome != "completed"
    assert "203.0.113.9" in str(ended.error)
    assert bind.holds() == before


def test_a_time_to_live_that_others_changed_stops_the_run_too(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path)
    names.preview()
    bind.change("acme.example", "A", "192.0.2.1", ttl=60)
    assert "TTL 60" in str(names.execute().error)


def test_what_others_changed_after_us_is_not_overwritten_by_taking_back(bind: Bind, tmp_path: Path) -> None:
    names, before = Names.on(bind, tmp_path), bind.holds()
    names.preview()
    names.execute()
    bind.change("acme.example", "A", "203.0.113.9")
    ended = names.rollback()
    assert len(ended.residue) == 1
    assert "acme.example A" in ended.residue[0]
    assert differs(before, bind.holds()) == [
        "- acme.example. 3600 A 192.0.2.1",
        "+ acme.example. 3600 A 203.0.113.9",
    ]


def test_a_name_that_is_right_already_is_left_alone(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path, want("acme.example", "A", "192.0.2.1", ttl=3600))
    names.preview()
    assert names.seen("there-already") == {"acme.example A": "192.0.2.1 (TTL 3600)"}
    assert names.plan.envelopes[0].planned == ()
    assert names.execute().outcome == "completed"


def test_an_alias_in_other_letters_is_the_same_one(bind: Bind, tmp_path: Path) -> None:
    """A server keeps the letters it has for a name (RFC 4343): the time to live changes, and changes back."""
    name = "www.acme.example"
    bind.change(name, "CNAME", "OLD.acme.example.")
    before = bind.holds()
    names = Names.on(bind, tmp_path, want(name, "CNAME", "old.acme.example"))
    names.preview()
    assert names.execute().outcome == "completed"
    assert [one.lower() for one in bind.asked(name, "CNAME")] == ["300 old.acme.example."]
    assert names.rollback().outcome == "rolled_back"
    assert [one.lower() for one in bind.holds()] == [one.lower() for one in before]


def test_addresses_that_nobody_named_are_left_and_told(bind: Bind, tmp_path: Path) -> None:
    bind.change("acme.example", "AAAA", "2001:db8::1")
    names = Names.on(bind, tmp_path)
    names.preview()
    assert names.execute().outcome == "completed"
    assert bind.asked("acme.example", "AAAA") == ["3600 2001:db8::1"]
    assert any("2001:db8::1" in text and "does not name" in text for text in names.findings("warning"))


def test_the_evidence_has_each_set_before_and_after_and_no_key(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path)
    names.preview()
    names.execute()
    before, after = (json.loads(names.files[f"steps/dns/{name}.json"]) for name in ("before", "after"))
    assert before["dns_records"]["acme.example A"] == "192.0.2.1 (TTL 3600)"
    assert before["dns_records"]["www.acme.example CNAME"] is None
    assert after["dns_records"]["acme.example A"] == "192.0.2.7 (TTL 300)"
    kept = json.dumps(names.calls) + "".join(data.decode() for data in names.files.values())
    kept += "".join(str(line.to_json()) for line in names.journal)
    assert names.calls
    assert bind.key not in kept


def test_who_only_looks_has_a_key_of_another_name(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path)
    names.key = f"millwright-reads:{bind.read_key}"
    assert names.preview().outcome == "completed"
    assert names.seen("read-by") == {"": "zone transfer"}
    ended = names.execute()
    assert 'allow-update (or update-policy) { key "millwright-reads"; }' in str(ended.error)


def test_without_a_transfer_the_names_alone_are_asked_for(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path)
    names.key = f"stranger:{bind.read_key}"
    assert names.preview().outcome == "completed"
    assert "refuses the transfer" in names.seen("read-by")[""]
    assert names.seen("becomes")["acme.example A"] == "192.0.2.1 (TTL 3600) → 192.0.2.7 (TTL 300)"
    assert place(bind).target == f"dns:127.0.0.1:{bind.port}/acme.example"


def test_t50_an_undo_of_other_records_or_another_zone_is_not_applied(bind: Bind, tmp_path: Path) -> None:
    names = Names.on(bind, tmp_path, want("acme.example", "A", "192.0.2.7"))
    names.preview()
    names.execute()
    held, honest = bind.holds(), list(names.journal)
    elsewhere = place(bind, key_name="stranger").to_json()
    strange: list[dict[str, object]] = [
        {"records": {"ttl": 60, "values": ["203.0.113.66"]}},
        {"name": "old.acme.example"},
        {"before": None},
        {"at": elsewhere},
    ]
    for change in strange:
        names.journal = [_with_undo(line, change) for line in honest]
        ended = names.rollback()
        assert ended.outcome != "rolled_back", change
        assert len(ended.residue) == 1
        assert bind.holds() == held
    names.journal = honest
    assert names.rollback().outcome == "rolled_back"


def _with_undo(line: JournalLine, change: dict[str, object]) -> JournalLine:
    body = line.body
    if not isinstance(body, Result) or body.undo is None:
        return line
    return line.model_copy(update={"body": body.model_copy(update={"undo": {**body.undo, **change}})})
