"""Odoo as a place, and the operations on it: one module, one setting, one account at a time.

A place names its credentials, it never holds them: `key` and `master` are names of secrets (T26). Where `snapshot`
is set, a duplicate of the database of that name is made before the first change, and taking back restores it;
where it is None, each operation's own inverse makes up for it and traces remain.

Sources: the external JSON-2 API (https://www.odoo.com/documentation/19.0/developer/reference/external_api.html)
and what a real Odoo 19 was seen to do.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from executors.protocol.wire import Text, Wire

DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
XmlId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}\.[a-zA-Z][a-zA-Z0-9_.]{0,99}$")]
SecretName = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]{0,99}$")]
MonthEnd = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]

COPY_OF = "-before-"
"""Stands in a copy's name after the name of its database, which may be cut, and before whose copy it is."""


class OdooDatabase(Wire):
    """One database of one Odoo server, and the names of the secrets that open it."""

    kind: Literal["odoo"] = "odoo"
    url: Annotated[str, Field(max_length=300, pattern=r"^https?://[a-z0-9.\[\]:-]+$", description="no path")]
    database: DatabaseName
    login: Annotated[str, Field(min_length=1, max_length=200, description="whose key it is; JSON-RPC wants it")]
    key: SecretName
    master: Annotated[SecretName | None, Field(description="the database manager's password")] = None
    snapshot: Annotated[DatabaseName | None, Field(description="the duplicate to be made before a change")] = None

    @property
    def target(self) -> str:
        """One word for plans and envelopes."""
        return f"odoo:{self.url.split('//', 1)[1]}/{self.database}"


class _OnOdoo(Wire):
    """What all of them have: where."""

    at: OdooDatabase


class CopyDatabase(_OnOdoo):
    """Duplicate the database under the place's `snapshot` name, and make sure that the copy can be opened."""

    op: Literal["copy_database"] = "copy_database"


class DropCopy(_OnOdoo):
    """Drop the duplicate that was made."""

    op: Literal["drop_copy"] = "drop_copy"


class RestoreCopy(_OnOdoo):
    """Put the duplicate in the database's place; refused where others have worked in it since the copy."""

    op: Literal["restore_copy"] = "restore_copy"


class Company(Wire):
    """Settings of a company; None leaves a setting as it is (a country is `""` where there is none)."""

    country: Annotated[str | None, Field(pattern=r"^([A-Z]{2})?$")] = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    fiscal_year_end: Annotated[MonthEnd | None, Field(description="month and day: 12-31")] = None


class SetCompany(_OnOdoo):
    """Give the company (an id) these settings; `before` are the ones it had when this was proposed."""

    op: Literal["set_company"] = "set_company"
    company: Annotated[int, Field(ge=1)]
    settings: Company
    before: Company
    deactivate: Annotated[tuple[str, ...], Field(description="currencies to put to sleep again, afterwards")] = ()


class InstallModule(_OnOdoo):
    """Install one module; `brings` is what comes with it, itself included, `before` what was installed then."""

    op: Literal["install_module"] = "install_module"
    module: ModuleName
    brings: tuple[ModuleName, ...]
    before: tuple[ModuleName, ...]

    @property
    def target(self) -> str:
        """The module in its database."""
        return f"{self.at.target}#{self.module}"


class UninstallModules(_OnOdoo):
    """Uninstall exactly these modules; refused where that would take others along, or posted entries."""

    op: Literal["uninstall_modules"] = "uninstall_modules"
    modules: tuple[ModuleName, ...]


class ResetModules(_OnOdoo):
    """Clear the marks (`to install` …) that an interrupted operation left on these modules."""

    op: Literal["reset_modules"] = "reset_modules"
    modules: tuple[ModuleName, ...]


class CreateUser(_OnOdoo):
    """Create an account with these groups; no mail is sent and no password is set."""

    op: Literal["create_user"] = "create_user"
    login: Annotated[str, Field(min_length=3, max_length=254)]
    name: Text
    groups: tuple[XmlId, ...]

    @property
    def target(self) -> str:
        """The person in their database; by name, for plans are read by others (T52)."""
        return f"{self.at.target}#{self.name}"


class RemoveUser(_OnOdoo):
    """Remove an account that we made, with its contact; archive it where it is referred to."""

    op: Literal["remove_user"] = "remove_user"
    login: Annotated[str, Field(min_length=3, max_length=254)]
    user: Annotated[int, Field(ge=1)]
    partner: Annotated[int, Field(ge=1)]


class ChangeGroups(_OnOdoo):
    """Add an existing account to groups and take it out of others."""

    op: Literal["change_groups"] = "change_groups"
    login: Annotated[str, Field(min_length=3, max_length=254)]
    name: Text
    user: Annotated[int, Field(ge=1)]
    add: tuple[XmlId, ...] = ()
    remove: tuple[XmlId, ...] = ()

    @property
    def target(self) -> str:
        """The person in their database; by name, for plans are read by others (T52)."""
        return f"{self.at.target}#{self.name}"


OdooOperation = (
    CopyDatabase
    | DropCopy
    | RestoreCopy
    | SetCompany
    | InstallModule
    | UninstallModules
    | ResetModules
    | CreateUser
    | RemoveUser
    | ChangeGroups
)
"""Everything that can be done to an Odoo."""

COVERED = frozenset({"set_company", "install_module", "reset_modules", "create_user", "change_groups"})
"""What a restored snapshot takes back, whatever its own inverse is worth."""
