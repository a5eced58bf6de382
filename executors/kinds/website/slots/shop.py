"""Products and terms as plain data for templates: prices as the language writes them, by category."""

from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.show import Show, money
from executors.protocol.content.shop import Product


def slots(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `products` in the briefing's order and `terms` (None where there are none)."""
    given = inputs.content
    return {
        "products": [_product(product, inputs, show) for product in given.products],
        "terms": given.terms and given.terms.model_dump(),
    }


def _product(product: Product, inputs: Website, show: Show) -> dict[str, Any]:
    """A product with its price in words and its pictures."""
    return {
        **product.model_dump(exclude={"images"}),
        "amount": money(product.price, inputs.currency, inputs.language),
        "images": [show(image) for image in product.images],
    }
