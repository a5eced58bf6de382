"""What others did in a real Odoo 19 is found, what we did and what nobody did is not."""

from __future__ import annotations

import pytest

from executors.errors import WorldError
from executors.world.odoo.foreign import own_user, work_since
from tests.executors.world.odoo.played import playing

LONG_AGO = "2020-01-01 00:00:00"


def test_the_work_of_others_is_counted_by_model_and_ours_is_not():
    with playing("foreign/work.yaml") as place:
        me = own_user(place.client)
        assert work_since(place.client, place.client, LONG_AGO, {1, me}) == {}
        bob = place.hire("bob")
        assert work_since(place.client, place.client, LONG_AGO, {1, me}) == {}
        bob.call("res.users", "write", ids=[own_user(bob)], vals={"signature": "<p>Bob</p>"})
        assert set(work_since(place.client, place.client, LONG_AGO, {1, me})) >= {"res.users"}
        place.client.call("res.users", "unlink", ids=[own_user(bob)])


def test_a_key_that_may_not_read_what_others_may_proves_nothing():
    with playing("foreign/weak.yaml") as place:
        bob = place.hire("bob")
        with pytest.raises(WorldError, match="may not do that"):
            work_since(bob, bob, LONG_AGO, {1, own_user(bob)})
        place.client.call("res.users", "unlink", ids=[own_user(bob)])


def test_work_that_came_in_without_anybody_at_work_is_work_all_the_same():
    with playing("foreign/leads.yaml") as place:
        rows = [["name", "=", "crm"]]
        ids = place.client.call("ir.module.module", "search", domain=rows)
        place.client.call("ir.module.module", "button_immediate_install", ids=ids)
        me = own_user(place.client)
        assert work_since(place.client, place.client, LONG_AGO, {1, me}) == {}
        place.client.call("crm.lead", "create", vals_list=[{"name": "sent by a form", "type": "lead"}])
        assert work_since(place.client, place.client, LONG_AGO, {1, me}) == {"crm.lead": 1}
