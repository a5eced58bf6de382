"""What the page says of an Odoo leg: what came, what changed, what was taken back, and no more than it knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from executors.evidence.story import Story, tell
from executors.protocol.canonical import canonical
from executors.protocol.journal import Intent, LegStarted, Looked, Result, StepFinished
from executors.protocol.operation import OPERATION, undo_class
from tests.executors.evidence import odoo_case as odoo
from tests.executors.evidence.odoo_case import opened, text_of

FOLDER = "steps/step_2_odoo_install_modules"


def story(pack: Pack) -> Story:
    return tell(pack, created="", head="", signer="")


def test_the_page_says_what_came_what_changed_and_that_nothing_else_did(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    text = text_of(seal(erp(), key, now))
    for words in (
        "30 modules added, 1 of them asked for by name (in bold), the others came with it:",
        "crm 19.0.1.9 crm_iap_enrich 19.0.1.1",
        "Nothing else of what was looked at changed: 14 modules are as before.",
        "company: country — DE company: currency USD EUR",
        "Nothing else of what was looked at changed: 1 setting is as before.",
        "Anna Müller added",
        "groups: + base.group_user, + sales_team.group_sale_manager",
        "Jörg Groß changed groups: + sales_team.group_sale_salesman",
        "16 calls, 1 of them without a good answer:",
        "9× ir.module.module.search_read",
        "2× ir.module.module.button_immediate_install 1 failed",
        "1× db.duplicate_database",
    ):
        assert words in text, words


def test_no_login_and_no_name_of_a_secret_is_on_the_page_or_in_the_logs(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    files = opened(seal(erp(), key, now))
    shown = [data.decode() for name, data in files.items() if name.endswith(("index.html", "logs.txt"))]
    assert len(shown) == 4
    for text in shown:
        assert not any(word in text for word in (odoo.ANNA, odoo.AT.login, "ODOO_KEY", "ODOO_MASTER"))
    assert "create an account: Anna Müller at Odoo erp.mueller.example/production" in "".join(shown)


def test_removed_upgraded_and_marked_modules_are_told_apart(erp: Callable[..., Pack]) -> None:
    before = odoo.modules("base=1.3 mail=1.18 sms=3.0")
    after = odoo.modules("base=1.3 mail=1.19")
    after["modules"]["crm"] = ["to install", None]
    looks = ((odoo.BEFORE, before), (odoo.AFTER, after))
    kept = [dict(known) | {"erp-modules": value} for known, value in looks]
    entries = [
        line.model_copy(update={"record": odoo.record(before if line.round == 1 else after)})
        if isinstance(line, Looked) and line.step == "erp-modules"
        else line
        for line in odoo.whole()
    ]
    pack = erp(files=odoo.files(*kept), journals={"erp": odoo.stored(tuple(entries))})
    changes = story(pack).steps[1].changes
    assert changes is not None
    assert [(one.name, one.version, one.asked) for one in changes.added] == [("crm", "(to install)", True)]
    assert [one.name for one in changes.removed] == ["sms"]
    assert [(one.name, one.after) for one in changes.settings] == [("module mail", "installed 19.0.1.19")]
    assert changes.same == "1 module is"


def test_a_snapshot_covers_so_the_undo_class_is_that_of_the_place(erp: Callable[..., Pack]) -> None:
    covered = [row.undo for step in story(erp()).steps for row in step.operations]
    assert covered == ["reversible", "snapshot", "snapshot", "snapshot"]
    bare = odoo.MADE["erp-modules"][0].model_copy(update={"at": odoo.AT.model_copy(update={"snapshot": None})})
    run = (
        LegStarted(verb="execute"),
        Intent(step="erp-modules", key="a", operation=bare.to_json()),
        Result(step="erp-modules", key="a", ok=True, undo=odoo.inverse(bare).to_json()),
    )
    (row,) = story(erp(files={}, journals={"erp": odoo.stored(run)})).steps[1].operations
    assert row.undo == undo_class(OPERATION.validate_python(bare.to_json())) == "compensate"


def test_one_restored_copy_counts_as_taken_back_on_each_step_that_it_takes_back(
    erp: Callable[..., Pack],
) -> None:
    told = story(erp(journals={"erp": odoo.stored(odoo.whole(), odoo.restored())}))
    rows = [[(row.op, row.applied, row.undone) for row in step.operations] for step in told.steps]
    assert rows == [
        [("duplicate the database", 1, 1), ("change the company's settings", 1, 1)],
        [("install a module", 1, 1)],
        [("create an account", 1, 1)],
    ]
    assert (told.applied, told.undone) == (4, 4)
    changes = told.steps[1].changes
    assert changes is not None
    assert changes.notes == ("This was taken back afterwards.",)


def test_a_copy_that_a_step_before_had_made_is_not_counted_twice(erp: Callable[..., Pack]) -> None:
    copy = odoo.MADE["erp-company"][0].to_json()
    again = (
        LegStarted(verb="execute"),
        Intent(step="erp-modules", key="erp-modules/1/0", operation=copy),
        Result(step="erp-modules", key="erp-modules/1/0", ok=True),
    )
    told = story(erp(files={}, journals={"erp": odoo.stored(again)}))
    assert (told.steps[1].operations, told.applied) == ((), 0)


def test_a_step_that_failed_before_it_looked_again_claims_nothing_about_the_rest(
    erp: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    run = (LegStarted(verb="execute"), *odoo.done("erp-modules")[:2], odoo.whole()[-1])
    same = odoo.files(odoo.BEFORE, odoo.BEFORE)
    pack = erp(files={"erp-modules": same["erp-modules"]}, journals={"erp": odoo.stored(run)})
    text = text_of(seal(pack, key, now))
    assert "The step worked on after this look and did not look again: there may be more." in text
    assert "Nothing else" not in text


def test_a_second_attempt_shows_what_was_before_the_first(erp: Callable[..., Pack]) -> None:
    middle = odoo.modules(odoo.BASE, "mail=1.19")
    first = (LegStarted(verb="execute"), *odoo.done("erp-modules")[:2])
    second = (
        LegStarted(verb="execute", resumed=1),
        Looked(step="erp-modules", round=2, record=odoo.record(middle)),
        Looked(step="erp-modules", round=3, record=odoo.record(odoo.AFTER["erp-modules"])),
        StepFinished(step="erp-modules", status="completed", changed=1),
        odoo.whole()[-1],
    )
    files = {"erp-modules": odoo.files()["erp-modules"]}
    journals = {"erp": odoo.stored(first, second)}
    changes = story(erp(files=files, journals=journals)).steps[1].changes
    assert changes is not None
    assert (len(changes.added), changes.notes, changes.settled) == (30, (), True)
    files["erp-modules"]["before.json"] = canonical(middle)
    late = story(erp(files=files, journals=journals)).steps[1].changes
    assert late is not None
    assert len(late.added) == 29
    assert "not in this pack" in late.notes[0]


def test_what_only_the_preview_saw_is_called_so(erp: Callable[..., Pack]) -> None:
    run = (LegStarted(verb="preview"), odoo.done("erp-modules")[0], odoo.whole()[-1])
    same = odoo.files(odoo.BEFORE, odoo.BEFORE)
    pack = erp(files={"erp-modules": same["erp-modules"]}, journals={"erp": odoo.stored(run)})
    changes = story(pack).steps[1].changes
    assert changes is not None
    assert (changes.notes, changes.same) == (
        ("This is what the preview saw; it changes nothing.",),
        "14 modules are",
    )


def test_a_pack_without_an_odoo_says_nothing_of_one(sealed: bytes) -> None:
    page = re.sub(r"<style>.*?</style>", "", opened(sealed)["index.html"].decode(), flags=re.DOTALL)
    assert not any(word in page for word in ("Odoo", 'class="changes"', "What changed"))
