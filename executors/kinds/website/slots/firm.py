"""What a firm says of itself as plain data for templates: icons, initials, pictures."""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.show import Show
from executors.protocol.content import About, Member, Service

_TONES = "abcd"


def initials(name: str) -> str:
    """Return one or two letters for a name: of its first and last word, legal forms left out."""
    forms = {"gmbh", "ag", "ug", "kg", "ohg", "gbr", "se", "ltd", "llc", "inc", "co", "&", "mbb", "e.k."}
    words = [word for word in name.split() if word.strip(".,()").lower() not in forms] or name.split()
    letters = [next((char for char in word if char.isalnum()), "") for word in words]
    letters = [letter for letter in letters if letter] or [name[0]]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters).upper()


def slots(inputs: Website, show: Show, icons: Mapping[str, Any]) -> dict[str, Any]:
    """Return services, features, process, facts, team, about, faq, testimonials; lists may be empty."""
    given = inputs.content
    return {
        "services": [_service(s, n, show, icons) for n, s in enumerate(given.services)],
        "features": [_service(s, n, show, icons, "feature") for n, s in enumerate(given.features)],
        "process": [point.model_dump() for point in given.process],
        "facts": [fact.model_dump() for fact in given.facts],
        "team": [_member(member, n, show) for n, member in enumerate(given.team)],
        "about": given.about and _about(given.about, show),
        "faq": [entry.model_dump() for entry in given.faq],
        "testimonials": [said.model_dump() for said in given.testimonials],
        "hero_image": show(given.hero_image),
    }


def _service(
    service: Service, number: int, show: Show, icons: Mapping[str, Any], kind: str = "service"
) -> dict[str, Any]:
    """A service with its icon's path and the anchor of its place on the services page."""
    icon = service.icon or icons["default"][number % len(icons["default"])]
    return {
        **service.model_dump(exclude={"image"}),
        "icon_path": icons["paths"][icon],
        "anchor": f"{kind}-{number + 1}",
        "image": show(service.image),
    }


def _member(member: Member, number: int, show: Show) -> dict[str, Any]:
    """A person with initials and a tone, for want of a photo."""
    return {
        **member.model_dump(exclude={"photo"}),
        "photo": show(member.photo),
        "initials": initials(member.name),
        "tone": _TONES[number % len(_TONES)],
    }


def _about(about: About, show: Show) -> dict[str, Any]:
    """The about text, its first paragraph apart."""
    opening, _, rest = about.text.partition("\n\n")
    return {
        "opening": " ".join(opening.split()),
        "rest": rest.strip(),
        "values": [point.model_dump() for point in about.values],
        "image": show(about.image),
    }
