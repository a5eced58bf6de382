"""How a firm is reached, and what the law wants to be said about it."""

from typing import Annotated

from pydantic import StringConstraints

from executors.protocol.content.part import Part
from executors.protocol.text import Country, Email, Line, Name, Phone, VatId


class Contact(Part):
    """How customers reach the firm; the phone in international form, spaces allowed (`+49 30 1234567`)."""

    email: Email
    phone: Phone | None = None


class Address(Part):
    """A postal address; without `country` it lies in the country of the briefing."""

    street: Name
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9 -]{1,10}$")]
    city: Name
    country: Country | None = None


class Profession(Part):
    """What members of a regulated profession say beside their names (§ 5 (1) no. 5 DDG)."""

    title: Name
    """the legal title: `Steuerberaterin`"""
    awarded_in: Name
    """the state that awarded it, in words"""
    chamber: Line
    rules: Line
    """the rules of the profession, and where they can be read"""


class Legal(Part):
    """What an imprint (§ 5 DDG) and a privacy notice (Art. 13 GDPR) must name."""

    address: Address
    represented_by: Line
    company: Name | None = None
    register_court: Name | None = None
    register_number: Name | None = None
    vat_id: VatId | None = None
    privacy_contact: Email | None = None
    data_protection_officer: Line | None = None
    privacy_authority: Line | None = None
    """the authority for data protection; of the trade it is `supervisory_authority`"""
    supervisory_authority: Line | None = None
    """what licenses or watches over the trade (§ 5 (1) no. 3 DDG); most firms have none"""
    profession: Profession | None = None
    responsible_for_content: Line | None = None
    hosting_provider: Line | None = None
