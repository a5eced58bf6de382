"""The reader looks, and takes no answer for what it is not."""

from __future__ import annotations

from typing import Any

import pytest

from executors.world.odoo.problems import Broken, NoRights, NotOdoo
from executors.world.odoo.reader import ClientReader
from tests.executors.world.odoo.test_client import client_of, failing, odoo, value

NOT_FOUND = failing("builtins.ValueError", "External ID not found in the system: base.nope")


def by_method(**said: Any) -> Any:
    return lambda path, *_: said[path.rsplit("/", 1)[1]]


def test_archived_records_are_asked_for_by_context():
    asked: list[Any] = []
    with odoo(lambda *_: value([]), asked) as url:
        reader = ClientReader(client_of(url))
        assert reader.search_read("res.users", [("active", "=", False)], ("login",), archived=True) == []
    assert asked[0][2] == {
        "domain": [["active", "=", False]],
        "fields": ["login"],
        "order": "id",
        "context": {"lang": "en_US", "active_test": False},
    }


def test_a_model_that_is_not_there_has_no_fields():
    gone = failing("werkzeug.exceptions.NotFound", "the model 'crm.lead' does not exist", 404)
    with odoo(by_method(fields_get=gone)) as url:
        assert ClientReader(client_of(url)).fields_get("crm.lead") == frozenset()


@pytest.mark.parametrize(
    ("checked", "rows", "found"),
    [
        (value(["res.groups", 4]), None, 4),
        (NOT_FOUND, None, None),
        (value(["res.currency", False]), value([{"id": 1, "model": "res.currency", "res_id": 126}]), 126),
        (value(["res.currency", False]), value([]), None),
        (value(["res.currency", False]), failing("odoo.exceptions.AccessError", "no", 403), None),
    ],
)
def test_an_external_id_is_found_archived_or_not(checked, rows, found):
    said = by_method(check_object_reference=checked, search_read=rows, search_count=value(1))
    with odoo(said) as url:
        assert ClientReader(client_of(url)).reference("base.EUR") == found


def test_a_reference_to_a_deleted_record_is_none():
    row = value([{"id": 1, "model": "res.currency", "res_id": 126}])
    said = by_method(check_object_reference=value(["res.currency", False]), search_read=row, search_count=value(0))
    with odoo(said) as url:
        assert ClientReader(client_of(url)).reference("base.EUR") is None


def test_a_broken_server_is_not_taken_for_a_missing_reference():
    with odoo(lambda *_: (502, {}, b"")) as url, pytest.raises(Broken):
        ClientReader(client_of(url)).reference("base.EUR")


@pytest.mark.parametrize("shape", [None, {}, [1], "x", True])
def test_answers_of_another_shape_are_refused(shape):
    with odoo(lambda *_: value(shape)) as url:
        reader = ClientReader(client_of(url))
        with pytest.raises(NotOdoo):
            reader.search_read("res.x", [], [])
        with pytest.raises(NotOdoo):
            reader.reference("base.x")


def test_a_count_that_may_not_be_made_is_an_error():
    with odoo(lambda *_: failing("odoo.exceptions.AccessError", "no", 403)) as url, pytest.raises(NoRights):
        ClientReader(client_of(url)).search_count("res.x", [])
