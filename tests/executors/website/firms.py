"""Invented firms with everything a place and a shop may say: a salon and a coffee roastery."""

import copy
import hashlib
from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from tests.executors.website.folder import png

_ADDRESS = {"street": "Lindenallee 7", "postal_code": "50667", "city": "Köln"}

SALON: dict[str, Any] = {
    "domain": "bella-vista.example",
    "template": "local_business_v1",
    "business_name": "Bella Vista Salon",
    "tagline": "Haare, die zu Ihrem Leben passen.",
    "description": (
        "Schnitt, Farbe und Pflege in der Kölner Altstadt. Wir nehmen uns Zeit, hören zu und schneiden so, "
        "dass es auch zu Hause sitzt."
    ),
    "language": "de",
    "country": "DE",
    "date": "2026-11-20",
    "pages": [
        "home", "services", "about", "contact", "location", "gallery", "testimonials", "booking", "menu", "team",
    ],
    "features": ["hours_of_operation", "location_map", "booking_system", "gallery"],
    "primary_color": "#9d2f55",
    "secondary_color": "#d9a05b",
    "trade": "salon",
    "contact": {"email": "hallo@bella-vista.example", "phone": "+49 221 5550 142"},
    "legal": {"address": _ADDRESS, "represented_by": "Inhaberin Chiara Rossi", "vat_id": "DE000000000"},
    "content": {
        "services": [
            {
                "name": "Schnitt und Styling",
                "summary": "Beratung, Wäsche, Schnitt und Föhnen. Ohne Hetze und ohne Überraschung an der Kasse.",
                "points": ["Beratung vor jedem Schnitt", "Waschen und Kopfmassage", "Pflegetipps für zu Hause"],
                "icon": "design",
            },
            {
                "name": "Farbe und Balayage",
                "summary": "Natürliche Verläufe, Ansatzfarbe und Glanztönungen, schonend und ammoniakfrei.",
                "details": "Vor der ersten Farbe machen wir eine Probe auf der Haut, zwei Tage vorher.",
                "icon": "leaf",
            },
            {
                "name": "Brautfrisuren",
                "summary": "Probetermin, Hochzeitsmorgen, ruhige Hände. Auf Wunsch kommen wir zu Ihnen.",
                "icon": "heart",
            },
            {
                "name": "Bart und Herrenschnitt",
                "summary": "Konturen, Rasur und heiße Tücher, auch in der Mittagspause.",
                "icon": "tools",
            },
        ],
        "about": {
            "text": (
                "Chiara Rossi hat Bella Vista 2009 eröffnet, mit zwei Stühlen und einer Espressomaschine. Heute "
                "sind es sechs Stühle; die Maschine ist dieselbe.\n\n"
                "Wir arbeiten mit Terminen, damit niemand wartet, und halten zwischen zwei Terminen eine "
                "Viertelstunde frei, damit niemand eilt."
            ),
            "values": [
                {"title": "Zeit", "text": "Ein Termin gehört einem Menschen."},
                {"title": "Ehrlich", "text": "Wir sagen auch, wenn ein Schnitt nicht zu Ihrem Haar passt."},
            ],
        },
        "facts": [
            {"value": "2009", "label": "in Köln eröffnet"},
            {"value": "6", "label": "Plätze, nie überbucht"},
            {"value": "15 min", "label": "Luft zwischen zwei Terminen"},
        ],
        "team": [
            {"name": "Chiara Rossi", "role": "Inhaberin, Friseurmeisterin", "bio": "Schneidet seit 1998."},
            {"name": "Deniz Aydın", "role": "Colorist", "bio": "Mischt jede Farbe von Hand."},
            {"name": "Lena Hoffmann", "role": "Brautfrisuren", "bio": "Frühaufsteherin aus Überzeugung."},
        ],
        "testimonials": [
            {"quote": "Zum ersten Mal sitzt es auch am dritten Tag noch.", "author": "Maren K."},
            {"quote": "Ehrliche Beratung. Mir wurde abgeraten, und sie hatten recht.", "author": "Thomas W."},
        ],
        "faq": [
            {
                "question": "Muss ich einen Termin haben?",
                "answer": "Am besten ja. Dienstags geht es oft auch so.",
            },
            {"question": "Kann ich mit Karte zahlen?", "answer": "Ja, mit jeder gängigen Karte und dem Telefon."},
        ],
        "hours": {
            "mon": [],
            "tue": ["09:00-18:00"],
            "wed": ["09:00-18:00"],
            "thu": ["09:00-13:00", "14:00-20:00"],
            "fri": ["09:00-18:00"],
            "sat": ["09:00-14:00"],
            "sun": [],
            "other": [
                {"date": "2026-12-24", "label": "Heiligabend", "spans": ["09:00-12:00"]},
                {"date": "2026-12-25", "until": "2027-01-04", "label": "Betriebsferien", "spans": []},
                {"date": "2026-05-01", "label": "Tag der Arbeit", "spans": []},
            ],
            "note": "Brauttermine auch außerhalb der Zeiten, nach Absprache.",
        },
        "location": {
            "latitude": "50.9385",
            "longitude": "6.9590",
            "directions": "Vom Dom sind es sechs Minuten zu Fuß. Linie 5 hält am Rathaus.",
            "parking": "Parkhaus Groß St. Martin, die erste Stunde erstatten wir.",
            "access": "Ebenerdig, die Tür ist 95 cm breit, das WC ist barrierefrei.",
            "region": "Nordrhein-Westfalen",
            "service_area": ["Köln", "Hürth", "Bergisch Gladbach", "Leverkusen"],
            "service_area_radius_km": 25,
        },
        "booking": {
            "text": "Sagen Sie uns kurz, was Sie vorhaben. Wir antworten am selben Werktag.",
            "ask_for": ["Behandlung", "Wunschtag & Uhrzeit", "Haarlänge"],
        },
        "menu": [
            {
                "name": "Damen",
                "note": "Alle Preise inkl. Wäsche und Pflege.",
                "items": [
                    {"name": "Schnitt und Föhnen, kurzes Haar", "price": "48"},
                    {"name": "Schnitt und Föhnen, langes Haar", "price": "62", "upwards": True},
                    {"name": "Nur schneiden", "price": "34.50"},
                    {"name": "Glanztönung", "text": "Hält etwa sechs Wäschen.", "price": "29"},
                ],
            },
            {
                "name": "Farbe",
                "items": [
                    {
                        "name": "Balayage", "text": "Mit Schnitt, je nach Länge drei bis vier Stunden.",
                        "price": "165", "upwards": True, "labels": ["ammoniakfrei", "vegan"],
                    },
                    {"name": "Ansatzfarbe", "price": "58"},
                    {"name": "Farbkorrektur"},
                ],
            },
            {
                "name": "Herren und Kinder",
                "items": [
                    {"name": "Herrenschnitt", "price": "32"},
                    {"name": "Bart und heißes Tuch", "price": "19"},
                    {"name": "Kinder bis zwölf", "price": "18"},
                ],
            },
        ],
    },
}  # fmt: skip


