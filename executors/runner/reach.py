"""What a journal may have a job do: it is what an earlier job told, so it reaches nothing that was not approved.

A place is more than its name: it says which secret is sent to whom, and which copy is put in whose place. So an
operation on an Odoo or on a zone is of the very place that a step of the plan names, and an undo is of the kind
and of the subject that takes its operation back (T50). Of records it gives back those from before, and no others;
of a site it touches the one release, or puts the branch back to the one commit, that the operation names.
"""

from __future__ import annotations

from pydantic import ValidationError

from executors.errors import WorldError
from executors.protocol.dns import DnsZone, SetRecords
from executors.protocol.odoo import (
    ChangeGroups,
    CreateUser,
    InstallModule,
    OdooDatabase,
    RemoveUser,
    SetCompany,
    UninstallModules,
)
from executors.protocol.operation import INVERSES, OPERATION, Operation
from executors.protocol.site import (
    PagesBranch,
    PushPages,
    RemoveRelease,
    ResetPages,
    RetireRelease,
    ReturnRelease,
    SshRoot,
    StoreRelease,
    SwitchRelease,
)
from executors.protocol.spec import JobSpec
from executors.protocol.wire import Json


def known(spec: JobSpec, operation: Json) -> Operation:
    """Return an operation of the journal, to be looked for; WorldError where it is none of ours or strays."""
    try:
        found = OPERATION.validate_python(operation)
    except ValidationError:
        raise WorldError("the journal names an operation that is none of ours; nothing was looked at") from None
    if why := _elsewhere(spec, found):
        raise WorldError(f"the journal names {found.op}, but {why}; nothing was looked at")
    return found


def strays(spec: JobSpec, undo: Operation, undone: Operation) -> str | None:
    """Return why an undo is not one that was approved, None where it is.

    What the journal calls an undo may reach no other place than the operation that it takes back, no place on
    which nothing was approved, and nothing there but what that operation made.
    """
    if undo.at != undone.at:
        return f"what the journal calls its undo reaches {undo.at.target}, another place"
    if undo.op not in INVERSES[undone.op] or not _of_the_same(undo, undone):
        return f"what the journal calls its undo, {undo.op}, does not take it back"
    return _elsewhere(spec, undo)


def _elsewhere(spec: JobSpec, operation: Operation) -> str | None:
    """Return why the place is not one that was approved."""
    at = operation.at
    if isinstance(at, OdooDatabase) and at not in _databases(spec):
        return f"no step of the plan names {at.target} with this login, these secrets and this copy"
    if isinstance(at, SshRoot | PagesBranch) and at not in _targets(spec):
        return f"no step of the plan names {at.target} with this key and these host keys"
    if isinstance(at, DnsZone) and at not in _zones(spec):
        return f"no step of the plan names {at.target} with this key and this secret"
    envelope = spec.plan.envelope(spec.leg)
    if envelope is None:
        return None
    approved = {item.place for item in envelope.planned}
    return None if at.target in approved else f"nothing was approved on {at.target}"


def _targets(spec: JobSpec) -> list[SshRoot | PagesBranch]:
    """Return the places of websites, but those on this machine, that the leg's steps name."""
    kinds: dict[object, type[SshRoot | PagesBranch]] = {"ssh_root": SshRoot, "pages": PagesBranch}
    named = [step.inputs.get("target") for step in spec.plan.steps if step.id in spec.steps]
    return [kinds[one["kind"]].model_validate(one) for one in named if isinstance(one, dict) and "kind" in one]


def _databases(spec: JobSpec) -> list[OdooDatabase]:
    """Return the databases that the leg's steps name."""
    found = []
    for step in spec.plan.steps:
        at = step.inputs.get("at")
        if step.id not in spec.steps or step.executor == "dns" or not isinstance(at, dict):
            continue
        if at.get("kind", "odoo") == "odoo":
            found.append(OdooDatabase.model_validate(at))
    return found


def _zones(spec: JobSpec) -> list[DnsZone]:
    """Return the zones that the leg's steps name."""
    steps = [step for step in spec.plan.steps if step.id in spec.steps and step.executor == "dns"]
    return [DnsZone.model_validate(step.inputs["at"]) for step in steps]


def _of_the_same(undo: Operation, undone: Operation) -> bool:
    """Whether the undo is about what the operation was about."""
    match undone, undo:
        case InstallModule(before=before), UninstallModules(modules=modules):
            return not set(before) & set(modules)
        case SetRecords(), SetRecords():
            return undo == undone.inverse
        case _ if undone.op in _OF_SITES:
            return _takes_site_back(undo, undone)
        case SetCompany(company=company), SetCompany(company=other):
            return company == other
        case CreateUser(login=login), RemoveUser(login=other):
            return login.casefold() == other.casefold()
        case ChangeGroups(user=user), ChangeGroups(user=other):
            return user == other
        case _:
            return True


_OF_SITES = frozenset(
    {"store_release", "switch_release", "retire_release", "return_release", "push_pages", "reset_pages"}
)


def _takes_site_back(undo: Operation, undone: Operation) -> bool:
    """Whether the undo is about the very release or commit: no other one is removed, served or brought back."""
    match undone, undo:
        case StoreRelease(release=release), RemoveRelease(release=other):
            return release == other
        case SwitchRelease(release=release, expected=before), SwitchRelease(release=back, expected=expected):
            return (back, expected) == (before, release)
        case RetireRelease(release=release, newer=newer), ReturnRelease(release=other, newer=because):
            return (other, because) == (release, newer)
        case ReturnRelease(release=release, newer=newer), RetireRelease(release=other, newer=because, drops=drops):
            return (other, because, drops) == (release, newer, ())
        case PushPages(expected=before), ResetPages(commit=back):
            return back == before
        case ResetPages(commit=commit, expected=before), ResetPages(commit=back, expected=expected):
            return (back, expected) == (before, commit)
        case _:
            return False
