"""Products and terms as plain data for templates, by category, with how to order; and as schema.org facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.letter import blanks, mailto
from executors.kinds.website.slots.show import Show, money
from executors.protocol.content.shop import Product

_TONES = "abcd"
_FEATURED = 8
_ROW = 4
_TILES = 12
_RELATED = 4
_STOCK = {
    "in_stock": "InStock",
    "limited": "LimitedAvailability",
    "preorder": "PreOrder",
    "made_to_order": "MadeToOrder",
    "sold_out": "SoldOut",
}
"""Availability as the members of https://schema.org/ItemAvailability."""
_ORDER = {"de": ("Bestellung", "ich möchte gern bestellen:"), "en": ("Order", "I would like to order:")}
_ASK = {"de": ("Anfrage", "ich interessiere mich für:"), "en": ("Enquiry", "I am interested in:")}
_HELLO = {"de": "Guten Tag,", "en": "Hello,"}
_BYE = {"de": "Mit freundlichen Grüßen", "en": "Kind regards"}
_SKU = {"de": "Artikelnummer", "en": "Item number"}
_PRICE = {"de": "Preis", "en": "Price"}
_BLANKS = {
    "de": ("Menge", "Name", "Lieferanschrift", "Telefon"),
    "en": ("Quantity", "Name", "Delivery address", "Phone"),
}


def slots(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `products` in the briefing's order, their `categories`, `featured` ones, `terms` (may be None)."""
    given = inputs.content
    every = [_product(product, number, inputs, show) for number, product in enumerate(given.products)]
    products = [{**product, "related": _related(product, every)} for product in every]
    categories = _categories(products)
    named = [category for category in categories if category["name"]][:_TILES]
    return {
        "products": products,
        "categories": categories,
        "category_links": named,
        "category_tiles": named if len(named) > 1 else [],
        "featured": _featured(products),
        "terms": given.terms and given.terms.model_dump(),
    }


def goods(inputs: Website, product: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return one of the slots' products as schema.org Product with its Offer (https://schema.org/Product).

    `address` is the whole address of its page.
    """
    home = f"https://{inputs.domain}"
    return {
        "@type": "Product",
        "name": product["name"],
        "description": product["summary"],
        "sku": product["sku"],
        "brand": product["brand"] and {"@type": "Brand", "name": product["brand"]},
        "category": product["category"],
        "image": [f"{home}/{image['src']}" for image in product["images"]],
        "offers": {
            "@type": "Offer",
            "price": product["price"],
            "priceCurrency": inputs.currency,
            "availability": f"https://schema.org/{_STOCK[product['availability']]}",
            "url": address,
            "seller": {"@id": f"{home}/#business"},
        },
    }


def listing(addresses: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the products' names and addresses as schema.org ItemList (https://schema.org/ItemList)."""
    return {
        "@type": "ItemList",
        "numberOfItems": len(addresses),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "url": address}
            for position, (name, address) in enumerate(addresses, start=1)
        ],
    }


def _featured(products: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the home page shows: the featured ones, and others where those would not fill a row."""
    chosen = [one for one in products if one["featured"]][:_FEATURED]
    others = [one for one in products if not one["featured"] and one["can_order"]]
    return [*chosen, *others[: max(0, _ROW - len(chosen))]] or list(products[:_ROW])


def _product(product: Product, number: int, inputs: Website, show: Show) -> dict[str, Any]:
    """A product with its price in words, its pictures and the way to order it.

    `title` and `image` are what every page's head asks its element for.
    """
    amount = money(product.price, inputs.currency, inputs.language, exact=_has_cents(inputs))
    images = [shown for image in product.images if (shown := show(image))]
    return {
        **product.model_dump(exclude={"images"}),
        "title": product.name,
        "amount": amount,
        "images": images,
        "image": images[0] if images else None,
        "more_images": images[1:],
        "initial": next((char for char in product.name if char.isalnum()), "·").upper(),
        "tone": _TONES[number % len(_TONES)],
        "can_order": product.availability != "sold_out",
        "letter": _letter(product, amount, inputs),
    }


def _has_cents(inputs: Website) -> bool:
    """Whether one price has cents; then all are written with them."""
    return any("." in product.price for product in inputs.content.products)


def _letter(product: Product, amount: str, inputs: Website) -> str:
    """The prepared e-mail that orders a product, or asks for one that is sold out."""
    language = inputs.language
    subject, wish = (_ASK if product.availability == "sold_out" else _ORDER)[language]
    lines = [_HELLO[language], "", wish, "", product.name]
    lines += [f"{_SKU[language]}: {product.sku}"] if product.sku else []
    lines += [f"{_PRICE[language]}: {amount}", "", *blanks(_BLANKS[language]), "", _BYE[language]]
    return mailto(inputs.contact.email, f"{subject}: {product.name}", lines)


def _categories(products: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The products by category in the order of their first one; those without any come last, under no name."""
    names = [name for name in dict.fromkeys(product["category"] for product in products) if name]
    found = [
        {
            "name": name,
            "anchor": f"category-{number}",
            "products": [product for product in products if product["category"] == name],
        }
        for number, name in enumerate([*names, None], start=1)
    ]
    return [{**one, "image": _picture(one["products"])} for one in found if one["products"]]


def _picture(products: Sequence[Mapping[str, Any]]) -> Any:
    """The first picture of a category's products; None without any."""
    return next((product["image"] for product in products if product["image"]), None)


def _related(product: Mapping[str, Any], products: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Up to four others: those of its category that follow it, then from the start, then what else can be had."""
    place = [one["slug"] for one in products].index(product["slug"])
    turned = [*products[place + 1 :], *products[:place]]
    alike = [one for one in turned if one["category"] == product["category"]]
    others = [one for one in turned if one["category"] != product["category"] and one["can_order"]]
    return [*alike, *others][:_RELATED]
