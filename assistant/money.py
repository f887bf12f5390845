"""Money: integer minor units and an ISO 4217 code. Never a float.

Knows how many minor digits a currency has, how to round half up at the edges and how to print. It does not read
amounts from sentences (`language/amounts.py`) and knows no exchange rate (`fx.py`).

>>> Money.of("12.50", "EUR") + Money(50, "EUR")
Money(minor=1300, currency='EUR')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

# ISO 4217 exponents that are not 2 (list of active codes, 2026).
ZERO_DIGITS = set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())  # noqa: SIM905
NO_CURRENCY = "XXX"  # ISO 4217 "no currency": an amount that is printed without one
THREE_DIGITS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def digits(currency: str) -> int:
    """Minor digits of an ISO 4217 currency: EUR 2, JPY 0, KWD 3."""
    if currency in ZERO_DIGITS:
        return 0
    return 3 if currency in THREE_DIGITS else 2


@dataclass(frozen=True, slots=True, order=True)
class Money:
    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """`amount` in major units, rounded half up to the minor unit."""
        scaled = Decimal(amount).scaleb(digits(currency))
        return cls(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def text(self, language: str = "en") -> str:
        """Printed for a reader of `language`: '€12.50', '12,50 €', '¥1,200'."""
        return _printed(self, language)


@lru_cache(4096)
def _printed(amount: Money, language: str) -> str:
    from babel.numbers import format_currency

    return str(format_currency(amount.decimal, amount.currency, locale=LOCALES.get(language, "en")))


LOCALES = {"en": "en", "fr": "fr", "zh": "zh_Hans_CN"}


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all in `currency`; zero when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
