"""What a site asks its readers to do: the one button of every head, the second beside it at home, the form."""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from executors.parts.address import origin_of

_SECOND = (
    ("demo", "second_demo"),
    ("products", "all_products"),
    ("menu", "see_menu"),
    ("services", "all_services"),
    ("features", "all_features"),
    ("about", "more_about"),
)
Links = Mapping[str, str | None]


def action(inputs: Website, links: Links, words: Mapping[str, str]) -> dict[str, str]:
    """Return `href`, `label` and `kind` of the first button: sign up, else book, else write.

    Links lead to this site's own page where it has one.
    """
    signup, booking = inputs.content.signup, inputs.content.booking
    if signup is not None:
        return {"kind": "signup", "href": signup.url, "label": signup.label or words["action_signup"]}
    if booking is not None and (href := links["booking"] or (booking.link and booking.link.url)):
        return {"kind": "booking", "href": href, "label": words["action_booking"]}
    return {"kind": "contact", "href": str(links["write"]), "label": words["contact_button"]}


def second(inputs: Website, links: Links, words: Mapping[str, str]) -> dict[str, str] | None:
    """Return `href` and `label` of the second button at home: what there is to see, None for nothing."""
    if (demo := inputs.content.demo) is not None and not links["demo"]:
        return {"href": demo.url, "label": demo.label or words["second_demo"]}
    return next(
        ({"href": href, "label": words[word]} for name, word in _SECOND if (href := links[name])),
        None,
    )


def form(inputs: Website) -> dict[str, Any] | None:
    """Return where the contact form's data go, None where nothing takes them.

    `url` is the endpoint, `origin` what a content security policy allows for it, `host` and `port` its parts.
    """
    place = inputs.form and origin_of(inputs.form)
    if not place:
        return None
    return {"url": inputs.form, "origin": str(place), "host": place.host, "port": place.port}
