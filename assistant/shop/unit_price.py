"""The price of one kilogram or litre of what is sold by its content, beside the price of the pack.

Rule: Directive 98/6/EC, articles 2 (b) and 3: the selling price and the unit price of what is sold by weight or volume.
"""

from assistant.fx import half_up
from assistant.money import Money
from assistant.shop.catalogue import Product
from assistant.shop.glossary import glossary

PER = {"g": "per_kg", "ml": "per_l"}  # unit of the content -> the fact's name: for a thousand of them
FINE = 1000  # parts of a gram or millilitre that are told apart


def unit_price(product: Product, currency: str) -> tuple[str, Money] | None:
    """("per_kg" or "per_l", price), half up to the minor unit; None for what is not sold so or states no content."""
    fact = product.attributes.get(glossary().content.get(product.category, ""))
    held = round(fact.value * FINE) if fact and not isinstance(fact.value, str) and fact.unit in PER else 0
    if not fact or held <= 0:
        return None
    price = product.offer.price(currency)
    return PER[fact.unit], Money(half_up(price.minor * 1000 * FINE, held), price.currency)
