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
    supervisory_authority: Line | None = None
    responsible_for_content: Line | None = None
    hosting_provider: Line | None = None
