"""What one search answers: products with their reasons, or what stands in the way."""

from dataclasses import dataclass

from assistant.money import Money
from assistant.request import Constraint
from assistant.shop import guide
from assistant.shop.catalogue import Product
from assistant.shop.constraints import Conversion
from assistant.shop.spelling import Pairs


@dataclass(frozen=True, slots=True)
class Hit:
    """A product on the shelf at the price shown for it, and the computed reasons why it is there."""

    product: Product
    price: Money
    why: tuple[guide.Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """Nothing fits: the conditions in the way, and the offer that is nearest without them."""

    dropped: tuple[Constraint, ...]
    hit: Hit


@dataclass(frozen=True, slots=True)
class Shelf:
    """One search. `constraints` stand in the order asked, canonical; `total` fit, `hits` are the first of them."""

    hits: tuple[Hit, ...]
    total: int
    left_out: int  # match the words but do not state a constrained fact
    constraints: tuple[Constraint, ...]
    conversions: tuple[Conversion, ...]
    currency: str
    nearest: Nearest | None
    semantic: bool  # False: found by words alone
    mended: Pairs = ()  # words as written and as searched
    unnamed: bool = False  # no name holds any of the words: what stands here only mentions or resembles it
    ask: guide.Ask | None = None  # what would tell most about which of them is meant
