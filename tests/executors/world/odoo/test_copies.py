"""A copy of a real Odoo 19: checked before anything changes, restored from wherever a run was killed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from executors.errors import OperationTimeout, WorldError
from executors.protocol.odoo import CopyDatabase, CreateUser, DropCopy, RestoreCopy
from executors.world.clock import Clock
from executors.world.odoo import copies, copy_mark, people
from executors.world.odoo.client import Client
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets
from tests.executors.world.odoo.played import RECORDING, Real, playing

COPY, REPLACED = "factory_test-before-c-7-v1", "factory_test-replaced"


class Killed(BaseException):
    """The runner is gone in the middle."""


def killed_after(method: str, times: int = 1) -> Any:
    """A log that ends everything after that many calls of a method."""
    left = [times]

    def log(_stream: str, entry: dict[str, Any]) -> None:
        left[0] -= entry["method"] == method
        if not left[0]:
            left[0] = -1
            raise Killed

    return log


def copy(place: Real, client: Client | None = None) -> Any:
    return copies.copy(client or place.client, place.at, place.secrets)


def restore(place: Real, client: Client | None = None) -> None:
    copies.restore(client or place.client, place.at, place.secrets)


def settled(place: Real, operation: Any) -> tuple[bool, Any]:
    return copies.settle(place.client, place.at, place.secrets, operation(at=place.at))


def there(place: Real) -> set[str]:
    return {name for name in place.client.db("list") if name.startswith("factory_test")}


def change(place: Real) -> None:
    assert people.create(place.client, CreateUser(at=place.at, login="zoe@example.org", name="Zoe", groups=()))


def changed(place: Real) -> int:
    domain = [["login", "=", "zoe@example.org"]]
    return int(place.client.call("res.users", "search_count", domain=domain))


def asleep(client: Client) -> int:
    return int(
        client.call("ir.cron", "search_count", domain=[["active", "=", False]], context={"active_test": False})
    )


def parameters(client: Client) -> dict[str, str]:
    rows = client.call("ir.config_parameter", "search_read", domain=[], fields=["key", "value"])
    return {row["key"]: row["value"] for row in rows if row["key"] != copy_mark.KEY}


def test_a_copy_sleeps_beside_its_source_and_takes_everything_back():
    with playing("copies/story.yaml", snapshot=COPY) as place:
        before, resting = parameters(place.client), asleep(place.client)
        assert settled(place, CopyDatabase) == (False, None)
        assert copy(place) == DropCopy(at=place.at)
        assert copy(place) is None
        assert settled(place, CopyDatabase) == (True, DropCopy(at=place.at))
        assert asleep(place.client.on(COPY)) > resting
        assert copy_mark.of(place.client) is None
        change(place)
        assert changed(place) == 1
        assert settled(place, RestoreCopy) == (False, None)
        restore(place)
        assert there(place) == {"factory_test"}
        assert changed(place) == 0
        assert parameters(place.client) == before
        assert asleep(place.client) == resting
        assert settled(place, RestoreCopy) == (True, None)
        restore(place)
        assert there(place) == {"factory_test"}


def test_a_restore_that_was_killed_between_the_renames_begins_again():
    with playing("copies/between.yaml", snapshot=COPY) as place:
        copy(place)
        change(place)
        with pytest.raises(Killed):
            restore(place, place.calling(killed_after("db.rename")))
        assert there(place) == {COPY, REPLACED}
        assert settled(place, RestoreCopy) == (False, None)
        assert there(place) == {"factory_test", COPY}
        assert changed(place) == 1
        restore(place)
        assert changed(place) == 0
        assert there(place) == {"factory_test"}


def test_a_restore_that_was_killed_before_the_drop_is_finished():
    with playing("copies/after.yaml", snapshot=COPY) as place:
        resting = asleep(place.client)
        copy(place)
        change(place)
        with pytest.raises(Killed):
            restore(place, place.calling(killed_after("db.rename", 2)))
        assert there(place) == {"factory_test", REPLACED}
        assert settled(place, RestoreCopy) == (False, None)
        restore(place)
        assert changed(place) == 0
        assert there(place) == {"factory_test"}
        assert asleep(place.client) == resting
        assert settled(place, RestoreCopy) == (True, None)


def test_a_database_in_which_others_worked_is_not_restored_and_it_is_said_where():
    with playing("copies/others.yaml", snapshot=COPY) as place:
        bob = place.hire("bob")
        copy(place)
        mine = bob.call("res.users", "context_get")["uid"]
        bob.call("res.users", "write", ids=[mine], vals={"signature": "<p>Bob</p>"})
        with pytest.raises(WorldError, match=r"others have worked in it since .* UTC: res\.users \(1\)"):
            restore(place)
        assert there(place) == {"factory_test", COPY}
        copies.drop(place.client, place.at, place.secrets)
        copies.drop(place.client, place.at, place.secrets)
        assert settled(place, DropCopy) == (True, None)
        place.client.call("res.users", "unlink", ids=[mine])


def test_a_database_that_is_not_our_copy_is_neither_used_nor_dropped():
    with playing("copies/stranger.yaml", snapshot=COPY) as place:
        place.client.db("duplicate_database", "master", "factory_test", COPY)
        for act in (copy, restore, lambda one: copies.drop(one.client, one.at, one.secrets)):
            with pytest.raises(WorldError, match=r"no (finished )?copy of ours"):
                act(place)
        with pytest.raises(WorldError, match="is no copy of ours"):
            settled(place, CopyDatabase)
        assert there(place) == {"factory_test", COPY}
        place.client.db("drop", "master", COPY)


def test_a_run_that_was_killed_before_it_had_checked_the_copy_is_settled_by_reading_it():
    with playing("copies/unchecked.yaml", snapshot=COPY) as place:
        with pytest.raises(Killed):
            copy(place, place.calling(killed_after("db.duplicate_database")))
        mark = copy_mark.of(place.client.on(COPY))
        assert mark is not None
        assert mark.state == "making"
        with pytest.raises(WorldError, match="no finished copy of ours"):
            copy(place)
        assert settled(place, CopyDatabase) == (True, DropCopy(at=place.at))
        assert copy_mark.of(place.client) is None
        copies.drop(place.client, place.at, place.secrets)


def test_a_copy_whose_answer_was_lost_is_waited_for():
    with playing("copies/lost.yaml", snapshot=COPY) as place:
        ticks = iter(range(10_000))

        def lost(_stream: str, entry: dict[str, Any]) -> None:
            if entry["method"] == "db.duplicate_database":
                raise OperationTimeout("no answer")

        clock = Clock(monotonic=lambda: float(next(ticks)), sleep=time.sleep if RECORDING else lambda _: None)
        client = place.calling(lost, patience=Patience(clock=clock))
        assert copy(place, client) == DropCopy(at=place.at)
        copies.drop(place.client, place.at, place.secrets)


def test_a_wrong_master_password_leaves_nothing_behind():
    with playing("copies/password.yaml", snapshot=COPY) as place:
        secrets = Secrets(["ODOO_MASTER"], {"ODOO_MASTER": "another"})
        with pytest.raises(WorldError, match="does not accept the master password"):
            copies.copy(place.client, place.at, secrets)
        assert there(place) == {"factory_test"}
        assert copy_mark.of(place.client) is None


def test_a_place_without_a_name_for_the_copy_or_a_password_is_refused():
    with playing("copies/nameless.yaml") as place, pytest.raises(WorldError, match="`snapshot: false`"):
        copy(place)


def test_there_is_nothing_to_restore_without_a_copy():
    with playing("copies/none.yaml", snapshot="factory_test-before-c-8-v1") as place:
        with pytest.raises(WorldError, match="is not there to be restored"):
            restore(place)
        assert settled(place, DropCopy) == (True, None)


def test_what_another_run_of_ours_did_since_is_not_taken_away_by_an_older_copy():
    later = "factory_test-before-c-9-v1"
    with playing("copies/younger.yaml", snapshot=COPY) as place:
        copy(place)
        at = place.at.model_copy(update={"snapshot": later})
        copies.copy(place.client, at, place.secrets)
        change(place)
        with pytest.raises(WorldError, match=f"another run has changed it since .* its copy {later}"):
            restore(place)
        assert changed(place) == 1
        copies.restore(place.client, at, place.secrets)
        assert changed(place) == 0
        restore(place)
        assert there(place) == {"factory_test"}
