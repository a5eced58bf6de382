"""What search engines are told of a page as schema.org data: the firm, the page's own thing, the way to it.

Nothing is claimed that the briefing does not say: a position without its day of publication is no JobPosting.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from executors.kinds.website.identity import origin
from executors.kinds.website.inputs import Website
from executors.kinds.website.pages import Sheet
from executors.kinds.website.slots import offers, place, shop
from executors.protocol.content import Service

_TYPES = {
    "accounting": "AccountingService",
    "ecommerce": "OnlineStore",
    "healthcare": "MedicalBusiness",
    "legal": "LegalService",
    "local_services": "LocalBusiness",
    "restaurant": "Restaurant",
    "retail": "Store",
    "salon": "BeautySalon",
    "trades": "HomeAndConstructionBusiness",
    **dict.fromkeys(("saas", "subscription", "membership", "digital_products", "manufacturing"), "Organization"),
}
_NO_PLACES = {"Organization", "OnlineStore"}
"""Types that have no opening hours and no point on a map."""

Node = dict[str, Any]


def structured(inputs: Website, sheet: Sheet, found: Sequence[Sheet], data: Mapping[str, Any]) -> Node | None:
    """Return the schema.org data of one page, None where there is nothing to say beyond its words."""
    nodes = [
        *_own(inputs, sheet, found, data),
        *([_questions(data["faq"])] if _shows_questions(sheet, data) else []),
        *([_way(inputs, sheet, found, data["w"])] if sheet.key != "home" and sheet.page.listed else []),
    ]
    if not nodes:
        return None
    return {"@context": "https://schema.org", **(nodes[0] if len(nodes) == 1 else {"@graph": nodes})}


def business(inputs: Website, data: Mapping[str, Any]) -> Node:
    """Return the firm by its trade (https://schema.org/LocalBusiness, https://schema.org/Organization)."""
    kind = _TYPES.get(inputs.trade or "", "ProfessionalService")
    image, logo = data["hero_image"], data["site"]["logo"]
    known = {} if kind in _NO_PLACES else place.facts(inputs)
    return {
        "@type": kind,
        "@id": f"{origin(inputs)}/#business",
        "name": inputs.business_name,
        "legalName": data["site"]["company"],
        "url": f"{origin(inputs)}/",
        "slogan": inputs.tagline,
        "description": inputs.description,
        "email": inputs.contact.email,
        "telephone": data["contact"]["tel"],
        "vatID": inputs.legal and inputs.legal.vat_id,
        "logo": logo and f"{origin(inputs)}/{logo['src']}",
        "image": image and f"{origin(inputs)}/{image['src']}",
        "address": _address(inputs),
        "numberOfEmployees": inputs.employees and {"@type": "QuantitativeValue", "value": inputs.employees},
        "makesOffer": [
            {"@type": "Offer", "itemOffered": _service(inputs, service)} for service in inputs.content.services
        ],
        **known,
    }


def _service(inputs: Website, service: Service) -> Node:
    """One thing the firm offers, and for whom (https://schema.org/Service)."""
    audience = inputs.audience and {"@type": "Audience", "audienceType": inputs.audience}
    return {"@type": "Service", "name": service.name, "description": service.summary, "audience": audience}


def _own(inputs: Website, sheet: Sheet, found: Sequence[Sheet], data: Mapping[str, Any]) -> list[Node]:
    """What the page itself is about."""
    element, address = sheet.element, f"{origin(inputs)}/{sheet.address}"
    match sheet.key:
        case "home":
            return [business(inputs, data), *([product] if (product := offers.software(inputs)) else [])]
        case "post" | "case_study" if element is not None:
            return [_article(inputs, element, address, "BlogPosting" if sheet.key == "post" else "Article")]
        case "job" if element is not None:
            return _position(inputs, element, address)
        case "product" if element is not None:
            return [shop.goods(inputs, element, address)]
        case "products":
            pages = [
                (s.element["title"], f"{origin(inputs)}/{s.address}")
                for s in found
                if s.key == "product" and s.element
            ]
            return [shop.listing(pages)] if pages else []
    return []


def _article(inputs: Website, told: Mapping[str, Any], address: str, kind: str) -> Node:
    """An article (https://schema.org/Article)."""
    author, image = told.get("author"), told["image"]
    return {
        "@type": kind,
        "headline": told["title"],
        "description": told["summary"],
        "datePublished": told.get("date"),
        "inLanguage": inputs.language,
        "image": image and f"{origin(inputs)}/{image['src']}",
        "author": {"@type": "Person", "name": author} if author else {"@id": f"{origin(inputs)}/#business"},
        "publisher": {"@type": "Organization", "@id": f"{origin(inputs)}/#business", "name": inputs.business_name},
        "mainEntityOfPage": address,
    }


def _position(inputs: Website, job: Mapping[str, Any], address: str) -> list[Node]:
    """An open position where day and place make a valid one: https://schema.org/JobPosting."""
    at = inputs.legal.address if inputs.legal else None
    if not job["posted"] or at is None or at.city not in job["place"]:
        return []
    firm = {"@type": "Organization", "@id": f"{origin(inputs)}/#business", "name": inputs.business_name}
    return [
        {
            "@type": "JobPosting",
            "title": job["title"],
            "description": f"{job['summary']}\n\n{job['body']}",
            "datePosted": job["posted"],
            "url": address,
            "hiringOrganization": {**firm, "sameAs": f"{origin(inputs)}/"},
            "jobLocation": {"@type": "Place", "address": _address(inputs)},
        }
    ]


def _shows_questions(sheet: Sheet, data: Mapping[str, Any]) -> bool:
    """Whether the questions stand on this page."""
    shown = set(sheet.page.sections)
    return bool(data["faq"]) and (
        bool({"faq", "questions"} & shown) or ("faq_home" in shown and data["faq_on_home"])
    )


def _questions(faq: Sequence[Mapping[str, Any]]) -> Node:
    """Questions with their answers (https://schema.org/FAQPage)."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": entry["question"],
                "acceptedAnswer": {"@type": "Answer", "text": entry["answer"]},
            }
            for entry in faq
        ],
    }


def _way(inputs: Website, sheet: Sheet, found: Sequence[Sheet], words: Mapping[str, str]) -> Node:
    """The pages that lead to this one (https://schema.org/BreadcrumbList)."""
    index = [other for other in found if other.key == sheet.page.index]
    names = [(words["home"], ""), *((words[one.page.title], one.address) for one in index)]
    own = (sheet.element["title"] if sheet.element else words[sheet.page.title], sheet.address)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": f"{origin(inputs)}/{path}"}
            for position, (name, path) in enumerate([*names, own], start=1)
        ],
    }


def _address(inputs: Website) -> Node | None:
    """The firm's address (https://schema.org/PostalAddress)."""
    if inputs.legal is None:
        return None
    address = inputs.legal.address
    return {
        "@type": "PostalAddress",
        "streetAddress": address.street,
        "postalCode": address.postal_code,
        "addressLocality": address.city,
        "addressCountry": address.country or inputs.country,
    }