def _coffee(slug: str, name: str, price: str, category: str | None, **more: Any) -> dict[str, Any]:
    return {
        "slug": slug, "name": name, "price": price, "category": category,
        "summary": "Klar und süß, mit Noten von Kakao und Pflaume.", **more,
    }  # fmt: skip


ROASTERY: dict[str, Any] = {
    "domain": "nordlicht-kaffee.example",
    "template": "ecommerce_store_v1",
    "business_name": "Rösterei Nordlicht",
    "tagline": "Kaffee, von Hand geröstet.",
    "description": "Kleine Mengen, helle Röstungen, jeden Dienstag frisch. Verschickt am selben Tag.",
    "language": "de",
    "country": "DE",
    "date": "2026-11-20",
    "pages": ["home", "products", "about", "contact", "shipping", "withdrawal", "conditions", "faq"],
    "features": ["product_catalog", "product_pages", "contact_form"],
    "primary_color": "#9a3412",
    "secondary_color": "#57534e",
    "contact": {"email": "moin@nordlicht-kaffee.example", "phone": "+49 431 5550 180"},
    "legal": {"address": _ADDRESS, "represented_by": "Inhaber Ole Petersen", "vat_id": "DE000000000"},
    "content": {
        "products": [
            _coffee(
                "yirgacheffe", "Äthiopien Yirgacheffe", "14.90", "Filterkaffee",
                unit="250 g, 59,60 € je kg", sku="NL-101", brand="Nordlicht", featured=True,
                description="Gewaschen, auf 1.950 Metern gewachsen.\n\nWir rösten hell, damit die Blüte bleibt.",
                points=["Noten von Jasmin und Bergamotte", "Für Filter und French Press", "Geröstet am Dienstag"],
            ),
            _coffee("huila", "Kolumbien Huila", "13.50", "Filterkaffee", unit="250 g, 54 € je kg"),
            _coffee("nachtwache", "Espresso Nachtwache", "29", "Espresso", unit="1 kg", featured=True),
            _coffee("kutter", "Espresso Kutter", "15", "Espresso", unit="500 g", availability="limited"),
            _coffee(
                "handkaffeemuehle", "Handkaffeemühle Schiffsglocke", "1249", "Zubehör",
                availability="made_to_order", order={"url": "https://shop.nordlicht-kaffee.example/muehle?id=1"},
            ),
            _coffee("becher", "Steingutbecher", "18", "Zubehör", availability="sold_out"),
            _coffee("gutschein", "Gutschein", "50", None, availability="preorder"),
        ],
        "terms": {
            "shipping": "## Lieferung\n\nInnerhalb Deutschlands 4,90 €, ab 40 € frei.\n\n- ein bis drei Werktage",
            "withdrawal": "Sie können binnen vierzehn Tagen ohne Angabe von Gründen widerrufen.",
            "conditions": "## Geltung\n\nDiese Bedingungen gelten für alle Bestellungen.",
            "payment": ["Rechnung", "Überweisung", "Lastschrift"],
            "price_note": "inkl. MwSt., zzgl. Versand",
        },
        "facts": [
            {"value": "Dienstag", "label": "ist Rösttag"},
            {"value": "40 €", "label": "ab da versenden wir frei"},
            {"value": "8 kg", "label": "fasst unsere Trommel"},
        ],
        "about": {
            "text": (
                "Ole Petersen röstet seit 2014 in einer alten Netzhalle am Hafen.\n\n"
                "Mehr als acht Kilo passen nicht in die Trommel, und das soll so bleiben."
            ),
            "values": [{"title": "Frisch", "text": "Was Dienstag geröstet wird, geht Dienstag auf die Reise."}],
        },
        "testimonials": [{"quote": "Der erste Filterkaffee, den alle loben.", "author": "Jule B."}],
        "faq": [{"question": "Mahlen Sie auch?", "answer": "Ja, schreiben Sie uns, wofür."}],
    },
}  # fmt: skip


def firm(which: dict[str, Any], **changes: Any) -> Website:
    """The firm with some inputs replaced; `content={...}` replaces single slots."""
    raw = copy.deepcopy(which)
    raw["content"] |= changes.pop("content", {})
    return Website.model_validate(raw | changes)


def photographed(which: dict[str, Any], many: Mapping[str, int]) -> tuple[Website, dict[str, bytes]]:
    """The firm with pictures in its gallery or of its products, and their bytes by path."""
    pictures = {f"{slot}/{n}.png": png(1700 + n, 900) for slot, number in many.items() for n in range(number)}
    shown = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "alt": f"Zu sehen ist {path}"}
        for path, data in pictures.items()
    ]
    content: dict[str, Any] = {}
    if "gallery" in many:
        content["gallery"] = [{"image": one, "caption": f"Bild {n} von hier"} for n, one in enumerate(shown)]
    if "products" in many:
        products = copy.deepcopy(which["content"]["products"])
        products[0]["images"] = shown
        content["products"] = products
    return firm(which, content=content), pictures
