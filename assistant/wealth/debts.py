"""What a person still owes on a loan, read from the ledger: the balance, the instalment, the rate it was paid at."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.money import Money, total
from assistant.wealth.ledger import Ledger

LOOK_BACK = 100  # days in which an instalment must have been paid


@dataclass(frozen=True, slots=True)
class Debt:
    """`rate`: percent a year, the last instalment's interest times twelve over what was owed before it."""

    name: str
    owed: Money
    instalment: Money
    rate: Decimal


def largest(ledger: Ledger, user: str, owed: dict[str, Money], today: date) -> Debt | None:
    """The largest of the loans in `owed` (name -> what is left), or None when no instalment of one was seen."""
    name = max(owed, key=lambda each: owed[each].minor, default="")
    spent = ledger.movements(user, "expense", today - timedelta(LOOK_BACK), today)
    repaid = [each for each in spent if each.category == "loan" and name and each.money.currency == owed[name].currency]
    if not repaid:
        return None
    last = max(repaid, key=lambda each: each.day)
    parts = [each for each in spent if each.entry == last.entry]
    currency = owed[name].currency
    interest = total((each.money for each in parts if each.category == "interest"), currency)
    before = owed[name].minor + last.money.minor
    rate = Decimal(interest.minor * 1200) / before
    return Debt(name, owed[name], total((each.money for each in parts), currency), rate.quantize(Decimal("0.01")))
