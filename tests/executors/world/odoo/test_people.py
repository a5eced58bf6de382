"""Accounts of a real Odoo 19: made once, changed exactly, removed with their contact where nobody needs it."""

from __future__ import annotations

from typing import Any

import pytest

from executors.errors import WorldError
from executors.protocol.odoo import ChangeGroups, CreateUser, RemoveUser
from executors.world.odoo import people
from tests.executors.world.odoo.played import Real, playing

USER, PARTNERS = "base.group_user", "base.group_partner_manager"


def anna(place: Real, **more: Any) -> CreateUser:
    values: dict[str, Any] = {"login": "anna@example.org", "name": "Anna Ahrens", "groups": (USER, PARTNERS)}
    return CreateUser(at=place.at, **(values | more))


def made(place: Real, operation: CreateUser) -> RemoveUser:
    undo = people.create(place.client, operation)
    assert isinstance(undo, RemoveUser)
    return undo


def logins(place: Real, *, archived: bool = True) -> set[str]:
    context = {"active_test": not archived}
    rows = place.client.call("res.users", "search_read", context=context, domain=[], fields=["login"])
    return {row["login"] for row in rows}


def contacts(place: Real, partner: int) -> int:
    domain = [["id", "=", partner]]
    return int(place.client.call("res.partner", "search_count", context={"active_test": False}, domain=domain))


def test_an_account_that_was_made_is_there_and_goes_with_its_contact():
    with playing("people/made.yaml") as place:
        assert people.settle(place.client, anna(place)) == (False, None)
        undo = made(place, anna(place))
        assert people.create(place.client, anna(place)) is None
        assert people.settle(place.client, anna(place)) == (True, undo)
        assert people.settle(place.client, undo) == (False, None)
        people.remove(place.client, undo)
        people.remove(place.client, undo)
        assert "anna@example.org" not in logins(place)
        assert contacts(place, undo.partner) == 0
        assert people.settle(place.client, undo) == (True, None)


def test_an_address_that_somebody_has_is_refused_without_being_told():
    with playing("people/taken.yaml") as place:
        undo = made(place, anna(place))
        for other in ({"name": "Anna Other"}, {"login": "ANNA@example.org"}):
            with pytest.raises(WorldError, match="login of another account") as refusal:
                people.create(place.client, anna(place, **other))
            assert "anna@" not in str(refusal.value).lower()
        with pytest.raises(WorldError, match="without these groups"):
            people.create(place.client, anna(place, groups=("base.group_system",)))
        place.client.call("res.users", "write", ids=[undo.user], vals={"active": False})
        with pytest.raises(WorldError, match="archived account; reactivate it"):
            people.create(place.client, anna(place))
        people.remove(place.client, undo)


def test_an_underscore_in_an_address_is_no_wildcard():
    with playing("people/underscore.yaml") as place:
        first = made(place, anna(place, login="anXna@example.org"))
        second = made(place, anna(place, login="an_na@example.org"))
        assert first.user != second.user
        people.remove(place.client, first)
        people.remove(place.client, second)


def test_a_missing_group_is_named_with_its_module_and_nothing_is_made():
    with playing("people/group.yaml") as place:
        with pytest.raises(WorldError, match=r"no group nowhere\.group_x; it comes with the module nowhere"):
            people.create(place.client, anna(place, groups=(USER, "nowhere.group_x")))
        assert "anna@example.org" not in logins(place)


def test_of_two_who_make_the_same_account_one_finds_it_there():
    with playing("people/race.yaml") as place:
        undo: list[RemoveUser] = []

        def faster(_stream: str, entry: dict[str, Any]) -> None:
            if (entry["model"], entry["method"]) == ("res.users", "search_read") and not undo:
                undo.append(made(place, anna(place)))

        assert people.create(place.calling(faster), anna(place)) is None
        assert len(undo) == 1
        people.remove(place.client, undo[0])


def test_groups_are_changed_and_the_inverse_is_what_really_changed():
    with playing("people/groups.yaml") as place:
        undo = made(place, anna(place))
        names = {"login": undo.login, "name": "Anna Ahrens", "user": undo.user}
        change = ChangeGroups(at=place.at, **names, add=("base.group_erp_manager", USER), remove=(PARTNERS,))
        assert people.settle(place.client, change)[0] is False
        inverse = people.change(place.client, change)
        assert inverse == ChangeGroups(at=place.at, **names, add=(PARTNERS,), remove=("base.group_erp_manager",))
        assert people.change(place.client, change) is None
        assert people.settle(place.client, change)[0] is True
        assert people.change(place.client, inverse) is not None
        assert people.settle(place.client, inverse)[0] is True
        people.remove(place.client, undo)
        with pytest.raises(WorldError, match="is gone"):
            people.change(place.client, change)


def test_the_administrator_the_owner_of_the_key_and_strangers_are_not_removed():
    with playing("people/protected.yaml") as place:
        for login, user in (("admin", 2), ("__system__", 1), ("anna@example.org", 2)):
            with pytest.raises(WorldError, match=r"stays|another login"):
                people.remove(place.client, RemoveUser(at=place.at, login=login, user=user, partner=3))
        assert {"admin", "__system__"} <= logins(place)


def test_an_account_that_is_referred_to_is_archived_and_keeps_its_contact():
    with playing("people/archived.yaml") as place:
        undo = made(place, anna(place))
        values = {"name": "t", "model_id": 1, "user_id": undo.user, "interval_type": "days", "active": False}
        job = place.client.call("ir.cron", "create", vals_list=[values])
        people.remove(place.client, undo)
        assert "anna@example.org" in logins(place)
        assert "anna@example.org" not in logins(place, archived=False)
        assert people.settle(place.client, undo) == (True, None)
        assert contacts(place, undo.partner) == 1
        place.client.call("ir.cron", "unlink", ids=job)
        people.remove(place.client, undo)
        assert "anna@example.org" not in logins(place)


def test_a_contact_that_others_refer_to_stays():
    with playing("people/contact.yaml") as place:
        undo = made(place, anna(place))
        child = place.client.call(
            "res.partner", "create", vals_list=[{"name": "Office", "parent_id": undo.partner}]
        )
        people.remove(place.client, undo)
        assert "anna@example.org" not in logins(place)
        assert contacts(place, undo.partner) == 1
        place.client.call("res.partner", "unlink", ids=child)
        people.remove(place.client, undo)
        assert contacts(place, undo.partner) == 0
