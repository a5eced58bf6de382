"""The briefing's content as plain data for templates: icons, initials, dates in words, pictures."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from executors.kinds.website.inputs import Website
from executors.protocol.content import About, Image, Member, Post, Service

Show = Callable[[Image | None], dict[str, Any] | None]

_MONTHS = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_TONES = "abcd"


def day(when: date, language: str) -> str:
    """Return the date in words, the same on every machine (no locale): `3. März 2026`, `3 March 2026`."""
    return f"{when.day}{'.' if language == 'de' else ''} {_MONTHS[language][when.month - 1]} {when.year}"


def initials(name: str) -> str:
    """Return one or two letters for a name: of its first and last word, legal forms left out."""
    forms = {"gmbh", "ag", "ug", "kg", "ohg", "gbr", "se", "ltd", "llc", "inc", "co", "&", "mbb", "e.k."}
    words = [word for word in name.split() if word.strip(".,()").lower() not in forms] or name.split()
    letters = [next((char for char in word if char.isalnum()), "") for word in words]
    letters = [letter for letter in letters if letter] or [name[0]]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters).upper()


def content(inputs: Website, show: Show, icons: Mapping[str, Any]) -> dict[str, Any]:
    """Return all slots of the content; lists may be empty, `about` may be None."""
    given = inputs.content
    return {
        "services": [_service(s, n, show, icons) for n, s in enumerate(given.services)],
        "process": [point.model_dump() for point in given.process],
        "facts": [fact.model_dump() for fact in given.facts],
        "team": [_member(member, n, show) for n, member in enumerate(given.team)],
        "about": given.about and _about(given.about, show),
        "faq": [entry.model_dump() for entry in given.faq],
        "testimonials": [said.model_dump() for said in given.testimonials],
        "posts": [_post(post, show, inputs.language) for post in _newest_first(given.blog)],
    }


def _newest_first(posts: list[Post]) -> list[Post]:
    """Posts by date, the newest first, then by slug, so that the order never depends on the briefing's."""
    return sorted(sorted(posts, key=lambda post: post.slug), key=lambda post: post.date, reverse=True)


def _service(service: Service, number: int, show: Show, icons: Mapping[str, Any]) -> dict[str, Any]:
    """A service with its icon's path and the anchor of its place on the services page."""
    icon = service.icon or icons["default"][number % len(icons["default"])]
    return {
        **service.model_dump(exclude={"image"}),
        "icon_path": icons["paths"][icon],
        "anchor": f"service-{number + 1}",
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


def _post(post: Post, show: Show, language: str) -> dict[str, Any]:
    """A post with its date as data and in words."""
    return {
        **post.model_dump(exclude={"image"}),
        "date": post.date.isoformat(),
        "day": day(post.date, language),
        "image": show(post.image),
    }
