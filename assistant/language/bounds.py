"""What a bound means for a measured value: at most 40, around 40 (two bounds), "forty-odd", 40 without its unit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.language.acts import Amount, World
from assistant.money import Money
from assistant.request import Constraint, Op

DEFAULTS: dict[str, Op] = {"rating": "at_least", "delivery": "at_most", "price": "at_most", "battery": "at_least"}
ABOUT = "about"  # not an operator: two bounds, this share below and above what was said
TOLERANCE = Decimal("0.2")

Limits = tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with what it measures: `options`, likeliest first, when its digits can be read in two ways."""

    options: Limits
    end: int  # token after it
    explicit: bool  # a unit or currency was said
    vague: bool = False  # "forty-odd"


def prices(readings: Iterable[Amount], world: World) -> Limits:
    """What each reading of an amount would be as a price."""
    return tuple(Constraint("price", "is", each.in_(each.likely(*world.currencies))) for each in readings)


def limits(value: Constraint, op: str) -> Limits:
    """The bounds an operator means for one value; "around" is two."""
    if op == ABOUT and not isinstance(value.value, str):
        soft = ABOUT if isinstance(value.value, Money) else value.unit  # nobody minds that it costs less
        return (
            replace(value, op="at_least", value=_scaled(value.value, 1 - TOLERANCE), unit=soft),
            replace(value, op="at_most", value=_scaled(value.value, 1 + TOLERANCE)),
        )
    if not op or (value.field, op) in (("rating", "at_most"), ("delivery", "less"), ("rating", ABOUT)):
        op = DEFAULTS.get(value.field, "is")
    return (replace(value, op=op),)  # type: ignore[arg-type]  # the lexicon's keys are ops


def _scaled(value: Money | float, share: Decimal) -> Money | float:
    if isinstance(value, Money):
        return Money.of(value.decimal * share, value.currency)
    return float(Decimal(str(value)) * share)


def alike(value: Measured, other: Measured) -> Limits:
    """The readings of `value` in the unit or currency of `other` where it has none of its own."""
    model = other.options[0]
    if value.explicit or not other.explicit:
        return value.options
    plain = [each.value.decimal for each in value.options if isinstance(each.value, Money)]
    if isinstance(model.value, Money):
        return tuple(replace(model, value=Money.of(each, model.value.currency)) for each in plain)
    return tuple(replace(model, value=float(each)) for each in plain)


def magnitude(limit: Constraint) -> float:
    return float(limit.value.decimal) if isinstance(limit.value, Money) else float(limit.value)
